/*
 * Somebody who types at a terminal, for tests: a command is played in a terminal that is made for
 * it, and a script says what is typed and what must be seen.
 *
 *     typist SCRIPT COMMAND...
 *
 *     size ROWS COLUMNS     before the first other line: its size; later: it changes
 *     see TEXT              waits until TEXT has come, after what was seen last
 *     type TEXT             \r \n \e \xHH as usual
 *     kill NUMBER           sends the command a signal
 *
 * All that the terminal got goes to standard output, as it came, and the last line says in which
 * state the command left it: `[modes as before]` or `[modes changed]`. Exit status: the command's,
 * 128 + N after a signal, 99 when something was not seen within a minute.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

enum { TRANSCRIPT_MAX = 16 << 20, WAIT_MS = 60000, UNSEEN = 99, USAGE = 98 };

struct typist {
    int far, near; /* near stays open: so the modes can be read when the command has ended */
    pid_t command;
    struct buf transcript;
    size_t seen;
    bool ended;
};

static int open_terminal(int *ret_near)
{
    int far = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    char name[64];
    if (far < 0 || grantpt(far) < 0 || unlockpt(far) < 0 || ptsname_r(far, name, sizeof name) != 0)
        return -1;
    *ret_near = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return *ret_near < 0 ? -1 : far;
}

static pid_t start(struct typist *typist, char **argv)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    setsid();
    if (ioctl(typist->near, TIOCSCTTY, 0) < 0)
        _exit(USAGE);
    for (int fd = 0; fd < 3; fd++)
        dup2(typist->near, fd);
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(USAGE);
}

/* False when nothing came within the time. */
static bool take_output(struct typist *typist, int wait_ms)
{
    char bytes[4096];
    struct pollfd wait = {typist->far, POLLIN, 0};
    if (poll(&wait, 1, wait_ms) <= 0)
        return false;
    ssize_t got = read(typist->far, bytes, sizeof bytes);
    if (got <= 0)
        return false;
    buf_add(&typist->transcript, bytes, (size_t)got);
    return true;
}

static bool has_come(struct typist *typist, struct str text)
{
    struct str new = str_skip(buf_str(&typist->transcript), typist->seen);
    const char *place = new.len > 0 ? memmem(new.ptr, new.len, text.ptr, text.len) : NULL;
    if (place == NULL)
        return false;
    typist->seen += (size_t)(place - new.ptr) + text.len;
    return true;
}

static bool see(struct typist *typist, struct str text)
{
    int64_t until = clock_now_ns() + WAIT_MS * INT64_C(1000000);
    while (!has_come(typist, text)) {
        if (clock_now_ns() > until) {
            fprintf(stderr, "typist: not seen: %.*s\n", (int)text.len, text.ptr);
            return false;
        }
        take_output(typist, 100);
    }
    return true;
}

static int nibble(char c)
{
    const char *digits = "0123456789abcdef", *place = c != '\0' ? strchr(digits, c) : NULL;
    return place != NULL ? (int)(place - digits) : 0;
}

static void unescape(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\\' || i + 1 == text.len) {
            buf_add_byte(out, text.ptr[i]);
            continue;
        }
        char next = text.ptr[++i];
        if (next == 'x' && i + 2 < text.len) {
            buf_add_byte(out, (char)(nibble(text.ptr[i + 1]) * 16 + nibble(text.ptr[i + 2])));
            i += 2;
        } else {
            buf_add_byte(out, (char)(next == 'r'   ? '\r'
                                     : next == 'n' ? '\n'
                                     : next == 'e' ? '\x1b'
                                                   : next));
        }
    }
}

static void set_size(struct typist *typist, const char *text)
{
    struct winsize size = {};
    sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col);
    ioctl(typist->far, TIOCSWINSZ, &size);
}

static bool act(struct typist *typist, struct str line, char **argv)
{
    auto_buf struct buf text;
    struct str word, rest = line;
    buf_init(&text, 65536);
    if (!str_take_until(&rest, ' ', &word))
        return true;
    unescape(rest, &text);
    if (str_is(word, "size"))
        set_size(typist, text.data);
    if (typist->command == 0 && !str_is(word, "size"))
        typist->command = start(typist, argv);
    if (str_is(word, "see"))
        return see(typist, buf_str(&text));
    if (str_is(word, "type"))
        return write(typist->far, text.data, text.len) == (ssize_t)text.len;
    if (str_is(word, "kill"))
        return kill(typist->command, (int)strtol(text.data, NULL, 10)) == 0;
    return str_is(word, "size");
}

static bool follow(struct typist *typist, const char *path, char **argv)
{
    auto_free char *line = NULL;
    size_t room = 0;
    FILE *script = fopen(path, "re");
    if (script == NULL)
        return false;
    bool ok = true;
    for (ssize_t length; ok && (length = getline(&line, &room, script)) > 0;)
        ok = act(typist, str_trim(str_of(line, (size_t)length)), argv);
    fclose(script);
    if (ok && typist->command == 0)
        typist->command = start(typist, argv);
    return ok;
}

static int await_end(struct typist *typist)
{
    int status = 0;
    while (waitpid(typist->command, &status, WNOHANG) == 0)
        take_output(typist, 20);
    /* a guardian may have some work left */
    while (take_output(typist, 100))
        continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void show(const struct typist *typist, const struct termios *before)
{
    struct termios after;
    bool same = tcgetattr(typist->near, &after) == 0 && after.c_lflag == before->c_lflag &&
                after.c_iflag == before->c_iflag && after.c_oflag == before->c_oflag &&
                after.c_cflag == before->c_cflag;
    struct str all = buf_str(&typist->transcript);
    fwrite(all.ptr, 1, all.len, stdout);
    printf("\n[modes %s]\n", same ? "as before" : "changed");
}

int main(int argc, char **argv)
{
    struct typist typist = {};
    struct termios before;
    if (argc < 3)
        return USAGE;
    buf_init(&typist.transcript, TRANSCRIPT_MAX);
    typist.far = open_terminal(&typist.near);
    if (typist.far < 0 || tcgetattr(typist.near, &before) < 0)
        return USAGE;
    bool ok = follow(&typist, argv[1], argv + 2);
    if (!ok && typist.command > 0)
        kill(typist.command, SIGTERM);
    int status = typist.command > 0 ? await_end(&typist) : USAGE;
    show(&typist, &before);
    buf_done(&typist.transcript);
    return ok ? status : UNSEEN;
}
