#include "tests/unit/lang/tree.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "lang/names.h"
#include "lang/source.h"

/* Bash is everywhere where tests run, and nothing can choose another one. */
static struct run_request script_request(void)
{
    static struct tree_path path;
    tree_put("my proj/a.sh", "echo");
    tree_put("my proj/data.txt", "");
    tree_put("my proj/.secret", "");
    tree_put("my proj/sub/x", "");
    path = tree_path("my proj/a.sh");
    struct run_request request = tree_request();
    request.source_path = path.text;
    return request;
}

TEST(a_files_folder_comes_along_and_its_entries_are_linked_into_work)
{
    struct run_request request = script_request();
    struct plan plan = tree_plan(&request);
    CHECK_TEXT(plan.language, "bash");
    CHECK_INT(plan.folder_count, 1);
    CHECK_INT(plan.folders[0].kind, BOX_INPUT_FOLDER);
    CHECK_TEXT(plan.folders[0].target, "/in/myproj");
    CHECK_TEXT(plan.folders[0].path, tree_path("my proj").text);
    CHECK_INT(plan.link_count, 3);
    CHECK_TEXT(plan_link_text(&plan, "a.sh"), "/in/myproj/a.sh");
    CHECK_TEXT(plan_link_text(&plan, "data.txt"), "/in/myproj/data.txt");
    CHECK_TEXT(plan_link_text(&plan, "sub"), "/in/myproj/sub");
    CHECK_TEXT(plan.run.cwd, "/work");
    CHECK_INT(plan.run.argv.count, 2);
    CHECK_TEXT(plan.run.argv.list[1], "/in/myproj/a.sh");
    CHECK_TEXT(plan.image, "host");
    CHECK(!plan.has_compile && plan.artifact == NULL);
}

TEST(arguments_follow_the_source_as_they_are)
{
    const char *args[] = {"--json", "", "a b", NULL};
    struct run_request request = script_request();
    request.args = (struct words){args, 3};
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.run.argv.count, 5);
    CHECK_TEXT(plan.run.argv.list[2], "--json");
    CHECK_TEXT(plan.run.argv.list[3], "");
    CHECK_TEXT(plan.run.argv.list[4], "a b");
    CHECK(plan.run.argv.list[5] == NULL);
}

TEST(a_folder_name_without_anything_usable_is_called_src)
{
    auto_arena struct arena own;
    arena_init(&own, 65536);
    CHECK_TEXT(source_name(&own, "/home/u/Proj_1.2-x"), "Proj_1.2-x");
    CHECK_TEXT(source_name(&own, "/home/u/\xc3\xa4 \n"), "src");
    CHECK_TEXT(source_name(&own, "/home/u/..hid"), "hid");
    CHECK_TEXT(source_name(&own, "/"), "src");
}

TEST(a_file_of_the_request_takes_the_place_of_a_link)
{
    struct request_file files[] = {{.name = "data.txt", .content = STR("x")},
                                   {.name = "sub/y", .content = STR("y")}};
    struct run_request request = script_request();
    request.files = files;
    request.file_count = 2;
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.file_count, 2);
    CHECK(plan_link_text(&plan, "data.txt") == NULL);
    CHECK(plan_link_text(&plan, "sub") == NULL);
    CHECK(plan_link_text(&plan, "a.sh") != NULL);
}

TEST(a_folder_of_more_than_256_entries_gets_no_links)
{
    char name[64];
    for (int i = 0; i < 255; i++) {
        snprintf(name, sizeof name, "big/f%d", i);
        tree_put(name, "");
    }
    tree_put("big/a.sh", "");
    struct tree_path path = tree_path("big/a.sh");
    struct run_request request = tree_request();
    request.source_path = path.text;
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.link_count, 256);
    tree_put("big/one-more", "");
    plan = tree_plan(&request);
    CHECK_INT(plan.link_count, 0);
}

TEST(names_that_could_act_on_a_terminal_are_not_linked)
{
    tree_put("d/a.sh", "");
    tree_put("d/x\x1b[2J", "");
    tree_put("d/x\nb", "");
    tree_put("d/\xff", "");
    struct tree_path path = tree_path("d/a.sh");
    struct run_request request = tree_request();
    request.source_path = path.text;
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.link_count, 1);
}

