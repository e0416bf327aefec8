#include "tests/unit/lang/tree.h"

#include "base/mem.h"
#include "lang/pyenv.h"
#include "lang/toolchain.h"

static struct run_request code_request(void)
{
    struct run_request request = tree_request();
    request.has_code = true;
    request.language = "python";
    return request;
}

/* A Python of one's own: PREFIX/bin/python3.N and PREFIX/lib/python3.N. */
static void put_python(const char *prefix, const char *version)
{
    char name[256];
    snprintf(name, sizeof name, "%s/bin/python%s", prefix, version);
    tree_program(name);
    snprintf(name, sizeof name, "%s/lib/python%s/os.py", prefix, version);
    tree_put(name, "");
    char to[32];
    snprintf(to, sizeof to, "python%s", version);
    snprintf(name, sizeof name, "%s/bin/python3", prefix);
    tree_link(to, name);
    snprintf(name, sizeof name, "%s/bin/python", prefix);
    tree_link(to, name);
}

static void put_pyenv(void)
{
    put_python(".pyenv/versions/3.9.18", "3.9");
    put_python(".pyenv/versions/3.77.1", "3.77");
    put_python(".pyenv/versions/3.77.10", "3.77");
    put_python(".pyenv/versions/pypy3.77-9", "3.77");
    tree_folder(".pyenv/versions/3.78.0");
}

static void put_venv(const char *folder, const char *home, const char *version)
{
    char name[256], text[600];
    snprintf(name, sizeof name, "%s/pyvenv.cfg", folder);
    snprintf(text, sizeof text, "home = %s\ninclude-system-site-packages = false\nversion = %s\n",
             home, version);
    tree_put(name, text);
    snprintf(text, sizeof text, "%s/python3", home);
    snprintf(name, sizeof name, "%s/bin/python", folder);
    tree_link(text, name);
}

TEST(the_systems_python_is_the_usual_one)
{
    tree_need_program("/usr/bin/python3");
    tree_forget_callers();
    struct run_request request = code_request();
    struct plan plan = tree_plan(&request);
    CHECK(toolchain_is_in_image(plan.run.argv.list[0]));
    CHECK_CONTAINS(plan.run.argv.list[0], "/python3");
    CHECK_TEXT(plan.run.argv.list[1], BOX_WORK "/main.py");
    CHECK_CONTAINS(plan.version, "3.");
    CHECK_INT(plan.folder_count, 0);
}

TEST(a_version_is_looked_up_in_pyenv_and_comes_with_its_prefix)
{
    tree_outside_tmp();
    put_pyenv();
    struct run_request request = code_request();
    request.version = "3.77";
    struct plan plan = tree_plan(&request);
    struct tree_path prefix = tree_path(".pyenv/versions/3.77.10");
    struct tree_path program = tree_path(".pyenv/versions/3.77.10/bin/python3.77");
    CHECK_TEXT(plan.run.argv.list[0], program.text);
    CHECK_TEXT(plan.version, "3.77.10");
    CHECK_INT(plan.folder_count, 1);
    CHECK_INT(plan.folders[0].kind, BOX_INPUT_PREFIX);
    CHECK_TEXT(plan.folders[0].path, prefix.text);
    CHECK_TEXT(plan.folders[0].target, prefix.text);
    auto_free char *path = mem_text("PATH=%s/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:"
                                    "/usr/bin:/sbin:/bin",
                                    prefix.text);
    CHECK(words_have(&plan.run.env, path));
    request.version = "3.77.1";
    CHECK_TEXT(tree_plan(&request).version, "3.77.1");
}

TEST(a_version_that_is_nowhere_is_refused_with_those_that_are)
{
    tree_forget_callers();
    put_pyenv();
    struct run_request request = code_request();
    request.version = "3.78";
    tree_refused(&request, "there is no Python 3.78", "3.9.18, 3.77.1, 3.77.10");
    request.version = "3.7";
    tree_refused(&request, "there is no Python 3.7", "versions here");
    static const char *const nonsense[] = {"",      "3.",        ".3", "3..1",
                                           "three", "3.1/../..", "-3", "3.1 "};
    for (size_t i = 0; i < COUNT_OF(nonsense); i++) {
        request.version = nonsense[i];
        tree_refused(&request, "is no version of Python", "such as 3.12");
    }
}

TEST(pyenv_is_found_by_its_variable_before_the_home_folder)
{
    tree_forget_callers();
    put_python("elsewhere/versions/3.80.2", "3.80");
    struct tree_path root = tree_path("elsewhere");
    setenv("PYENV_ROOT", root.text, 1);
    struct run_request request = code_request();
    request.version = "3.80";
    CHECK_TEXT(tree_plan(&request).version, "3.80.2");
}

