/* What has a name or a queue in an ipc namespace, or is counted for a user. */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/hygiene/probe/probe.h"

static void use_system_v(void)
{
    int memory = shmget(77, 1 << 20, IPC_CREAT | 0666);
    void *at = memory >= 0 ? shmat(memory, NULL, 0) : (void *)-1;
    did("shared memory", at != (void *)-1);
    if (at != (void *)-1)
        memset(at, 0x5a, 1 << 20);
    int queue = msgget(77, IPC_CREAT | 0666);

    struct {
        long type;
        char text[100];
    } message = {1, "left"};

    did("message queue",
        queue >= 0 && msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0);
    int set = semget(77, 5, IPC_CREAT | 0666);
    struct sembuf up = {.sem_op = 3, .sem_flg = SEM_UNDO};
    did("semaphores", set >= 0 && semop(set, &up, 1) == 0);
    for (int i = 0; i < 30; i++)
        (void)shmget(IPC_PRIVATE, 4096, 0600);
}

static void use_posix(void)
{
    int made = 0;
    for (int i = 0; i < 30; i++) {
        char name[32];
        snprintf(name, sizeof name, "/left-%d", i);
        mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0666, NULL);
        made += queue != (mqd_t)-1 && mq_send(queue, "left", 4, 1) == 0;
    }
    did("posix queues", made > 0);
}

static void queue_signals(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    int queued = 0;
    while (queued < 500 && sigqueue(getpid(), SIGRTMIN + 3, (union sigval){}) == 0)
        queued++;
    did("queued signals", queued == 500);
    int timers = 0, timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 4};
    struct itimerspec soon = {{0, 1000000}, {0, 1000000}};
    while (timers < 50 && syscall(SYS_timer_create, CLOCK_REALTIME, &event, &timer) == 0) {
        syscall(SYS_timer_settime, timer, 0, &soon, NULL);
        timers++;
    }
    did("timers", timers == 50);
}

/* Descriptors that are only on their way are counted for the user who sent them. */
static void send_descriptors(void)
{
    int ends[2], sent = 0;
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
        return;
    for (; sent < 50; sent++) {
        char room[CMSG_SPACE(sizeof(int))] = "";
        struct iovec byte = {(char[]){"x"}, 1};
        struct msghdr message = {
            .msg_iov = &byte, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &ends[0], sizeof(int));
        if (sendmsg(ends[1], &message, MSG_DONTWAIT) < 0)
            break;
    }
    did("descriptors on their way", sent > 0);
    close(ends[0]);
    close(ends[1]);
}

static void fill_pipes(void)
{
    static char bytes[4096];
    int pipes = 0, ends[2];
    for (; pipes < 40 && pipe2(ends, O_NONBLOCK) == 0; pipes++) {
        fcntl(ends[1], F_SETPIPE_SZ, 1 << 18);
        while (write(ends[1], bytes, sizeof bytes) > 0)
            continue;
    }
    did("pipes", pipes == 40);
}

void dirty_ipc(void)
{
    use_system_v();
    use_posix();
    queue_signals();
    send_descriptors();
    fill_pipes();
    void *locked = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    did("locked memory", mlock(locked, 1 << 16) == 0);
    did("session keyring", syscall(SYS_keyctl, 1 /* JOIN_SESSION */, "left") >= 0);
    did("key", syscall(SYS_add_key, "user", "left", "secret", 6, -3) >= 0);
}
