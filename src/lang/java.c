/*
 * Java: compiled in a box into one archive, run in a second one. What a source names is looked for
 * beside it, by package; a source in a package whose folders are not there is compiled together
 * with its neighbours. A source that has no main and names JUnit 4 is run by that.
 */
#include "lang/lang.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lang/entry.h"
#include "lang/folder.h"
#include "lang/java_source.h"
#include "lang/names.h"
#include "lang/packages.h"
#include "lang/search.h"
#include "lang/source.h"
#include "lang/toolchain.h"
#include "model/runtime.h"
#include "model/words.h"

enum { TYPE_BYTES_MAX = 200 };

#define ARTIFACT "main.jar"

extern const struct lang lang_java;

static const char *beside(struct arena *arena, const char *program, const char *name)
{
    const char *slash = strrchr(program, '/');
    if (slash == NULL)
        return name;
    return arena_text(arena, "%.*s/%s", (int)(slash - program), program, name);
}

/* ---- the source ----------------------------------------------------------------------------- */

/* "a/b" of "a . b" */
static const char *package_folder(struct str package, struct arena *arena)
{
    char *folder = arena_copy(arena, package.ptr, package.len);
    size_t length = 0;
    for (size_t i = 0; i < package.len; i++)
        if (strchr(" \t\r\n", package.ptr[i]) == NULL)
            folder[length++] = package.ptr[i] == '.' ? '/' : package.ptr[i];
    folder[length] = '\0';
    return folder;
}

/* Where the packages begin: the source's folder without the folders of its package. NULL: those
 * are not there. */
static const char *find_root(const char *source, const char *package, struct arena *arena)
{
    const char *slash = strrchr(source, '/');
    const char *folder = arena_copy(arena, source, (size_t)(slash - source));
    size_t length = strlen(folder), tail = strlen(package);
    if (tail == 0)
        return folder;
    bool fits = length > tail && strcmp(folder + length - tail, package) == 0 &&
                folder[length - tail - 1] == '/';
    return fits ? arena_copy(arena, folder, length - tail - 1) : NULL;
}

static bool is_of_package(const char *path, const char *package, struct arena *arena)
{
    struct str text;
    struct error ignored; /* what cannot be read, the compiler cannot read either */
    return name_has_extension(path, lang_java.extensions) &&
           entry_read_file(path, arena, &text, &ignored) &&
           strcmp(package_folder(java_source_read(text).package, arena), package) == 0;
}

static bool add_neighbours(const struct run_request *request, const char *source,
                           const char *package, struct words *argv, struct arena *arena,
                           struct error *err)
{
    enum { NEIGHBOURS_MAX = 100 };

    const char *path = entry_path(&lang_java, request, arena);
    struct folder folder = {};
    if (path == NULL)
        return true;
    const char *host = strchr(path, '/') == NULL ? "./" : beside(arena, path, "");
    if (!folder_read(host, arena, &folder, err))
        return false;
    for (size_t i = 0; i < folder.count && argv->count < NEIGHBOURS_MAX; i++) {
        const char *name = folder.entries[i].name, *inside = beside(arena, source, name);
        if (folder.entries[i].is_file && strcmp(inside, source) != 0 &&
            is_of_package(arena_text(arena, "%s%s", host, name), package, arena))
            words_add(argv, arena, inside);
    }
    return true;
}

/* ---- the plan ------------------------------------------------------------------------------- */