TEST(a_toolchain_where_a_box_has_its_own_goes_below_in)
{
    setenv("TMPDIR", "/tmp", 1);
    tree_forget_callers();
    put_pyenv();
    struct run_request request = code_request();
    request.version = "3.9";
    struct plan plan = tree_plan(&request);
    CHECK_TEXT(plan.run.argv.list[0], "/in/.toolchain/bin/python3.9");
    CHECK_INT(plan.folders[0].kind, BOX_INPUT_FOLDER);
    CHECK_TEXT(plan.folders[0].path, tree_path(".pyenv/versions/3.9.18").text);
}

TEST(a_shim_of_pyenv_is_resolved_without_being_run)
{
    tree_outside_tmp();
    put_pyenv();
    tree_write(".pyenv/shims/python3.77", "#!/bin/false\n", 13, 0755);
    tree_write(".pyenv/shims/python", "#!/bin/false\n", 13, 0755);
    struct tree_path versioned = tree_path(".pyenv/shims/python3.77");
    struct tree_path plain = tree_path(".pyenv/shims/python");
    struct run_request request = code_request();
    request.interpreter = versioned.text;
    CHECK_TEXT(tree_plan(&request).run.argv.list[0],
               tree_path(".pyenv/versions/3.77.10/bin/python3.77").text);
    request.interpreter = plain.text;
    tree_refused(&request, "is a shim of pyenv", "pyenv global");
    tree_put(".pyenv/version", "system\n3.9.18\n");
    CHECK_TEXT(tree_plan(&request).run.argv.list[0],
               tree_path(".pyenv/versions/3.9.18/bin/python3.9").text);
}

TEST(an_interpreter_may_be_named_by_its_file_or_its_prefix)
{
    tree_outside_tmp();
    put_python("own", "3.81");
    struct tree_path file = tree_path("own/bin/python3"), folder = tree_path("own");
    struct run_request request = code_request();
    request.interpreter = file.text;
    struct plan plan = tree_plan(&request);
    CHECK_TEXT(plan.run.argv.list[0], tree_path("own/bin/python3.81").text);
    CHECK_TEXT(plan.version, "3.81");
    CHECK_TEXT(plan.folders[0].path, folder.text);
    request.interpreter = folder.text;
    CHECK_TEXT(tree_plan(&request).version, "3.81");
    request.version = "3.82";
    tree_refused(&request, "is Python 3.81, not 3.82", "leave --version or --python out");
}

TEST(what_is_no_interpreter_is_refused_by_what_is_wrong_with_it)
{
    tree_forget_callers();
    tree_write("script", "#!/bin/sh\n", 10, 0755);
    tree_program("lone/bin/python3");
    tree_folder("empty");
    struct tree_path script = tree_path("script"), lone = tree_path("lone/bin/python3");
    struct tree_path empty = tree_path("empty"), none = tree_path("none");
    struct run_request request = code_request();
    request.interpreter = script.text;
    tree_refused(&request, "no Python interpreter that can be started", "not a script or shim");
    request.interpreter = lone.text;
    tree_refused(&request, "there is no library beside it", "lib/python3.*");
    request.interpreter = empty.text;
    tree_refused(&request, "is no Python environment", "python3 -m venv");
    request.interpreter = none.text;
    tree_refused(&request, "No such file", "--version 3.12");
}

TEST(an_environment_comes_along_with_the_prefix_that_it_was_made_from)
{
    tree_outside_tmp();
    put_python("base", "3.82");
    struct tree_path home = tree_path("base/bin"), folder = tree_path("my env");
    put_venv("my env", home.text, "3.82.4");
    struct run_request request = code_request();
    request.interpreter = folder.text;
    struct plan plan = tree_plan(&request);
    CHECK_TEXT(plan.run.argv.list[0], tree_path("my env/bin/python").text);
    CHECK_TEXT(plan.version, "3.82.4");
    CHECK_INT(plan.folder_count, 2);
    CHECK(plan_folder_at(&plan, tree_path("base").text) != NULL);
    CHECK(plan_folder_at(&plan, folder.text) != NULL);
    auto_free char *variable = mem_text("VIRTUAL_ENV=%s", folder.text);
    CHECK(words_have(&plan.run.env, variable));
    struct tree_path file = tree_path("my env/bin/python");
    request.interpreter = file.text;
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], file.text);
}

TEST(an_environments_other_name_for_its_prefix_is_shown_too)
{
    tree_outside_tmp();
    put_python("real-3.83.1", "3.83");
    tree_link("real-3.83.1", "current");
    struct tree_path home = tree_path("current/bin"), folder = tree_path("env");
    put_venv("env", home.text, "3.83.1");
    struct run_request request = code_request();
    request.interpreter = folder.text;
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.folder_count, 3);
    const struct plan_folder *named = plan_folder_at(&plan, tree_path("current").text);
    CHECK_TEXT(named != NULL ? named->path : NULL, tree_path("real-3.83.1").text);
}

