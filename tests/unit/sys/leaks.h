/*
 * The leak checker of AddressSanitizer works when a process ends, once, by ptrace and /proc. A test
 * that is about to lose these lets it work now.
 */
#pragma once

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>

static inline void leaks_check_now(void)
{
    __lsan_do_leak_check();
}

#else

static inline void leaks_check_now(void)
{
}

#endif
