#include "sandbox/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "sandbox/inside.h"
#include "sys/fd.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* A backspace takes away a whole character. */
static bool set_up(int near, const struct box_spec *spec, struct error *err)
{
    struct winsize size = {.ws_row = (unsigned short)spec->rows,
                           .ws_col = (unsigned short)spec->columns};
    struct termios modes;
    if (tcgetattr(near, &modes) < 0)
        return error_sys(err, "read the modes of the box's terminal");
    modes.c_iflag |= IUTF8;
    return (tcsetattr(near, TCSANOW, &modes) == 0 && ioctl(near, TIOCSWINSZ, &size) == 0 &&
            ioctl(near, TIOCSCTTY, 0) == 0) ||
           error_sys(err, "set up the box's terminal");
}

int terminal_make(const struct box_spec *spec, int talk, struct error *err)
{
    auto_close int far = fd_open(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY, 0, err);
    int unlocked = 0;
    if (far < 0)
        return -1;
    if (ioctl(far, TIOCSPTLCK, &unlocked) < 0)
        return error_sys_fd(err, "unlock the box's terminal");
    auto_close int near = ioctl(far, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (near < 0)
        return error_sys_fd(err, "open the box's terminal");
    struct talk message = {.what = TALK_TERMINAL, .count = 1};
    if (!set_up(near, spec, err) || !talk_send(talk, &message, &far, 1, err))
        return -1;
    return fd_steal(&near);
}
