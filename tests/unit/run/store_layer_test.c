#include "run/store_layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"

static struct store *open_store(void)
{
    struct error err = {};
    int folder = fd_open(AT_FDCWD, test_folder(), O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK(folder >= 0 && fchmod(folder, 0700) == 0);
    struct store *store = store_open(folder, 1 << 20, &err);
    CHECK_OK(store != NULL, err);
    return store;
}

static struct store_key key_of(unsigned char number)
{
    struct store_key key = {};
    memset(key.digest, number, sizeof key.digest);
    return key;
}

static bool is_there(struct store *store, unsigned char number)
{
    struct store_key key = key_of(number);
    auto_close int folder = store_layer_open(store, &key);
    return folder >= 0;
}

static void put(struct store *store, unsigned char number)
{
    struct error err = {};
    struct store_making making;
    struct store_key key = key_of(number);
    CHECK_OK(store_layer_begin(&making, store, &err), err);
    auto_close int file = fd_open(making.folder, "file", O_WRONLY | O_CREAT, 0644, &err);
    CHECK(file >= 0);
    CHECK_OK(store_layer_put(&making, &key, &err), err);
    store_layer_drop(&making);
}

static int count_names(void)
{
    auto_free char *command = mem_text("exit $(ls -A '%s' | wc -l)", test_folder());
    pid_t pid = fork();
    int status;
    if (pid == 0)
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    CHECK(waitpid(pid, &status, 0) == pid);
    return WEXITSTATUS(status);
}

TEST(layer_is_there_when_it_is_whole)
{
    struct error err = {};
    struct store_making making;
    struct store *store = open_store();
    CHECK(!is_there(store, 1));
    CHECK_OK(store_layer_begin(&making, store, &err), err);
    CHECK(!is_there(store, 1));
    store_layer_drop(&making);
    CHECK_INT(count_names(), 0);
    put(store, 1);
    CHECK(is_there(store, 1) && !is_there(store, 2));
    put(store, 1); /* made twice: the first stays, and nothing else */
    CHECK(is_there(store, 1));
    CHECK_INT(count_names(), 1);
    store_close(store);
}

TEST(layer_that_others_could_enter_is_none)
{
    struct store *store = open_store();
    char hex[SHA256_HEX];
    struct store_key key = key_of(1);
    put(store, 1);
    sha256_digest_hex(key.digest, hex);
    auto_free char *path = mem_text("%s/%s.layer", test_folder(), hex);
    CHECK(chmod(path, 0755) == 0);
    CHECK(!is_there(store, 1));
    store_close(store);
}

/* An older kernel's files tell times as coarsely as its clock ticks. */
static void let_a_tick_pass(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 12000000}, NULL);
}

TEST(layers_are_few_and_the_lately_used_stay)
{
    struct store *store = open_store();
    for (unsigned char i = 1; i <= 3; i++) {
        put(store, i);
        let_a_tick_pass();
    }
    CHECK(is_there(store, 1)); /* used now */
    let_a_tick_pass();
    put(store, 4);
    CHECK(is_there(store, 1) && !is_there(store, 2) && is_there(store, 3) && is_there(store, 4));
    CHECK_INT(count_names(), 3);
    store_layer_tidy(store, true);
    CHECK_INT(count_names(), 0);
    store_close(store);
}

TEST(layer_of_a_maker_who_died_is_swept_and_that_of_a_living_one_stays)
{
    struct error err = {};
    struct store_making living;
    struct store *store = open_store();
    CHECK_OK(store_layer_begin(&living, store, &err), err);
    pid_t pid = fork();
    if (pid == 0) {
        struct store_making dead;
        _exit(store_layer_begin(&dead, store, &err) ? 0 : 1);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    CHECK_INT(count_names(), 2);
    store_layer_tidy(store, false);
    CHECK_INT(count_names(), 1);
    store_layer_drop(&living);
    store_close(store);
}
