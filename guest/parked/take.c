/*
 * What a parked runtime cannot do in its own language: it says that it has warmed up, waits, and
 * takes the streams of the program that it is to become. node loads this as an addon, a virtual
 * machine as a JNI library; loading it is the call, and returns when the program is there.
 *
 * Fd 3 is a SEQPACKET socket. One message of ours says that we wait; one comes back with the
 * standard streams and the order, a file of texts that each end in NUL: how many words, the words,
 * the environment. The order takes the place of fd 3. When the other side has closed, nobody but us
 * lives in the box any more, and the program may begin.
 *
 * Whatever is not as it should be ends the process: it holds nothing yet that could be lost.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHANNEL = 3, FILES = 4, ENV_MAX = 65536 };

extern char **environ;

/* Both by the names that those who load this look for. */
void *napi_register_module_v1(void *env, void *exports);
int JNI_OnLoad(void *machine, void *reserved);

static void receive(int files[FILES])
{
    union {
        char room[CMSG_SPACE(FILES * sizeof(int))];
        struct cmsghdr align;
    } control = {};

    char byte;
    struct iovec text = {&byte, 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    long length = recvmsg(CHANNEL, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (length == 0)
        _exit(0); /* never needed */
    if (length != 1 || head == NULL || head->cmsg_len != CMSG_LEN(FILES * sizeof(int)))
        _exit(1);
    memcpy(files, CMSG_DATA(head), FILES * sizeof(int));
    if (recv(CHANNEL, &byte, 1, 0) != 0)
        _exit(1);
}

/* The text after this one, or NULL at the end. */
static char *after(char *text, const char *end)
{
    text += strlen(text) + 1;
    return text < end ? text : NULL;
}

/* The order's copy stays for as long as the process lives: its texts are the environment. */
static void become_environment(int order)
{
    struct stat about;
    if (fstat(order, &about) < 0 || about.st_size <= 0)
        _exit(1);
    size_t bytes = (size_t)about.st_size;
    char *text = mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE, order, 0);
    char **list = calloc(ENV_MAX + 1, sizeof *list);
    if (text == MAP_FAILED || list == NULL || text[bytes - 1] != '\0')
        _exit(1);
    const char *end = text + bytes;
    long words = strtol(text, NULL, 10);
    char *at = after(text, end);
    for (; at != NULL && words > 0; words--)
        at = after(at, end);
    for (size_t count = 0; at != NULL && count < ENV_MAX; at = after(at, end))
        list[count++] = at;
    environ = list;
}

static void take(void)
{
    int files[FILES];
    if (send(CHANNEL, "", 1, MSG_NOSIGNAL) != 1)
        _exit(1);
    receive(files);
    become_environment(files[CHANNEL]);
    for (int i = 0; i < FILES; i++) {
        if (dup3(files[i], i, i == CHANNEL ? O_CLOEXEC : 0) < 0)
            _exit(1);
        close(files[i]);
    }
}

/* As node itself does with pipes that it has found in place. */
static void stop_waiting_for_readers(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

__attribute__((visibility("default"))) void *napi_register_module_v1(void *env, void *exports)
{
    (void)env;
    take();
    stop_waiting_for_readers(1);
    stop_waiting_for_readers(2);
    return exports;
}

__attribute__((visibility("default"))) int JNI_OnLoad(void *machine, void *reserved)
{
    (void)machine, (void)reserved;
    take();
    return 0x00010008;
}
