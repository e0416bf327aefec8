#include "tests/unit/lang/tree.h"

#include "base/mem.h"

static const char *detect_name(const struct run_request *request)
{
    struct error err = {};
    const struct lang *lang = lang_detect(request, &err);
    if (lang == NULL)
        CHECK_OK(false, err);
    return lang->name;
}

static const char *detect_path(const char *name)
{
    struct tree_path path = tree_path(name);
    return detect_name(&(struct run_request){.source_path = path.text});
}

static void check_refused(const struct run_request *request, const char *text, const char *hint)
{
    struct error err = {};
    CHECK(lang_detect(request, &err) == NULL);
    CHECK_CONTAINS(err.text, text);
    CHECK_CONTAINS(err.hint, hint);
}

static void check_path_refused(const char *name, const char *text, const char *hint)
{
    struct tree_path path = tree_path(name);
    check_refused(&(struct run_request){.source_path = path.text}, text, hint);
}

TEST(languages_are_found_by_name_and_by_alias)
{
    CHECK_TEXT(lang_find(STR("python"))->name, "python");
    CHECK_TEXT(lang_find(STR("py"))->name, "python");
    CHECK_TEXT(lang_find(STR("sh"))->name, "bash");
    CHECK_TEXT(lang_find(STR("c"))->name, "c");
    CHECK(lang_find(STR("")) == NULL && lang_find(STR("Python")) == NULL);
}

TEST(a_language_that_is_not_there_is_refused_with_those_that_are)
{
    check_refused(&(struct run_request){.language = "cobol\x1b", .source_path = "x"},
                  "there is no language 'cobol\\x1b'", "python, bash, c");
}

TEST(an_extension_tells_the_language)
{
    tree_put("a.py", "");
    tree_put("b.sh", "");
    tree_put("c.c", "");
    tree_put("D.PY", "");
    tree_put("e.tar.bash", "#!/usr/bin/python3\n");
    CHECK_TEXT(detect_path("a.py"), "python");
    CHECK_TEXT(detect_path("b.sh"), "bash");
    CHECK_TEXT(detect_path("c.c"), "c");
    CHECK_TEXT(detect_path("D.PY"), "python");
    CHECK_TEXT(detect_path("e.tar.bash"), "bash");
}