TEST(an_environment_of_the_system_needs_no_prefix)
{
    tree_need_program("/usr/bin/python3");
    tree_outside_tmp();
    put_venv("env", "/usr/bin", "3.11.2");
    struct tree_path folder = tree_path("env");
    struct run_request request = code_request();
    request.interpreter = folder.text;
    struct plan plan = tree_plan(&request);
    CHECK_INT(plan.folder_count, 1);
    CHECK_TEXT(plan.folders[0].target, folder.text);
}

TEST(an_environment_below_tmp_works_if_its_interpreter_is_the_systems)
{
    tree_need_program("/usr/bin/python3");
    setenv("TMPDIR", "/tmp", 1);
    tree_forget_callers();
    put_venv("env", "/usr/bin", "3.11.2");
    struct tree_path folder = tree_path("env");
    struct run_request request = code_request();
    request.interpreter = folder.text;
    struct plan plan = tree_plan(&request);
    CHECK_TEXT(plan.run.argv.list[0], "/in/.venv/bin/python");
    CHECK(words_have(&plan.run.env, "VIRTUAL_ENV=/in/.venv"));
    put_python("base", "3.84");
    struct tree_path home = tree_path("base/bin"), other = tree_path("other");
    put_venv("other", home.text, "3.84.0");
    request.interpreter = other.text;
    tree_refused(&request, "where a box has something of its own", "outside /tmp");
}

TEST(the_environment_beside_a_source_is_used)
{
    tree_outside_tmp();
    put_python("base", "3.85");
    struct tree_path home = tree_path("base/bin");
    tree_put("proj/main.py", "");
    put_venv("proj/venv", home.text, "3.85.1");
    struct tree_path file = tree_path("proj/main.py"), folder = tree_path("proj");
    struct run_request request = tree_request();
    request.source_path = file.text;
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], tree_path("proj/venv/bin/python").text);
    put_venv("proj/.venv", home.text, "3.85.1");
    request.source_path = folder.text;
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], tree_path("proj/.venv/bin/python").text);
}

TEST(an_activated_environment_is_used_after_the_one_beside_the_source)
{
    tree_outside_tmp();
    put_python("base", "3.86");
    struct tree_path home = tree_path("base/bin"), active = tree_path("active");
    put_venv("active", home.text, "3.86.1");
    tree_put("proj/main.py", "");
    setenv("VIRTUAL_ENV", active.text, 1);
    struct tree_path file = tree_path("proj/main.py");
    struct run_request request = tree_request();
    request.source_path = file.text;
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], tree_path("active/bin/python").text);
    put_venv("proj/.venv", home.text, "3.86.1");
    CHECK_TEXT(tree_plan(&request).run.argv.list[0], tree_path("proj/.venv/bin/python").text);
}

TEST(an_environment_of_another_version_gives_way_to_the_named_one)
{
    tree_outside_tmp();
    put_pyenv();
    put_python("base", "3.87");
    struct tree_path home = tree_path("base/bin");
    tree_put("proj/main.py", "");
    put_venv("proj/.venv", home.text, "3.87.1");
    struct tree_path file = tree_path("proj/main.py");
    struct run_request request = tree_request();
    request.source_path = file.text;
    request.version = "3.87";
    CHECK_TEXT(tree_plan(&request).version, "3.87.1");
    request.version = "3.77";
    CHECK_TEXT(tree_plan(&request).version, "3.77.10");
}

TEST(a_broken_environment_beside_a_source_is_an_error_and_not_passed_over)
{
    tree_forget_callers();
    tree_put("proj/main.py", "");
    put_venv("proj/.venv", "/nowhere/bin", "3.1.1");
    struct tree_path file = tree_path("proj/main.py");
    struct run_request request = tree_request();
    request.source_path = file.text;
    tree_refused(&request, "has no interpreter that works", "--python /usr/bin/python3");
    tree_put("proj/.venv/pyvenv.cfg", "version = 3.1\n");
    tree_refused(&request, "does not say where its interpreter lives", "--python");
}

TEST(versions_are_ordered_by_their_numbers)
{
    CHECK(toolchain_compare_versions("3.9.18", "3.10.1") < 0);
    CHECK(toolchain_compare_versions("3.10", "3.9") > 0);
    CHECK(toolchain_compare_versions("3.10", "3.10.0") < 0);
    CHECK_INT(toolchain_compare_versions("3.10.1", "3.10.1"), 0);
    CHECK(toolchain_version_fits("3.12.1", "3.12") && toolchain_version_fits("3.12", "3.12"));
    CHECK(!toolchain_version_fits("3.12.1", "3.1") && !toolchain_version_fits("3.1", "3.12"));
}

TEST(versions_are_read_off_names)
{
    auto_arena struct arena own;
    arena_init(&own, 65536);
    CHECK_TEXT(toolchain_version_of_name(&own, "/usr/bin/python3.11"), "3.11");
    CHECK_TEXT(toolchain_version_of_name(&own, "/usr/bin/x86_64-linux-gnu-gcc-12"), "12");
    CHECK(toolchain_version_of_name(&own, "/usr/bin/bash") == NULL);
}
