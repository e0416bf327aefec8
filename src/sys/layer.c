#include "sys/layer.h"

#ifdef TESTUDO_FAULTS

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const words[] = {
#define LAYER(name, word, probe, without, sentence) word,
#include "sys/layers.def"
};

static bool off[LAYER_COUNT];
static bool is_read;

enum layer layer_find(const char *word)
{
    for (int i = 0; i < LAYER_COUNT; i++)
        if (strcmp(words[i], word) == 0)
            return (enum layer)i;
    return LAYER_COUNT;
}

_Noreturn static void refuse(const char *why)
{
    dprintf(2, "testudo: TESTUDO_LAYERS_OFF: %s\n", why);
    _exit(2);
}

static bool file_holds(const char *path, const char *text)
{
    char content[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, content, sizeof content - 1) : -1;
    if (fd >= 0)
        close(fd);
    content[length > 0 ? length : 0] = '\0';
    return strstr(content, text) != NULL;
}

/* The whole range of ids is what only the first user namespace maps to itself. */
static bool is_disposable(void)
{
    return !file_holds("/proc/self/uid_map", "4294967295") ||
           file_holds("/proc/cmdline", "testudo.disposable");
}

static void read_switches(void)
{
    is_read = true;
    const char *text = getenv("TESTUDO_LAYERS_OFF");
    if (text == NULL || text[0] == '\0')
        return;
    if (!is_disposable())
        refuse("layers are left out in disposable surroundings only, and this is a real host");
    while (*text != '\0') {
        char word[64];
        size_t length = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        text += length + strspn(text + length, " ");
        enum layer layer = layer_find(word);
        if (layer == LAYER_COUNT)
            refuse("there is no such layer");
        off[layer] = true;
    }
}

bool layer_is_off(enum layer layer)
{
    if (!is_read)
        read_switches();
    return off[layer];
}

void layer_keep_capabilities(bool before_ids)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (before_ids) {
        prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
        return;
    }
    if (syscall(SYS_capget, &header, data) < 0)
        return;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        data[i].effective = data[i].inheritable = data[i].permitted;
    if (syscall(SYS_capset, &header, data) < 0)
        return;
    for (int capability = 0; capability < 64; capability++)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

void layer_keep_files_open(void)
{
    for (int fd = 3; fd < 1024; fd++)
        fcntl(fd, F_SETFD, 0);
}

#endif