TEST(a_link_to_a_source_brings_the_real_files_folder)
{
    tree_put("store/real.sh", "");
    tree_put("store/beside", "");
    tree_link("../store/real.sh", "bin/tool");
    struct tree_path path = tree_path("bin/tool");
    struct run_request request = tree_request();
    request.source_path = path.text;
    struct plan plan = tree_plan(&request);
    CHECK_TEXT(plan.run.argv.list[1], "/in/store/real.sh");
    CHECK(plan_link_text(&plan, "beside") != NULL);
}

TEST(a_folder_starts_by_convention_or_by_its_entry)
{
    tree_put("d/main.sh", "");
    tree_put("d/deep/b.sh", "");
    struct tree_path path = tree_path("d");
    struct run_request request = tree_request();
    request.source_path = path.text;
    CHECK_TEXT(tree_plan(&request).run.argv.list[1], "/in/d/main.sh");
    request.entry = "deep/b.sh";
    CHECK_TEXT(tree_plan(&request).run.argv.list[1], "/in/d/deep/b.sh");
    request.entry = "/in/d/main.sh";
    tree_refused(&request, "is absolute", "plain name");
    request.entry = "deep";
    request.language = "bash";
    tree_refused(&request, "is a folder, not a file", "");
}

TEST(an_entry_that_leads_out_of_its_folder_is_refused)
{
    tree_put("else/real.sh", "");
    tree_put("d/x", "");
    tree_link("../else/real.sh", "d/main.sh");
    struct tree_path path = tree_path("d");
    struct run_request request = tree_request();
    request.source_path = path.text;
    tree_refused(&request, "which the box does not see", "run the file itself");
}

TEST(an_entry_of_a_file_or_of_code_makes_no_sense)
{
    struct run_request request = script_request();
    request.entry = "a.sh";
    tree_refused(&request, "is a file", "leave --entry out");
    request.source_path = NULL;
    request.has_code = true;
    request.language = "bash";
    tree_refused(&request, "code was given", "");
}

TEST(the_hosts_root_and_kernel_folders_are_never_shown)
{
    struct run_request request = tree_request();
    request.language = "bash";
    request.source_path = "/";
    tree_refused(&request, "never shown to a box", "--file PATH");
    request.source_path = "/proc/self";
    tree_refused(&request, "never shown to a box", "--file PATH");
    request.source_path = "/proc/self/status";
    tree_refused(&request, "never shown to a box", "--file PATH");
    request.source_path = "/sys/kernel";
    tree_refused(&request, "never shown to a box", "");
    request.source_path = "/dev";
    tree_refused(&request, "never shown to a box", "");
}

TEST(code_is_a_file_of_the_boxs_own)
{
    struct run_request request = tree_request();
    request.has_code = true;
    request.code = str_of("a\0b", 3);
    request.language = "sh";
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.file_count, 1);
    CHECK_TEXT(plan.files[0].name, "main.sh");
    CHECK_INT(plan.files[0].content.len, 3);
    CHECK_TEXT(plan.run.argv.list[1], BOX_WORK "/main.sh");
    CHECK_INT(plan.folder_count, 0);
    CHECK_INT(plan.link_count, 0);
}

TEST(a_command_runs_as_it_is_and_has_no_language)
{
    const char *argv[] = {"env", "-i", NULL};
    struct run_request request = tree_request();
    request.command = (struct words){argv, 2};
    struct plan plan = tree_plan(&request);
    CHECK(plan.language == NULL && plan.version == NULL);
    CHECK_INT(plan.run.argv.count, 2);
    CHECK_TEXT(plan.run.argv.list[0], "env");
    CHECK_INT(plan.folder_count, 0);
    request.language = "python";
    tree_refused(&request, "--lang says nothing about a plain command", "leave it out");
    request.language = NULL;
    request.interpreter = "/x";
    tree_refused(&request, "--python says nothing", "");
}

TEST(a_request_is_exactly_one_of_source_code_and_command)
{
    const char *argv[] = {"env", NULL};
    struct run_request request = tree_request();
    tree_refused(&request, "nothing to run", "testudo run FILE");
    request.has_code = true;
    request.command = (struct words){argv, 1};
    tree_refused(&request, "exclude each other", "testudo run FILE");
}

