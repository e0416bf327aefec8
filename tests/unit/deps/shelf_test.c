#include "deps/shelf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deps/digest.h"
#include "sys/fd.h"
#include "tests/test.h"

static struct arena arena;

static struct shelf open_shelf(void)
{
    struct shelf shelf;
    struct error err = {};
    if (arena.max == 0) {
        arena_init(&arena, (size_t)256 << 20);
        setenv("TESTUDO_STATE", test_folder(), 1);
    }
    CHECK_OK(shelf_open(&shelf, &arena, &err), err);
    return shelf;
}

static void put(int folder, const char *name, const char *text, mode_t mode)
{
    struct error err = {};
    auto_close int fd = fd_open(folder, name, O_WRONLY | O_CREAT | O_TRUNC, mode, &err);
    CHECK(fd >= 0);
    CHECK_OK(fd_write_all(fd, str_from(text), &err), err);
}

static const struct wish six = {
    .kind = REGISTRY_PYTHON,
    .runtime = "python 3.11",
    .asked = "six",
    .key = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

static struct layer make(const struct shelf *shelf, const struct wish *wish, const char *content)
{
    struct nascent nascent;
    struct layer layer = {.hold = -1};
    struct error err = {};
    CHECK_OK(shelf_begin(shelf, &nascent, &err), err);
    put(nascent.tree, "six.py", content, 0644);
    nascent.files = 1;
    nascent.bytes = (int64_t)strlen(content);
    CHECK_OK(
        shelf_finish(shelf, wish, &nascent, STR("six==1\n"), STR("six 1\n"), &arena, &layer, &err),
        err);
    return layer;
}

static int count_layers(const struct shelf *shelf)
{
    struct layer_note *notes;
    struct error err = {};
    int count = -1;
    CHECK_OK(shelf_list(shelf, &arena, &notes, &count, &err), err);
    return count;
}

TEST(a_layer_that_was_made_is_found_by_its_wish)
{
    struct shelf shelf = open_shelf();
    CHECK(shelf_find(&shelf, six.key, &arena).tree == NULL);
    struct layer made = make(&shelf, &six, "one");
    struct layer found = shelf_find(&shelf, six.key, &arena);
    CHECK(found.tree != NULL && access(found.tree, R_OK) == 0);
    CHECK_TEXT(found.id, made.id);
    auto_buf struct buf lock;
    buf_init(&lock, 1000);
    CHECK(shelf_read_lock(&shelf, six.key, &lock));
    CHECK_TEXT(lock.data, "six==1\n");
}

TEST(the_same_content_is_one_layer_and_other_content_another)
{
    struct shelf shelf = open_shelf();
    struct wish other = six;
    other.key[0] = 'b';
    struct layer first = make(&shelf, &six, "one"), same = make(&shelf, &other, "one");
    CHECK_TEXT(first.id, same.id);
    CHECK_INT(count_layers(&shelf), 1);
    struct layer changed = make(&shelf, &other, "two");
    CHECK(strcmp(first.id, changed.id) != 0);
    CHECK_INT(count_layers(&shelf), 2);
}

TEST(what_is_in_use_stays_and_the_longest_unused_goes_first)
{
    struct shelf shelf = open_shelf();
    struct wish wishes[3] = {six, six, six};
    struct layer layers[3];
    struct error err = {};
    int removed;
    for (int i = 0; i < 3; i++) {
        char content[2] = {(char)('a' + i), '\0'};
        wishes[i].key[0] = content[0];
        layers[i] = make(&shelf, &wishes[i], content);
        const struct timespec old[2] = {{1000 + i, 0}, {1000 + i, 0}};
        CHECK(futimens(layers[i].hold, old) == 0);
    }
    CHECK_OK(shelf_prune(&shelf, 2, &removed, &err), err);
    CHECK_INT(removed, 0);
    fd_close_at(&layers[1].hold);
    fd_close_at(&layers[2].hold);
    CHECK_OK(shelf_prune(&shelf, 2, &removed, &err), err);
    CHECK_INT(removed, 1);
    CHECK(access(layers[0].tree, F_OK) == 0 && access(layers[2].tree, F_OK) == 0);
    CHECK(access(layers[1].tree, F_OK) != 0);
    CHECK(!shelf_remove(&shelf, layers[0].id, &err));
    CHECK_CONTAINS(err.text, "in use");
}

TEST(what_was_not_finished_leaves_nothing)
{
    struct shelf shelf = open_shelf();
    struct nascent nascent;
    struct error err = {};
    CHECK_OK(shelf_begin(&shelf, &nascent, &err), err);
    put(nascent.tree, "half", "x", 0644);
    char name[sizeof nascent.name];
    memcpy(name, nascent.name, sizeof name);
    CHECK(faccessat(shelf.layers, name, F_OK, 0) == 0);
    shelf_drop(&shelf, &nascent);
    CHECK(faccessat(shelf.layers, name, F_OK, 0) != 0);
    CHECK_INT(count_layers(&shelf), 0);
}

TEST(a_maker_who_died_is_swept_and_one_who_lives_is_not)
{
    struct shelf shelf = open_shelf();
    struct error err = {};
    int removed;
    struct nascent nascent;
    CHECK_OK(shelf_begin(&shelf, &nascent, &err), err);
    /* the same maker, but for the time at which it began */
    char dead[sizeof nascent.name + 8];
    snprintf(dead, sizeof dead, "%s", nascent.name);
    char *last = strrchr(dead, '-') + 1;
    *last = *last == '1' ? '2' : '1';
    CHECK(mkdirat(shelf.layers, dead, 0755) == 0);
    CHECK_OK(shelf_prune(&shelf, 0, &removed, &err), err);
    CHECK(faccessat(shelf.layers, dead, F_OK, 0) != 0);
    CHECK(faccessat(shelf.layers, nascent.name, F_OK, 0) == 0);
    shelf_drop(&shelf, &nascent);
}

static void digest(char ret_hex[SHA256_HEX])
{
    struct error err = {};
    auto_close int folder = open(test_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK_OK(tree_digest(folder, ret_hex, &err), err);
}

TEST(a_digest_sees_names_bytes_links_and_what_can_be_executed)
{
    char before[SHA256_HEX], after[SHA256_HEX];
    auto_close int folder = open(test_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    put(folder, "a", "1", 0644);
    digest(before);
    digest(after);
    CHECK_TEXT(after, before);
    put(folder, "a", "2", 0644);
    digest(after);
    CHECK(strcmp(after, before) != 0);
    put(folder, "a", "1", 0644);
    CHECK(fchmodat(folder, "a", 0755, 0) == 0);
    digest(after);
    CHECK(strcmp(after, before) != 0);
    CHECK(fchmodat(folder, "a", 0600, 0) == 0);
    digest(after);
    CHECK_TEXT(after, before);
    CHECK(symlinkat("a", folder, "b") == 0);
    digest(after);
    CHECK(strcmp(after, before) != 0);
    CHECK(unlinkat(folder, "b", 0) == 0 && mkdirat(folder, "b", 0755) == 0);
    digest(after);
    CHECK(strcmp(after, before) != 0);
    CHECK(unlinkat(folder, "b", AT_REMOVEDIR) == 0 && renameat(folder, "a", folder, "c") == 0);
    digest(after);
    CHECK(strcmp(after, before) != 0);
}
