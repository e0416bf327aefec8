#include "sandbox/image_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/test.h"

/* ---- a state folder and a small tree to import ----------------------------------------------- */

static struct arena arena;
static struct image_note note;
static struct error err;

static const char *path(const char *name)
{
    static char text[2][512];
    static int turn;
    turn = !turn;
    snprintf(text[turn], sizeof text[turn], "%s/%s", test_folder(), name);
    return text[turn];
}

static void make_folder(const char *name)
{
    CHECK_INT(mkdir(path(name), 0755), 0);
}

static void make_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    CHECK(fd >= 0);
    CHECK_INT(write(fd, text, strlen(text)), strlen(text));
    CHECK_INT(fchmod(fd, mode), 0);
    close(fd);
}

static void set_up(void)
{
    arena_init(&arena, 1 << 20);
    CHECK_INT(chmod(test_folder(), 0755), 0);
    CHECK_INT(setenv("TESTUDO_STATE", test_folder(), 1), 0);
    make_folder("from");
    make_folder("from/usr");
    make_folder("from/usr/bin");
    make_file("from/usr/bin/tool", "12345", 0755);
    make_file("from/usr/data", "123", 0644);
    CHECK_INT(symlink("usr/bin", path("from/bin")), 0);
}

static bool import(const char *name)
{
    return image_store_import(name, path("from"), NULL, &arena, &note, &err);
}

