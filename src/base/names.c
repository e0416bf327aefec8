#include "base/names.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

/* clang-format off */
#define ERRNOS(X) \
    X(EPERM,           "Operation not permitted") \
    X(ENOENT,          "No such file or directory") \
    X(ESRCH,           "No such process") \
    X(EINTR,           "Interrupted system call") \
    X(EIO,             "Input/output error") \
    X(ENXIO,           "No such device or address") \
    X(E2BIG,           "Argument list too long") \
    X(ENOEXEC,         "Exec format error") \
    X(EBADF,           "Bad file descriptor") \
    X(ECHILD,          "No child processes") \
    X(EAGAIN,          "Resource temporarily unavailable") \
    X(ENOMEM,          "Cannot allocate memory") \
    X(EACCES,          "Permission denied") \
    X(EFAULT,          "Bad address") \
    X(ENOTBLK,         "Block device required") \
    X(EBUSY,           "Device or resource busy") \
    X(EEXIST,          "File exists") \
    X(EXDEV,           "Invalid cross-device link") \
    X(ENODEV,          "No such device") \
    X(ENOTDIR,         "Not a directory") \
    X(EISDIR,          "Is a directory") \
    X(EINVAL,          "Invalid argument") \
    X(ENFILE,          "Too many open files in system") \
    X(EMFILE,          "Too many open files") \
    X(ENOTTY,          "Inappropriate ioctl for device") \
    X(ETXTBSY,         "Text file busy") \
    X(EFBIG,           "File too large") \
    X(ENOSPC,          "No space left on device") \
    X(ESPIPE,          "Illegal seek") \
    X(EROFS,           "Read-only file system") \
    X(EMLINK,          "Too many links") \
    X(EPIPE,           "Broken pipe") \
    X(EDOM,            "Numerical argument out of domain") \
    X(ERANGE,          "Numerical result out of range") \
    X(EDEADLK,         "Resource deadlock avoided") \
    X(ENAMETOOLONG,    "File name too long") \
    X(ENOLCK,          "No locks available") \
    X(ENOSYS,          "Function not implemented") \
    X(ENOTEMPTY,       "Directory not empty") \
    X(ELOOP,           "Too many levels of symbolic links") \
    X(ENODATA,         "No data available") \
    X(EPROTO,          "Protocol error") \
    X(EBADMSG,         "Bad message") \
    X(EOVERFLOW,       "Value too large for defined data type") \
    X(EILSEQ,          "Invalid or incomplete multibyte or wide character") \
    X(EUSERS,          "Too many users") \
    X(ENOTSOCK,        "Socket operation on non-socket") \
    X(EDESTADDRREQ,    "Destination address required") \
    X(EMSGSIZE,        "Message too long") \
    X(EPROTOTYPE,      "Protocol wrong type for socket") \
    X(ENOPKG,          "Package not installed") \
    X(ENOPROTOOPT,     "Protocol not available") \
    X(EPROTONOSUPPORT, "Protocol not supported") \
    X(ESOCKTNOSUPPORT, "Socket type not supported") \
    X(EOPNOTSUPP,      "Operation not supported") \
    X(EPFNOSUPPORT,    "Protocol family not supported") \
    X(EAFNOSUPPORT,    "Address family not supported by protocol") \
    X(EADDRINUSE,      "Address already in use") \
    X(EADDRNOTAVAIL,   "Cannot assign requested address") \
    X(ENETDOWN,        "Network is down") \
    X(ENETUNREACH,     "Network is unreachable") \
    X(ENETRESET,       "Network dropped connection on reset") \
    X(ECONNABORTED,    "Software caused connection abort") \
    X(ECONNRESET,      "Connection reset by peer") \
    X(ENOBUFS,         "No buffer space available") \
    X(EISCONN,         "Transport endpoint is already connected") \
    X(ENOTCONN,        "Transport endpoint is not connected") \
    X(ESHUTDOWN,       "Cannot send after transport endpoint shutdown") \
    X(ETOOMANYREFS,    "Too many references: cannot splice") \
    X(ETIMEDOUT,       "Connection timed out") \
    X(ECONNREFUSED,    "Connection refused") \
    X(EHOSTDOWN,       "Host is down") \
    X(EHOSTUNREACH,    "No route to host") \
    X(EALREADY,        "Operation already in progress") \
    X(EINPROGRESS,     "Operation now in progress") \
    X(ESTALE,          "Stale file handle") \
    X(EDQUOT,          "Disk quota exceeded") \
    X(ECANCELED,       "Operation canceled") \
    X(EOWNERDEAD,      "Owner died") \
    X(ENOTRECOVERABLE, "State not recoverable")

#define SIGNALS(X) \
    X(SIGHUP,    "Hangup") \
    X(SIGINT,    "Interrupt") \
    X(SIGQUIT,   "Quit") \
    X(SIGILL,    "Illegal instruction") \
    X(SIGTRAP,   "Trace/breakpoint trap") \
    X(SIGABRT,   "Aborted") \
    X(SIGBUS,    "Bus error") \
    X(SIGFPE,    "Floating point exception") \
    X(SIGKILL,   "Killed") \
    X(SIGUSR1,   "User defined signal 1") \
    X(SIGSEGV,   "Segmentation fault") \
    X(SIGUSR2,   "User defined signal 2") \
    X(SIGPIPE,   "Broken pipe") \
    X(SIGALRM,   "Alarm clock") \
    X(SIGTERM,   "Terminated") \
    X(SIGSTKFLT, "Stack fault") \
    X(SIGCHLD,   "Child exited") \
    X(SIGCONT,   "Continued") \
    X(SIGSTOP,   "Stopped") \
    X(SIGTSTP,   "Stopped by the terminal") \
    X(SIGTTIN,   "Stopped at terminal input") \
    X(SIGTTOU,   "Stopped at terminal output") \
    X(SIGURG,    "Urgent data on a socket") \
    X(SIGXCPU,   "CPU time limit exceeded") \
    X(SIGXFSZ,   "File size limit exceeded") \
    X(SIGVTALRM, "Virtual timer expired") \
    X(SIGPROF,   "Profiling timer expired") \
    X(SIGWINCH,  "Window changed") \
    X(SIGIO,     "I/O possible") \
    X(SIGPWR,    "Power failure") \
    X(SIGSYS,    "Bad system call")

/* clang-format on */

const char *errno_words(int number)
{
    switch (number) {
#define X(name, words)                                                                             \
    case name:                                                                                     \
        return words;
        ERRNOS(X)
#undef X
    default:
        return "unknown error";
    }
}

const char *errno_name(int number)
{
    switch (number) {
#define X(name, words)                                                                             \
    case name:                                                                                     \
        return #name;
        ERRNOS(X)
#undef X
    default:
        return NULL;
    }
}

const char *signal_words(int number)
{
    switch (number) {
#define X(name, words)                                                                             \
    case name:                                                                                     \
        return words;
        SIGNALS(X)
#undef X
    default:
        return "unknown signal";
    }
}
