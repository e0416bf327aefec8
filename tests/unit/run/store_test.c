#include "run/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/fd.h"
#include "tests/test.h"

static struct store *open_store(int64_t bytes_max)
{
    struct error err = {};
    int folder = fd_open(AT_FDCWD, test_folder(), O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK(folder >= 0 && fchmod(folder, 0700) == 0);
    struct store *store = store_open(folder, bytes_max, &err);
    CHECK_OK(store != NULL, err);
    return store;
}

static struct store_key key_of(unsigned char number)
{
    struct store_key key = {};
    memset(key.digest, number, sizeof key.digest);
    return key;
}

static bool put(struct store *store, unsigned char number, struct str program, struct error *err)
{
    struct store_key key = key_of(number);
    auto_close int fd = fd_memory("program", program, err);
    return fd >= 0 && store_put(store, &key, "c", fd, STR("out"), STR("said"), err);
}

/* Through another store, so that what is in memory does not help. */
static bool is_there(unsigned char number, const char *program)
{
    struct store *store = open_store(1 << 20);
    struct store_key key = key_of(number);
    const struct stored *stored = store_find(store, &key);
    bool is = stored != NULL && str_is(stored->program, program) && str_is(stored->out, "out") &&
              str_is(stored->err, "said");
    store_let_go(stored);
    store_close(store);
    return is;
}

static int open_entry(unsigned char number, int flags)
{
    char hex[SHA256_HEX];
    struct store_key key = key_of(number);
    struct error err;
    sha256_digest_hex(key.digest, hex);
    auto_free char *path = mem_text("%s/%s", test_folder(), hex);
    CHECK(chmod(path, 0600) == 0);
    int fd = fd_open(AT_FDCWD, path, flags, 0, &err);
    CHECK(fd >= 0);
    return fd;
}

TEST(store_gives_back_what_was_put_and_nothing_else)
{
    struct error err = {};
    struct store *store = open_store(1 << 20);
    struct store_key other = key_of(2);
    CHECK(!is_there(1, "program"));
    CHECK_OK(put(store, 1, STR("program"), &err), err);
    CHECK(is_there(1, "program"));
    CHECK(store_find(store, &other) == NULL);
    CHECK_OK(put(store, 1, STR("another"), &err), err);
    CHECK(is_there(1, "program"));
    store_close(store);
}

TEST(store_takes_an_entry_with_any_other_byte_for_none)
{
    struct error err = {};
    struct store *store = open_store(1 << 20);
    struct stat about;
    CHECK_OK(put(store, 1, STR("program"), &err), err);
    auto_close int first = open_entry(1, O_RDONLY);
    CHECK(fstat(first, &about) == 0);
    for (off_t at = 0; at < about.st_size; at++) {
        char byte;
        auto_close int fd = open_entry(1, O_RDWR);
        CHECK(pread(fd, &byte, 1, at) == 1);
        byte ^= 0x20;
        CHECK(pwrite(fd, &byte, 1, at) == 1);
        CHECK(!is_there(1, "program"));
        CHECK_OK(put(store, 1, STR("program"), &err), err);
        CHECK(is_there(1, "program"));
    }
    store_close(store);
}

TEST(store_takes_an_entry_that_was_cut_or_grew_for_none)
{
    struct error err = {};
    struct store *store = open_store(1 << 20);
    const off_t lengths[] = {0, 7, 100, 130, 1000};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        CHECK_OK(put(store, 1, STR("program"), &err), err);
        auto_close int fd = open_entry(1, O_RDWR);
        CHECK(ftruncate(fd, lengths[i]) == 0);
        CHECK(!is_there(1, "program"));
    }
    store_close(store);
}

TEST(store_lends_what_it_found_after_it_is_closed_and_its_file_gone)
{
    struct error err = {};
    uint32_t count;
    struct store_key key = key_of(1);
    struct store *store = open_store(1 << 20);
    CHECK_OK(put(store, 1, STR("program"), &err), err);
    const struct stored *stored = store_find(store, &key), *again = store_find(store, &key);
    CHECK(stored != NULL && stored == again);
    CHECK_OK(store_remove(store, "", &count, &err), err);
    CHECK_INT(count, 1);
    store_close(store);
    CHECK(str_is(stored->program, "program"));
    store_let_go(stored);
    store_let_go(again);
}

TEST(store_keeps_nothing_that_is_a_quarter_of_it)
{
    struct error err = {};
    struct store *store = open_store(1000);
    char large[300] = "";
    CHECK(!put(store, 1, str_of(large, sizeof large), &err));
    CHECK_CONTAINS(err.text, "too large");
    CHECK_OK(put(store, 2, STR("program"), &err), err);
    store_close(store);
}