/* One archive, because one file goes on into the second box. */
static void add_compiler(const struct toolchain *toolchain, const char *path, const char *root,
                         struct words *argv, struct arena *arena)
{
    static const char script[] =
        "javac=$1 jar=$2 && shift 2 && \"$javac\" \"$@\" && exec \"$jar\" "
        "-J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 --create --no-compress --file " BOX_WORK
        "/" ARTIFACT " -C /tmp/classes .";
    const char *const words[] = {"/bin/sh",
                                 "-c",
                                 script,
                                 "sh",
                                 beside(arena, toolchain->program, "javac"),
                                 beside(arena, toolchain->program, "jar"),
                                 "-J-XX:+UseSerialGC",
                                 "-J-XX:TieredStopAtLevel=1",
                                 "-encoding",
                                 "UTF-8",
                                 "-d",
                                 "/tmp/classes",
                                 "-cp",
                                 path,
                                 "-sourcepath",
                                 root != NULL ? root : "/tmp/none"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        words_add(argv, arena, words[i]);
}

static bool refuse_nothing(const char *source, struct error *err)
{
    error_set(err, ERROR_INPUT, "there is no class in '%s' that could be started",
              shown_name(strrchr(source, '/') + 1).text);
    return error_hint(err, "it needs a class with public static void main(String[] args)");
}

static bool check_tests(const struct run_request *request, struct error *err)
{
    if (!toolchain_image_is_host(request) || access(RUNTIME_JUNIT_JAR, R_OK) == 0)
        return true;
    error_set(err, ERROR_INPUT, "the source needs JUnit 4, which is not installed on this host");
    return error_hint(err, "apt-get install junit4");
}

/* What was read of the source, as the two steps need it. */
struct program {
    struct java_source about;
    const char *source, *package, *root; /* package: "a/b" */
    const char *jars;                    /* each after a colon */
};

static const char *name_of_class(const struct program *program, struct arena *arena)
{
    char *package = arena_string(arena, str_from(program->package));
    for (char *c = package; *c != '\0'; c++)
        *c = *c == '/' ? '.' : *c;
    return arena_text(arena, "%s%s%.*s", package, package[0] != '\0' ? "." : "",
                      (int)program->about.type.len, program->about.type.ptr);
}

static void add_run(const struct run_request *request, const struct toolchain *toolchain,
                    const struct program *program, struct words *argv, struct arena *arena)
{
    const char *folder = program->root != NULL ? program->root : beside(arena, program->source, "");
    runtime_add_command(RUNTIME_JAVA, toolchain->program, &request->limits, argv, arena);
    words_add(argv, arena, "-cp");
    words_add(argv, arena, arena_text(arena, BOX_WORK "/" ARTIFACT "%s:%s", program->jars, folder));
    if (program->about.has_tests && !program->about.has_main)
        words_add(argv, arena, RUNTIME_JUNIT_MAIN);
    words_add(argv, arena, name_of_class(program, arena));
}

static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    struct program program = {.source = source};
    struct words *compile = &plan->compile.argv;
    struct str text;
    if (!entry_read(lang, request, arena, &text, err))
        return false;
    program.about = java_source_read(text);
    if (program.about.type.len == 0 || program.about.type.len > TYPE_BYTES_MAX)
        return refuse_nothing(source, err);
    if (program.about.has_tests && !check_tests(request, err))
        return false;
    program.package = package_folder(program.about.package, arena);
    program.root = find_root(source, program.package, arena);
    program.jars = arena_text(arena, "%s%s", program.about.has_tests ? ":" RUNTIME_JUNIT_PATH : "",
                              request->layer != NULL ? ":" PACKAGES_JARS : "");
    add_compiler(toolchain, arena_text(arena, "/tmp/classes%s", program.jars), program.root,
                 compile, arena);
    words_add(compile, arena, source);
    if (program.root == NULL &&
        !add_neighbours(request, source, program.package, compile, arena, err))
        return false;
    add_run(request, toolchain, &program, &plan->run.argv, arena);
    plan->has_compile = true;
    plan->artifact = ARTIFACT;
    return true;
}

/* A public type must be in a file of its name. */
static const char *name_code(struct str code, struct arena *arena)
{
    struct str type = java_source_read(code).type;
    return type.len > 0 && type.len <= TYPE_BYTES_MAX
               ? arena_text(arena, "%.*s.java", (int)type.len, type.ptr)
               : "main.java";
}

const struct lang lang_java = {
    .name = "java",
    .title = "Java",
    .aliases = (const char *const[]){"jdk", NULL},
    .extensions = (const char *const[]){"java", NULL},
    .interpreters = (const char *const[]){"java", NULL},
    .entries = (const char *const[]){"Main.java", "App.java", NULL},
    .package = "default-jdk-headless",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "class Main {\n    public static void main(String[] args) {\n"
             "        System.out.println(\"hello\");\n    }\n}\n",
    .broken = "class Main {\n    int x = \"text\";\n}\n",
    .programs = (const char *const[]){"java", NULL},
    .homes = (const char *const[]){"/usr/lib/jvm/*/bin/java", "/opt/*/bin/java",
                                   "$HOME/.sdkman/candidates/java/*/bin/java", NULL},
    .companion = "javac",
    .name_code = name_code,
    .find = search_find,
    .plan = plan,
};