TEST(the_environment_is_clean_but_for_what_was_asked_for)
{
    const char *env[] = {"A=1", "HOME=/home/x", "A=2", NULL};
    setenv("TESTUDO_TEST_LEAK", "1", 1);
    struct run_request request = script_request();
    request.env = (struct words){env, 3};
    struct plan plan = tree_plan(&request);
    const struct words *got = &plan.run.env;
    CHECK_INT(got->count, 8);
    CHECK(words_have(got, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    CHECK(words_have(got, "HOME=/home/x") && !words_have(got, "HOME=/tmp"));
    CHECK(words_have(got, "A=2") && !words_have(got, "A=1"));
    CHECK(words_have(got, "LANG=C.UTF-8") && words_have(got, "TMPDIR=/tmp"));
    CHECK(words_have(got, "USER=box") && words_have(got, "LOGNAME=box"));
    CHECK(words_have(got, "PYTHONDONTWRITEBYTECODE=1"));
}

TEST(environments_and_arguments_beyond_what_fits_are_refused_with_what_to_do)
{
    struct run_request request = script_request();
    auto_free char *large = mem_alloc(BOX_WORD_BYTES_MAX + 8);
    memset(large, 'x', BOX_WORD_BYTES_MAX + 4);
    memcpy(large, "A=", 2);
    const char *env[] = {large, NULL};
    request.env = (struct words){env, 1};
    tree_refused(&request, "the environment has an entry of", "--file PATH");
    const char *nameless[] = {"=x", NULL};
    request.env = (struct words){nameless, 1};
    tree_refused(&request, "not NAME=VALUE", "");
    auto_free const char **many = mem_alloc(40000 * sizeof *many);
    for (int i = 0; i < 40000; i++)
        many[i] = "a";
    request.env = (struct words){};
    request.args = (struct words){many, 40000};
    tree_refused(&request, "40000 arguments", "--stdin FILE");
}

TEST(the_working_folder_is_plain_and_below_work_unless_absolute)
{
    struct run_request request = script_request();
    request.cwd = "sub/dir";
    CHECK_TEXT(tree_plan(&request).run.cwd, BOX_WORK "/sub/dir");
    request.cwd = "/in/x";
    CHECK_TEXT(tree_plan(&request).run.cwd, "/in/x");
    static const char *const bad[] = {"", "..", "a/../b", BOX_WORK "/../etc", "a\nb", "./x"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        request.cwd = bad[i];
        tree_refused(&request, "is not a plain path", "/in/NAME");
    }
}

TEST(names_of_files_are_plain_and_below_work)
{
    static const struct {
        const char *name, *part;
    } rows[] = {
        {"", "is empty"},
        {"/etc/passwd", "is absolute"},
        {"../x", "'.' or '..' part"},
        {"a/../b", "'.' or '..' part"},
        {"a//b", "part"},
        {"a/", "part"},
        {".", "part"},
        {"a\nb", "holds control characters"},
        {"a\x1b", "holds control characters"},
        {"a\xc2\x9b[2J", "holds control characters"},
        {"\xff", "is not UTF-8"},
        {"\xed\xa0\x80", "is not UTF-8"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request_file file = {.name = rows[i].name, .content = STR("x")};
        struct request_out out = {.glob = rows[i].name, .folder = "."};
        struct run_request request = script_request();
        request.files = &file;
        request.file_count = 1;
        tree_refused(&request, rows[i].part, "plain name");
        request.file_count = 0;
        request.outs = &out;
        request.out_count = 1;
        tree_refused(&request, rows[i].part, "plain name");
    }
}

TEST(overlong_names_are_refused_and_shown_shortened)
{
    char name[2000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct request_file file = {.name = name};
    struct run_request request = script_request();
    request.files = &file;
    request.file_count = 1;
    tree_refused(&request, "...', is too long", "");
}

TEST(two_files_of_one_name_are_refused)
{
    struct request_file files[] = {{.name = "a"}, {.name = "b"}, {.name = "a"}};
    struct run_request request = script_request();
    request.files = files;
    request.file_count = 3;
    tree_refused(&request, "two files would both be 'a'", "--file PATH=NAME");
    struct request_file main_file = {.name = "main.sh"};
    request = tree_request();
    request.has_code = true;
    request.language = "bash";
    request.files = &main_file;
    request.file_count = 1;
    tree_refused(&request, "both be 'main.sh'", "");
}

TEST(files_that_cannot_be_brought_are_refused_by_what_they_are)
{
    struct run_request request = script_request();
    struct tree_path folder = tree_path("my proj"), none = tree_path("none");
    struct request_file file = {.name = "x", .path = folder.text};
    request.files = &file;
    request.file_count = 1;
    tree_refused(&request, "is a folder, not a file", "--input DIR");
    file.path = none.text;
    tree_refused(&request, "No such file", "check the name");
    file.path = "/dev/zero";
    tree_refused(&request, "is a device", "copy what it says");
}

TEST(files_larger_than_the_boxs_disk_are_refused_before_anything_is_copied)
{
    tree_put("huge", "");
    struct tree_path huge = tree_path("huge");
    int fd = open(huge.text, O_WRONLY | O_CLOEXEC);
    CHECK(posix_fallocate(fd, 0, INT64_C(200) << 20) == 0); /* a hole would cost nothing */
    close(fd);
    struct request_file file = {.name = "huge", .path = huge.text};
    struct run_request request = script_request();
    request.files = &file;
    request.file_count = 1;
    tree_refused(&request, "the files have 200 MiB, and the box's disk holds 128 MiB",
                 "raise --disk");
}

TEST(inputs_are_folders_with_plain_names_of_their_own)
{
    struct tree_path file = tree_path("my proj/a.sh"), folder = tree_path("my proj");
    struct run_request request = script_request();
    struct request_input inputs[] = {{folder.text, "a"}, {folder.text, "b"}};
    request.inputs = inputs;
    request.input_count = 2;
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.folder_count, 3);
    CHECK(plan_folder_at(&plan, "/in/b") != NULL);
    inputs[1] = (struct request_input){file.text, "f"};
    tree_refused(&request, "is a file, not a folder", "--file PATH");
    inputs[1] = (struct request_input){folder.text, "x/y"};
    tree_refused(&request, "has a slash", "plain name");
    inputs[1] = (struct request_input){"/", "root"};
    tree_refused(&request, "never shown", "");
    inputs[1] = (struct request_input){"/var", "myproj"};
    tree_refused(&request, "would both be /in/myproj", "--input DIR=NAME");
}

TEST(more_inputs_than_fit_are_refused)
{
    struct request_input inputs[40];
    char names[40][8];
    for (int i = 0; i < 40; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        inputs[i] = (struct request_input){"/var", names[i]};
    }
    struct run_request request = script_request();
    request.inputs = inputs;
    request.input_count = 40;
    tree_refused(&request, "more than 32 folders", "");
}

TEST(limits_profile_network_and_image_go_into_the_plan)
{
    const char *argv[] = {"x", NULL};
    struct run_request request = tree_request();
    request.command = (struct words){argv, 1};
    request.profile = profile_find(STR("snippet"));
    request.limits.value[LIMIT_WALL] = 77;
    request.network = NETWORK_LOOPBACK;
    request.accept_missing = 5;
    request.explain = true;
    request.image = "mine";
    struct plan plan = tree_plan(&request);
    CHECK(plan.run.noexec && plan.explain);
    CHECK_INT(plan.run.limits.value[LIMIT_WALL], 77);
    CHECK_INT(plan.network, NETWORK_LOOPBACK);
    CHECK_INT(plan.accept_missing, 5);
    CHECK_TEXT(plan.image, "mine");
    request.limits.value[LIMIT_WALL] = 0;
    tree_refused(&request, "limit wall", "");
}

TEST(bash_offers_no_choice_of_interpreter_or_version)
{
    struct run_request request = script_request();
    request.version = "5";
    tree_refused(&request, "Bash has no versions", "--version");
    request.version = NULL;
    request.interpreter = "/usr/bin/python3";
    tree_refused(&request, "but this is Bash", "leave --python out");
}

TEST(an_image_of_its_own_has_its_own_toolchains)
{
    struct run_request request = script_request();
    request.image = "mine";
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], "bash");
    request.source_path = NULL;
    request.has_code = true;
    request.language = "python";
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], "python3");
    request.version = "3.12";
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], "python3.12");
    request.interpreter = "/usr/bin/python3";
    tree_refused(&request, "which the image 'mine' does not show", "");
}