TEST(a_first_line_tells_the_language_where_the_name_does_not)
{
    static const struct {
        const char *line, *name;
    } rows[] = {
        {"#!/usr/bin/python3", "python"},
        {"#!/usr/bin/env python3.12", "python"},
        {"#! /usr/bin/env -S python3 -u", "python"},
        {"#!/usr/bin/env -S A=1 python3\r", "python"},
        {"#!/opt/x/pypy3", "python"},
        {"#!/bin/sh -e", "bash"},
        {"#!/bin/bash", "bash"},
        {"#!/usr/bin/perl -w", "perl"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        auto_free char *text = mem_text("%s\nrest", rows[i].line);
        tree_put("script", text);
        CHECK_TEXT(detect_path("script"), rows[i].name);
    }
}

TEST(other_first_lines_tell_nothing)
{
    static const char *const lines[] = {
        "",
        "print(1)",
        "#!",
        "#! ",
        "#!/usr/bin/env",
        "#!/usr/bin/env -S",
        "#!/usr/bin/awk",
        "#!/usr/bin/pythonic",
        "#!/usr/bin/3",
        "#",
        " #!/bin/sh",
        "#!/bin/shell/",
        "\n#!/bin/sh",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        tree_put("script", lines[i]);
        check_path_refused("script", "neither the name nor the first line of", "testudo run -- ");
    }
}

TEST(hidden_files_and_names_that_end_in_a_point_have_no_extension)
{
    tree_put(".py", "");
    tree_put("x.", "");
    check_path_refused(".py", "tells its language", "--lang");
    check_path_refused("x.", "tells its language", "--lang");
}

TEST(a_link_is_judged_by_its_own_name_and_then_by_its_targets)
{
    tree_put("real.py", "");
    tree_put("blob", "");
    tree_link("real.py", "plain");
    tree_link("blob", "run.sh");
    CHECK_TEXT(detect_path("plain"), "python");
    CHECK_TEXT(detect_path("run.sh"), "bash");
}

TEST(code_needs_a_named_language_or_a_first_line)
{
    CHECK_TEXT(detect_name(&(struct run_request){.has_code = true,
                                                 .code = STR("#!/usr/bin/env python3\n1")}),
               "python");
    CHECK_TEXT(detect_name(&(struct run_request){.has_code = true, .language = "c"}), "c");
    check_refused(&(struct run_request){.has_code = true, .code = STR("print(1)")},
                  "code without a file name",
                  "--lang (python, bash, c, javascript, java, typescript, cpp, go, rust, ruby");
}

TEST(what_is_no_file_is_refused_by_its_kind)
{
    struct tree_path fifo = tree_path("fifo.py");
    CHECK(mkfifo(fifo.text, 0600) == 0);
    tree_link("nowhere", "dead.py");
    check_path_refused("fifo.py", "is a named pipe, not a file", "");
    check_path_refused("dead.py", "No such file", "check the name");
    check_path_refused("none.py", "No such file", "check the name");
    check_refused(&(struct run_request){.source_path = "/dev/null"}, "is a device, not a file", "");
    check_refused(&(struct run_request){.source_path = ""}, "No such file", "");
}

TEST(a_file_that_may_not_be_read_is_refused)
{
    tree_write("secret.py", "", 0, 0000);
    if (access(tree_path("secret.py").text, R_OK) == 0) {
        CHECK(chmod(test_folder(), 0711) == 0);
        CHECK(seteuid(65534) == 0);
    }
    check_path_refused("secret.py", "Permission denied", "change its rights");
    CHECK(seteuid(getuid()) == 0);
}

TEST(a_folder_is_told_by_the_file_that_starts_it)
{
    tree_put("py/main.py", "");
    tree_put("py/other.sh", "");
    tree_put("sh/run.sh", "");
    tree_put("c/a.c", "");
    tree_put("c/b.c", "");
    tree_put("one/whatever.py", "");
    CHECK_TEXT(detect_path("py"), "python");
    CHECK_TEXT(detect_path("sh"), "bash");
    CHECK_TEXT(detect_path("c"), "c");
    CHECK_TEXT(detect_path("one"), "python");
}

TEST(a_folder_that_could_start_in_several_ways_is_refused_with_all_of_them)
{
    tree_put("d/main.py", "");
    tree_put("d/main.sh", "");
    tree_put("d/main.c", "");
    check_path_refused("d", "main.py (python), main.sh (bash), main.c (c)", "--entry FILE");
    tree_put("e/x.py", "");
    tree_put("e/y.sh", "");
    check_path_refused("e", "x.py (python), y.sh (bash)", "--entry FILE");
}

TEST(a_folder_without_anything_known_is_refused)
{
    tree_folder("empty");
    tree_put("docs/readme.txt", "");
    tree_put("two/a.py", "");
    tree_put("two/b.py", "");
    tree_put("hidden/.main.py", "");
    check_path_refused("empty", "tells how to start it", "--entry FILE");
    check_path_refused("docs", "tells how to start it", "--entry FILE");
    check_path_refused("two", "tells how to start it", "--entry FILE");
    check_path_refused("hidden", "tells how to start it", "--entry FILE");
}

TEST(an_entry_decides_for_a_folder)
{
    tree_put("d/main.py", "");
    tree_put("d/tools/x.sh", "");
    struct tree_path path = tree_path("d");
    CHECK_TEXT(detect_name(&(struct run_request){.source_path = path.text, .entry = "tools/x.sh"}),
               "bash");
    check_refused(&(struct run_request){.source_path = path.text, .entry = "../x.py"},
                  "'.' or '..' part", "plain name");
    check_refused(&(struct run_request){.source_path = path.text, .entry = "none.py"},
                  "No such file", "");
}