TEST(store_lets_go_of_what_was_used_least_lately)
{
    struct error err = {};
    struct store *store = open_store(4000);
    char program[700] = "";
    for (unsigned char i = 1; i <= 4; i++) {
        CHECK_OK(put(store, i, str_of(program, sizeof program), &err), err);
        auto_close int fd = open_entry(i, O_RDONLY);
        const struct timespec times[2] = {{.tv_sec = i}, {.tv_sec = i == 1 ? 100 : i}};
        CHECK(futimens(fd, times) == 0);
    }
    CHECK_OK(put(store, 5, str_of(program, sizeof program), &err), err);
    struct arena arena;
    struct store_note *notes;
    uint32_t count;
    arena_init(&arena, 1 << 20);
    CHECK_OK(store_list(store, &arena, &notes, &count, &err), err);
    CHECK_INT(count, 4);
    CHECK_TEXT(notes[0].language, "c");
    CHECK_INT(notes[0].name[1], '5');
    CHECK_INT(notes[1].name[1], '1');
    CHECK_INT(notes[2].name[1], '4');
    CHECK_INT(notes[3].name[1], '3');
    arena_done(&arena);
    store_close(store);
}

TEST(store_that_others_may_enter_is_refused)
{
    struct error err = {};
    int folder = fd_open(AT_FDCWD, test_folder(), O_RDONLY | O_DIRECTORY, 0, &err);
    CHECK(folder >= 0 && fchmod(folder, 0750) == 0);
    CHECK(store_open(folder, 1000, &err) == NULL);
    CHECK_CONTAINS(err.text, "open to others");
}

TEST(turn_is_one_at_a_time_and_over_for_whoever_waited)
{
    struct store *store = open_store(1000);
    struct store_key key = key_of(1), other = key_of(2);
    struct store_turn first, second, third;
    store_turn_init(&first, store, &key);
    store_turn_init(&second, store, &key);
    store_turn_init(&third, store, &other);
    CHECK_INT(store_turn_ask(&first), STORE_TURN_MINE);
    CHECK_INT(store_turn_ask(&second), STORE_TURN_OTHERS);
    CHECK_INT(store_turn_ask(&third), STORE_TURN_MINE);
    store_turn_end(&first);
    CHECK_INT(store_turn_ask(&second), STORE_TURN_OVER);
    CHECK_INT(store_turn_ask(&second), STORE_TURN_MINE);
    store_turn_end(&second);
    store_turn_end(&third);
    store_close(store);
}

TEST(turn_of_whoever_dies_goes_to_one_who_waits)
{
    struct store *store = open_store(1000);
    struct store_key key = key_of(1);
    struct store_turn first, second, third;
    store_turn_init(&first, store, &key);
    store_turn_init(&second, store, &key);
    store_turn_init(&third, store, &key);
    CHECK_INT(store_turn_ask(&first), STORE_TURN_MINE);
    CHECK_INT(store_turn_ask(&second), STORE_TURN_OTHERS);
    CHECK_INT(store_turn_ask(&third), STORE_TURN_OTHERS);
    fd_close_at(&first.lock); /* as the kernel does */
    CHECK_INT(store_turn_ask(&second), STORE_TURN_MINE);
    CHECK_INT(store_turn_ask(&third), STORE_TURN_OTHERS);
    store_turn_end(&third); /* gives up waiting: the lock is not his to remove */
    store_turn_init(&third, store, &key);
    CHECK_INT(store_turn_ask(&third), STORE_TURN_OTHERS);
    store_turn_end(&second);
    store_turn_end(&third);
    store_close(store);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static struct plan plan_of(const char *folder)
{
    static const char *argv[] = {"/usr/bin/cc", "-O2", NULL}, *env[] = {"A=b", NULL};
    static struct plan_folder folders[1];
    static struct request_file files[1] = {{.name = "main.c", .content = {"code", 4}}};
    folders[0] = (struct plan_folder){BOX_INPUT_FOLDER, folder, BOX_IN "/p"};
    return (struct plan){
        .language = "c",
        .image = "host",
        .artifact = "a.out",
        .has_compile = true,
        .compile = {.argv = {argv, 2}, .env = {env, 1}, .cwd = BOX_WORK},
        .files = files,
        .file_count = 1,
        .folders = folders,
        .folder_count = 1,
    };
}

static void write_file(const char *folder, const char *name, const char *text)
{
    auto_free char *path = mem_text("%s/%s", folder, name);
    struct error err;
    auto_close int fd = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0644, &err);
    CHECK(fd >= 0 && fd_write_all(fd, str_from(text), &err));
}

