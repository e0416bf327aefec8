/*
 * Preloaded into an interpreter, it moves the time of day: TESTUDO_CLOCK is the second since 1970
 * at which its calendar begins; from there on it goes as fast as ever. Clocks that only measure,
 * such as the monotonic one, stay as they are.
 *
 * The C library's own functions call the kernel directly and not each other's public names, so each
 * one that tells the time of day is here.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long long shift_s;
static int (*real_gettime)(clockid_t clock, struct timespec *time);

__attribute__((constructor)) static void begin(void)
{
    struct timespec now;
    const char *wanted = getenv("TESTUDO_CLOCK");
    *(void **)&real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    if (wanted != NULL && real_gettime != NULL && real_gettime(CLOCK_REALTIME, &now) == 0)
        shift_s = strtoll(wanted, NULL, 10) - now.tv_sec;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (real_gettime == NULL)
        *(void **)&real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real_gettime(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        time->tv_sec += shift_s;
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *place)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    if (place != NULL)
        *place = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *place, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, place) == 0 ? base : 0;
}
