/* Ids that no two boxes share, the folders of our state, the names of images. */
#include "sandbox/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sandbox/image.h"
#include "sandbox/slot.h"
#include "sandbox/state.h"
#include "sys/fd.h"
#include "tests/test.h"
#include "tests/unit/sys/open_fds.h"

/* The state lies in the test's folder. */
static const char *use_state(void)
{
    CHECK_INT(setenv("TESTUDO_STATE", test_folder(), 1), 0);
    umask(022);
    return test_folder();
}

/* Locks that nobody else on this host takes. */
static int own_locks(void)
{
    int folder = open(use_state(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(folder >= 0);
    return folder;
}

TEST(ids_of_two_boxes_are_never_the_same)
{
    enum { MANY = 100 };
    struct ids ids[MANY];
    struct error err;
    int folder = own_locks();
    for (int i = 0; i < MANY; i++) {
        CHECK_OK(ids_take_of(&ids[i], folder, &err), err);
        CHECK_INT(fcntl(ids[i].lock, F_GETFD), FD_CLOEXEC);
        CHECK(ids[i].first >= IDS_FIRST);
        CHECK(ids[i].first < IDS_FIRST + IDS_EACH * IDS_RANGES_MAX);
        CHECK_INT((ids[i].first - IDS_FIRST) % IDS_EACH, 0);
        CHECK_INT(ids_guest_uid(&ids[i]), ids[i].first + 1);
        CHECK_INT(ids_guest_gid(&ids[i]), ids[i].first + 1);
        for (int k = 0; k < i; k++)
            CHECK(ids[i].first != ids[k].first);
    }
    for (int i = 0; i < MANY; i++)
        ids_release(&ids[i]);
    close(folder);
}

/* So many ranges from this one on are free, and no other. */
static int leave_only(int folder, int first, int count)
{
    struct flock taken = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = IDS_RANGES_MAX};
    struct flock left = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = first, .l_len = count};
    int locks = openat(folder, "ids", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK_INT(fcntl(locks, F_OFD_SETLK, &taken), 0);
    CHECK_INT(fcntl(locks, F_OFD_SETLK, &left), 0);
    return locks;
}

TEST(ids_are_free_again_when_they_are_released_or_their_holder_dies)
{
    struct ids one, two, other, none;
    struct error err;
    int folder = own_locks(), locks = leave_only(folder, 77, 2), before = open_fds_count();
    CHECK_OK(ids_take_of(&one, folder, &err), err);
    pid_t child = fork();
    if (child == 0) {
        ids_release(&one);
        bool ok = ids_take_of(&two, folder, &err) && two.first != one.first;
        _exit(!ok);
    }
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(status, 0); /* our own copy still held the first one */
    CHECK_OK(ids_take_of(&other, folder, &err), err);
    CHECK(other.first != one.first);
    CHECK(!ids_take_of(&none, folder, &err));
    uint32_t first = one.first;
    ids_release(&one);
    ids_release(&one);
    CHECK_OK(ids_take_of(&two, folder, &err), err);
    CHECK_INT(two.first, first);
    ids_release(&two);
    ids_release(&other);
    CHECK_INT(open_fds_count(), before);
    close(locks);
    close(folder);
}

TEST(ids_that_are_left_are_found_wherever_they_are_and_then_there_are_no_more)
{
    static const int left[] = {0, 1, IDS_RANGES_MAX / 2, IDS_RANGES_MAX - 1};
    struct ids ids, none;
    struct error err;
    int folder = own_locks();
    for (size_t i = 0; i < COUNT_OF(left); i++) {
        auto_close int locks = leave_only(folder, left[i], 1);
        CHECK(locks >= 0);
        CHECK_OK(ids_take_of(&ids, folder, &err), err);
        CHECK_INT(ids.first, IDS_FIRST + left[i] * IDS_EACH);
        CHECK(!ids_take_of(&none, folder, &err));
        CHECK_INT(err.kind, ERROR_LIMIT);
        ids_release(&ids);
    }
    close(folder);
}

TEST(ids_are_locked_in_one_file_by_those_whose_state_lies_elsewhere)
{
    struct ids one, two;
    struct stat file_of_one, file_of_two;
    struct error err;
    if (geteuid() != 0)
        test_skip("needs root: a plain user has one id");
    CHECK_INT(setenv("TESTUDO_STATE", test_folder(), 1), 0);
    CHECK_OK(ids_take(&one, MODE_ROOT, &err), err);
    auto_free char *elsewhere = mem_text("%s/elsewhere", test_folder());
    CHECK_INT(setenv("TESTUDO_STATE", elsewhere, 1), 0);
    CHECK_OK(ids_take(&two, MODE_ROOT, &err), err);
    CHECK(one.first != two.first);
    CHECK_INT(fstat(one.lock, &file_of_one), 0);
    CHECK_INT(fstat(two.lock, &file_of_two), 0);
    CHECK_INT(file_of_one.st_ino, file_of_two.st_ino);
    CHECK_INT(file_of_one.st_dev, file_of_two.st_dev);
    ids_release(&one);
    ids_release(&two);
}

TEST(ids_without_root_are_our_own_and_hold_nothing)
{
    struct ids ids;
    struct error err;
    CHECK_OK(ids_take(&ids, MODE_ROOTLESS, &err), err);
    CHECK_INT(ids.lock, -1);
    CHECK_INT(ids_guest_uid(&ids), geteuid());
    CHECK_INT(ids_guest_gid(&ids), getegid());
    ids_release(&ids);
}

TEST(state_folder_is_made_and_only_we_may_write_there)
{
    struct error err;
    struct stat about;
    auto_free char *folder = mem_text("%s/not/there/yet", use_state());
    CHECK_INT(setenv("TESTUDO_STATE", folder, 1), 0);
    int before = open_fds_count();
    int state = state_open(STATE_LASTING, &err);
    CHECK_OK(state >= 0, err);
    CHECK_INT(fstat(state, &about), 0);
    CHECK_INT(about.st_mode & 022, 0);
    int below = state_open_below(state, "images", &err);
    CHECK_OK(below >= 0, err);
    close(below);
    close(state);
    CHECK_INT(open_fds_count(), before);
}

static void check_refused(const char *path)
{
    struct error err = {};
    int before = open_fds_count();
    CHECK_INT(state_open(STATE_LASTING, &err), -1);
    CHECK_INT(err.kind, ERROR_HOST);
    CHECK_CONTAINS(err.text, path);
    CHECK(err.hint[0] != '\0');
    CHECK_INT(open_fds_count(), before);
}

TEST(state_folder_that_others_may_write_or_own_is_refused)
{
    auto_free char *path = mem_text("%s/state", use_state());
    CHECK_INT(mkdir(path, 0755), 0);
    CHECK_INT(chmod(path, 0775), 0);
    check_refused(path);
    CHECK_INT(chmod(path, 0757), 0);
    check_refused(path);
    CHECK_INT(chmod(path, 0755), 0);
    struct error err;
    int state = state_open(STATE_LASTING, &err);
    CHECK_OK(state >= 0, err);
    CHECK_INT(mkdirat(state, "below", 0755), 0);
    CHECK_INT(fchmodat(state, "below", 0777, 0), 0);
    CHECK_INT(state_open_below(state, "below", &err), -1);
    CHECK_INT(symlinkat("/etc", state, "link"), 0);
    CHECK_INT(state_open_below(state, "link", &err), -1);
    close(state);
    if (geteuid() != 0)
        return;
    CHECK_INT(chown(path, 54321, 54321), 0);
    check_refused(path);
}

TEST(state_folder_that_is_a_link_is_refused)
{
    struct error err = {};
    auto_free char *path = mem_text("%s/state", use_state());
    auto_free char *real = mem_text("%s/real", use_state());
    CHECK_INT(mkdir(real, 0755), 0);
    CHECK_INT(symlink("real", path), 0);
    CHECK_INT(state_open(STATE_LASTING, &err), -1);
}

TEST(image_names_are_plain_words)
{
    static const char *const good[] = {"host", "a", "debian-12", "A.b_c-9"};
    static const char *const bad[] = {"",  ".",   "..",  ".a",       "-a",  "a/b",
                                      "/", "a b", "a\n", "\xc3\xa9", "a:b", "../host"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(image_name_is_good(good[i]));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!image_name_is_good(bad[i]));
    char name[IMAGE_NAME_MAX + 1];
    memset(name, 'a', sizeof name);
    name[IMAGE_NAME_MAX] = '\0';
    CHECK(!image_name_is_good(name));
    name[IMAGE_NAME_MAX - 1] = '\0';
    CHECK(image_name_is_good(name));
}

TEST(image_that_is_not_there_or_badly_named_is_an_error_and_no_slot)
{
    struct image image;
    struct error err = {};
    struct sandbox_host host = {.init = -1};
    use_state();
    CHECK(!image_open(&image, "nosuch", &err));
    CHECK_INT(err.kind, ERROR_INPUT);
    CHECK_CONTAINS(err.text, "nosuch");
    CHECK(!image_open(&image, "../x", &err));
    CHECK_INT(err.kind, ERROR_USAGE);
    int before = open_fds_count();
    CHECK(slot_new(&host, "../x", &err) == NULL);
    CHECK_INT(err.kind, ERROR_USAGE);
    CHECK_INT(open_fds_count(), before);
    slot_free(NULL);
}
