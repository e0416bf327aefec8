/* The program: what every part of it may count on is made sure of here. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"
#include "model/verdict.h"

/* Were one of 0, 1, 2 closed, the next file that we open would get its number, and be read or
 * written as if it were the caller's. These three stay open across exec, unlike all others. */
static bool open_standard_fds(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    if (!open_standard_fds())
        return EXIT_STATUS_TROUBLE;
    /* a reader that goes away is seen as EPIPE by who writes; guests get the default back */
    signal(SIGPIPE, SIG_IGN);
    return cli_main(argc, argv);
}