/* How many names lie in the store, unfinished ones included. */
static int count_store(void)
{
    DIR *dir = opendir(path("state/images"));
    int count = 0;
    CHECK(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static bool exists(const char *name)
{
    struct stat about;
    return lstat(path(name), &about) == 0;
}

static void check_link(const char *name, const char *want)
{
    char text[256] = "";
    CHECK(readlink(path(name), text, sizeof text - 1) >= 0);
    CHECK_TEXT(text, want);
}

/* ---- importing ------------------------------------------------------------------------------- */

TEST(an_imported_tree_is_there_with_its_files_links_and_note)
{
    set_up();
    CHECK_OK(import("small"), err);
    CHECK_TEXT(note.name, "small");
    CHECK_INT(note.files, 5);
    CHECK_INT(note.bytes, 8);
    CHECK_INT(note.left_out, 0);
    CHECK_TEXT(note.from, path("from"));
    struct stat about;
    CHECK_INT(stat(path("state/images/small/root/usr/bin/tool"), &about), 0);
    CHECK_INT(about.st_mode & 07777, 0755);
    check_link("state/images/small/root/bin", "usr/bin");
    CHECK_INT(count_store(), 1);
}

TEST(an_imported_image_can_be_opened_as_a_box_does)
{
    set_up();
    struct image image;
    CHECK_OK(import("small"), err);
    CHECK_OK(image_open(&image, "small", &err), err);
    CHECK_INT(image.count, 2);
    CHECK(image_covers(&image, "/usr/bin/tool"));
    image_close(&image);
}

TEST(rights_that_files_bring_along_are_taken_from_them)
{
    set_up();
    make_file("from/usr/bin/su", "x", 04755);
    make_file("from/usr/bin/wall", "x", 02755);
    CHECK_OK(import("safe"), err);
    struct stat about;
    CHECK_INT(stat(path("state/images/safe/root/usr/bin/su"), &about), 0);
    CHECK_INT(about.st_mode & 07777, 0755);
    CHECK_INT(stat(path("state/images/safe/root/usr/bin/wall"), &about), 0);
    CHECK_INT(about.st_mode & 07777, 0755);
}

TEST(the_callers_umask_does_not_close_an_image_to_boxes)
{
    set_up();
    umask(077);
    CHECK_OK(import("open"), err);
    struct stat about;
    CHECK_INT(stat(path("state/images/open/root/usr/bin"), &about), 0);
    CHECK_INT(about.st_mode & 0777, 0755);
    CHECK_INT(umask(022), 077);
}

TEST(fifos_sockets_and_files_at_the_top_are_left_out_and_counted)
{
    set_up();
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK_INT(mkfifo(path("from/usr/fifo"), 0644), 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s/from/usr/s", test_folder());
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    make_file("from/README", "top", 0644);
    CHECK_OK(import("plain"), err);
    CHECK_INT(note.left_out, 3);
    CHECK_INT(note.files, 5);
    CHECK(!exists("state/images/plain/root/usr/fifo"));
    CHECK(!exists("state/images/plain/root/usr/s"));
    CHECK(!exists("state/images/plain/root/README"));
    close(listener);
}

TEST(names_that_a_box_makes_itself_are_not_copied)
{
    static const char *const names[] = {"dev", "proc", "sys", "tmp", "run", "work", "in"};
    set_up();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        auto_free char *name = mem_text("from/%s", names[i]);
        auto_free char *inner = mem_text("from/%s/secret", names[i]);
        make_folder(name);
        make_file(inner, "x", 0644);
    }
    CHECK_OK(import("bare"), err);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        auto_free char *name = mem_text("state/images/bare/root/%s", names[i]);
        CHECK(!exists(name));
    }
    CHECK_INT(note.files, 5);
}

TEST(links_stay_links_wherever_they_point)
{
    set_up();
    make_folder("outside");
    make_file("outside/secret", "secret", 0644);
    CHECK_INT(symlink(path("outside"), path("from/lib")), 0);
    CHECK_INT(symlink("../../../../../etc/shadow", path("from/usr/shadow")), 0);
    CHECK_INT(symlink("/", path("from/usr/all")), 0);
    CHECK_INT(symlink("loop", path("from/usr/loop")), 0);
    CHECK_OK(import("links"), err);
    check_link("state/images/links/root/lib", path("outside"));
    check_link("state/images/links/root/usr/shadow", "../../../../../etc/shadow");
    check_link("state/images/links/root/usr/all", "/");
    CHECK_INT(note.bytes, 8);
}

TEST(a_folder_around_the_store_is_copied_without_the_store)
{
    set_up();
    CHECK_OK(import("first"), err);
    make_folder("top");
    CHECK_OK(image_store_import("second", test_folder(), NULL, &arena, &note, &err), err);
    CHECK(exists("state/images/second/root/from/usr/data"));
    CHECK(exists("state/images/second/root/state"));
    CHECK(!exists("state/images/second/root/state/images"));
}

/* ---- refusing -------------------------------------------------------------------------------- */

static void check_refused(bool ok, enum error_kind kind, const char *part)
{
    CHECK(!ok);
    CHECK_INT(err.kind, kind);
    CHECK_CONTAINS(err.text, part);
    CHECK_INT(count_store(), 0);
}

TEST(bad_names_are_refused)
{
    static const char *const names[] = {
        "",
        ".",
        "..",
        ".hidden",
        "-flag",
        "a/b",
        "a b",
        "a\nb",
        "\xff",
        "host",
        "0123456789012345678901234567890123456789012345678901234567890123456789"};
    set_up();
    for (size_t i = 0; i < COUNT_OF(names); i++)
        check_refused(import(names[i]), ERROR_USAGE, "name");
}

TEST(a_name_that_is_taken_is_refused_and_its_image_stays)
{
    set_up();
    CHECK_OK(import("one"), err);
    make_file("from/usr/new", "new", 0644);
    CHECK(!import("one"));
    CHECK_CONTAINS(err.text, "there is an image 'one' already");
    CHECK(!exists("state/images/one/root/usr/new"));
    CHECK_INT(count_store(), 1);
}

static bool import_from(const char *folder)
{
    return image_store_import("x", folder, NULL, &arena, &note, &err);
}

TEST(what_is_no_folder_is_refused)
{
    set_up();
    CHECK(!import_from(path("nothing")));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK_CONTAINS(err.text, "No such file");
    CHECK(!import_from(path("from/usr/data")));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK_CONTAINS(err.hint, "folder");
    CHECK(!import_from(""));
}

TEST(a_folder_that_a_box_could_show_nothing_of_is_refused)
{
    set_up();
    make_folder("empty");
    check_refused(import_from(path("empty")), ERROR_INPUT, "no folder that a box could show");
    make_file("empty/file", "x", 0644);
    make_folder("empty/tmp");
    check_refused(import_from(path("empty")), ERROR_INPUT, "no folder that a box could show");
}

TEST(more_names_at_the_top_than_a_box_can_show_are_refused)
{
    set_up();
    for (int i = 0; i < IMAGE_ENTRIES_MAX; i++) {
        auto_free char *name = mem_text("from/top%d", i);
        make_folder(name);
    }
    check_refused(import("wide"), ERROR_LIMIT, "top-level names");
}

TEST(a_file_larger_than_all_limits_is_refused_before_anything_is_copied)
{
    set_up();
    make_file("from/usr/huge", "", 0644);
    if (truncate(path("from/usr/huge"), IMAGE_BYTES_MAX + 1) != 0)
        test_skip("this file system makes no sparse file of 50 GiB");
    check_refused(import("huge"), ERROR_LIMIT, "50 GiB");
}

/* ---- stopping, crashing, sweeping ------------------------------------------------------------ */

static int calls_left;

static bool stop_after_some(const struct image_progress *progress, void *cookie)
{
    (void)cookie;
    CHECK(progress->files >= 0 && progress->bytes >= 0);
    return calls_left-- > 0;
}

TEST(stopping_at_any_moment_leaves_nothing)
{
    set_up();
    const struct image_watcher watcher = {stop_after_some, NULL};
    int stops = 0;
    for (bool made = false; !made; stops++) {
        calls_left = stops;
        made = image_store_import("x", path("from"), &watcher, &arena, &note, &err);
        CHECK_INT(count_store(), made);
        CHECK_INT(made ? ERROR_INTERRUPTED : err.kind, ERROR_INTERRUPTED);
    }
    CHECK(stops > 5); /* it was asked while counting, while copying and at the end */
}

TEST(what_a_killed_maker_left_is_swept_and_what_is_being_made_is_not)
{
    set_up();
    CHECK_OK(import("whole"), err);
    make_folder("state/images/.dead.1.0");
    make_folder("state/images/.dead.1.0/root");
    make_file("state/images/.dead.1.0/root/file", "x", 0644);
    make_folder("state/images/.alive.2.0");
    int maker = open(path("state/images/.alive.2.0"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK_INT(flock(maker, LOCK_EX), 0);
    image_store_sweep();
    CHECK(!exists("state/images/.dead.1.0"));
    CHECK(exists("state/images/.alive.2.0"));
    CHECK(exists("state/images/whole/root/usr/data"));
    close(maker);
    image_store_sweep();
    CHECK_INT(count_store(), 1);
}

static bool die(const struct image_progress *progress, void *cookie)
{
    (void)cookie;
    if (progress->bytes_total > 0 && progress->files > 0)
        _exit(7);
    return true;
}

TEST(a_maker_that_dies_while_copying_leaves_no_image_and_can_begin_anew)
{
    set_up();
    const struct image_watcher watcher = {die, NULL};
    int status;
    pid_t maker = fork();
    if (maker == 0)
        _exit(image_store_import("x", path("from"), &watcher, &arena, &note, &err));
    CHECK_INT(waitpid(maker, &status, 0), maker);
    CHECK_INT(WEXITSTATUS(status), 7);
    CHECK_INT(count_store(), 1);
    CHECK(!exists("state/images/x"));
    CHECK_OK(import("x"), err);
    image_store_sweep();
    CHECK_INT(count_store(), 1);
}

#ifdef TESTUDO_FAULTS
TEST(every_place_that_can_fail_fails_cleanly)
{
    set_up();
    for (int at = 1;; at++) {
        int status;
        pid_t maker = fork();
        if (maker == 0) {
            auto_free char *number = mem_text("%d", at);
            setenv("TESTUDO_FAULT_AT", number, 1);
            _exit(import("x") ? 0 : err.text[0] != '\0' ? 1 : 2);
        }
        CHECK_INT(waitpid(maker, &status, 0), maker);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        if (WEXITSTATUS(status) == 0) {
            CHECK(at > 10);
            break;
        }
        CHECK(!exists("state/images/x"));
    }
    image_store_sweep();
    CHECK_INT(count_store(), 1);
}
#endif

/* ---- listing and removing -------------------------------------------------------------------- */

TEST(the_list_is_sorted_and_says_what_the_notes_say)
{
    set_up();
    CHECK_OK(import("zebra"), err);
    CHECK_OK(import("ant"), err);
    struct image_note *notes;
    int count;
    CHECK_OK(image_store_list(&arena, &notes, &count, &err), err);
    CHECK_INT(count, 2);
    CHECK_TEXT(notes[0].name, "ant");
    CHECK_TEXT(notes[1].name, "zebra");
    CHECK_INT(notes[0].files, 5);
    CHECK_INT(notes[0].bytes, 8);
    CHECK(notes[0].made_s > 1700000000);
    CHECK_TEXT(notes[0].from, path("from"));
}

TEST(a_damaged_note_costs_the_list_no_more_than_its_numbers)
{
    static const char *const texts[] = {"", "{", "[]", "{\"files\":-5,\"bytes\":1.5,\"from\":7}",
                                        "{\"files\":99999999999999999999}"};
    set_up();
    struct image_note *notes;
    int count;
    CHECK_OK(import("x"), err);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        make_file("state/images/x/image.json", texts[i], 0644);
        CHECK_OK(image_store_list(&arena, &notes, &count, &err), err);
        CHECK_INT(count, 1);
        CHECK_INT(notes[0].files, -1);
        CHECK_INT(notes[0].bytes, -1);
        CHECK(notes[0].from == NULL);
    }
}

TEST(an_empty_store_lists_nothing)
{
    set_up();
    struct image_note *notes;
    int count = -1;
    CHECK_OK(image_store_list(&arena, &notes, &count, &err), err);
    CHECK_INT(count, 0);
}

TEST(a_removed_image_is_gone_and_its_name_is_free_again)
{
    set_up();
    CHECK_OK(import("x"), err);
    CHECK_OK(image_store_remove("x", &err), err);
    CHECK_INT(count_store(), 0);
    CHECK(!image_store_remove("x", &err));
    CHECK_CONTAINS(err.text, "no image");
    CHECK_OK(import("x"), err);
}

TEST(removing_never_reaches_outside_of_the_store)
{
    static const char *const names[] = {"..", "../images", ".", "", "host", "../../from", "a/b"};
    set_up();
    CHECK_OK(import("x"), err);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        CHECK(!image_store_remove(names[i], &err));
    CHECK(exists("from/usr/data"));
    CHECK_INT(count_store(), 1);
}