static struct store_key key_now(const struct plan *plan)
{
    struct store_key key;
    struct error err = {};
    CHECK_OK(store_key_of(plan, &key, &err), err);
    return key;
}

static bool differ(const struct store_key *a, const struct store_key *b)
{
    return memcmp(a->digest, b->digest, sizeof a->digest) != 0;
}

TEST(key_is_another_for_whatever_the_compiler_sees)
{
    const char *folder = test_folder();
    write_file(folder, "a.h", "1");
    struct plan plan = plan_of(folder), other = plan;
    const struct store_key first = key_now(&plan);
    struct store_key now = key_now(&plan);
    CHECK(store_key_is(&first, &now));
    static const char *words[] = {"/usr/bin/cc", "-O3", NULL}, *names[] = {"A=c", NULL};
    static const struct request_file code[] = {{.name = "main.c", .content = {"cod", 3}}};
    static const struct request_file name[] = {{.name = "main.d", .content = {"code", 4}}};
    static const struct box_link links[] = {{"a.h", BOX_IN "/p/a.h"}};
    const struct plan_folder moved = {BOX_INPUT_FOLDER, folder, BOX_IN "/q"};
    struct plan plans[9];
    for (size_t i = 0; i < COUNT_OF(plans); i++)
        plans[i] = other;
    plans[0].compile.argv.list = words;
    plans[1].compile.env.list = names;
    plans[2].files = code;
    plans[3].files = name;
    plans[4].folders = &moved;
    plans[5].links = links;
    plans[5].link_count = 1;
    plans[6].compile.cwd = BOX_IN "/p";
    plans[7].artifact = "b.out";
    plans[8].folder_count = 0;
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        now = key_now(&plans[i]);
        CHECK(differ(&first, &now));
    }
}

TEST(key_is_another_for_other_content_a_new_name_a_new_mode)
{
    const char *folder = test_folder();
    auto_free char *deep = mem_text("%s/deep", folder), *file = mem_text("%s/a.h", folder);
    write_file(folder, "a.h", "1");
    struct plan plan = plan_of(folder);
    const struct store_key first = key_now(&plan);
    write_file(folder, "a.h", "2");
    struct store_key now = key_now(&plan);
    CHECK(differ(&first, &now));
    write_file(folder, "a.h", "1");
    now = key_now(&plan);
    CHECK(!differ(&first, &now) && !store_key_is(&first, &now)); /* the moment is another */
    CHECK(mkdir(deep, 0755) == 0);
    const struct store_key with_folder = key_now(&plan);
    CHECK(differ(&first, &with_folder));
    write_file(deep, "b.h", "");
    now = key_now(&plan);
    CHECK(differ(&with_folder, &now));
    CHECK(chmod(file, 0755) == 0);
    struct store_key then = key_now(&plan);
    CHECK(differ(&then, &now));
}

TEST(key_does_not_run_two_names_together)
{
    struct plan plan = plan_of(test_folder()), other = plan;
    static const char *one[] = {"ab", "c", NULL}, *two[] = {"a", "bc", NULL};
    plan.compile.argv.list = one;
    other.compile.argv.list = two;
    const struct store_key first = key_now(&plan), second = key_now(&other);
    CHECK(differ(&first, &second));
}

TEST(key_there_is_none_of_a_large_folder_another_image_or_a_watched_run)
{
    const char *folder = test_folder();
    struct plan plan = plan_of(folder), other = plan;
    struct store_key key;
    struct error err = {};
    other.image = "strict";
    CHECK(!store_key_of(&other, &key, &err));
    other = plan;
    other.cold = true;
    CHECK(!store_key_of(&other, &key, &err));
    other = plan;
    other.explain = true;
    CHECK(!store_key_of(&other, &key, &err));
    auto_free char *path = mem_text("%s/large", folder);
    auto_close int large = fd_open(AT_FDCWD, path, O_WRONLY | O_CREAT, 0644, &err);
    CHECK(large >= 0 && ftruncate(large, (off_t)STORE_KEY_BYTES_MAX + 1) == 0);
    CHECK(!store_key_of(&plan, &key, &err));
    CHECK_CONTAINS(err.text, "more than 64 MiB");
    CHECK(unlink(path) == 0);
    for (int i = 0; i <= STORE_KEY_FILES_MAX; i++) {
        auto_free char *name = mem_text("%s/%d", folder, i);
        CHECK(symlink("x", name) == 0);
    }
    CHECK(!store_key_of(&plan, &key, &err));
    CHECK_CONTAINS(err.text, "more than 5000 files");
}
