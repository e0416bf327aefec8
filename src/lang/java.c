/*
 * Java: compiled in a box into one archive, run in a second one. What a source names is looked for
 * beside it, by package; a source in a package whose folders are not there is compiled together
 * with its neighbours. A source that has no main and names JUnit 4 is run by that.
 */
#include "lang/lang.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "lang/folder.h"
#include "lang/java_source.h"
#include "lang/names.h"
#include "lang/source.h"
#include "lang/toolchain.h"
#include "model/runtime.h"
#include "model/words.h"
#include "sys/fd.h"

enum { SOURCE_BYTES_MAX = 4 << 20, TYPE_BYTES_MAX = 200 };

#define ARTIFACT "main.jar"

extern const struct lang lang_java;

/* ---- the toolchain -------------------------------------------------------------------------- */

/* The newest point of a version lies in a folder of its own: java-17-openjdk-amd64. */
static const char *find_version(const char *version, struct arena *arena)
{
    struct folder folder = {};
    struct error ignored;
    const char *begin = arena_text(arena, "java-%s-openjdk", version);
    if (!folder_read("/usr/lib/jvm", arena, &folder, &ignored))
        return NULL;
    for (size_t i = 0; i < folder.count; i++) {
        const char *program = arena_text(arena, "/usr/lib/jvm/%s/bin/java", folder.entries[i].name);
        if (str_starts(str_from(folder.entries[i].name), begin) && toolchain_is_program(program))
            return program;
    }
    return NULL;
}

/* "17" of /usr/lib/jvm/java-17-openjdk-amd64/bin/java */
static const char *version_of(struct arena *arena, const char *program)
{
    const char *real = toolchain_real_path(arena, program);
    const char *name = real != NULL ? strstr(real, "/java-") : NULL;
    if (name == NULL)
        return NULL;
    const char *digits = name + strlen("/java-");
    size_t length = strspn(digits, "0123456789");
    return length > 0 ? arena_copy(arena, digits, length) : NULL;
}

static const char *beside(struct arena *arena, const char *program, const char *name)
{
    const char *slash = strrchr(program, '/');
    if (slash == NULL)
        return name;
    return arena_text(arena, "%.*s/%s", (int)(slash - program), program, name);
}

static bool check_choice(const struct run_request *request, struct error *err)
{
    struct run_request without_version = *request;
    without_version.version = NULL;
    if (!toolchain_refuse_choice(&without_version, &lang_java, err))
        return false;
    if (request->version == NULL || toolchain_version_is_plain(request->version))
        return true;
    error_set(err, ERROR_USAGE, "'%s' is no version of Java", shown_name(request->version).text);
    return error_hint(err, "--version takes a number such as 17");
}

static bool refuse_version(const char *version, struct error *err)
{
    error_set(err, ERROR_INPUT, "Java %s is not installed on this host", version);
    return error_hint(err, "apt-get install openjdk-%s-jdk-headless, or leave --version out",
                      version);
}

static bool find(const struct run_request *request, struct arena *arena, struct toolchain *ret,
                 struct error *err)
{
    static const char *const names[] = {"java", NULL};
    if (!check_choice(request, err))
        return false;
    if (!toolchain_image_is_host(request)) {
        *ret = (struct toolchain){.program = names[0]};
        return true;
    }
    const char *program = request->version != NULL ? find_version(request->version, arena)
                                                   : toolchain_find_program(arena, names);
    if (program == NULL && request->version != NULL)
        return refuse_version(request->version, err);
    if (program == NULL || !toolchain_is_program(beside(arena, program, "javac")))
        return toolchain_missing(&lang_java, err);
    *ret = (struct toolchain){.program = program, .version = version_of(arena, program)};
    return true;
}

/* ---- the source ----------------------------------------------------------------------------- */

/* The entry on the host; NULL where it comes along as text. */
static const char *entry_path(const struct run_request *request, struct arena *arena)
{
    const struct request_file *file = request_entry_file(request);
    if (request->source_path == NULL)
        return file != NULL ? file->path : NULL;
    if (!toolchain_is_folder(request->source_path))
        return request->source_path;
    const char *entry = request->entry;
    struct folder folder = {};
    struct error ignored;
    if (entry == NULL && folder_read(request->source_path, arena, &folder, &ignored))
        entry = source_entry_by_convention(&folder, &lang_java);
    return entry != NULL ? arena_text(arena, "%s/%s", request->source_path, entry) : NULL;
}

static bool read_file(const char *path, struct arena *arena, struct str *ret_text,
                      struct error *err)
{
    auto_buf struct buf text;
    buf_init(&text, SOURCE_BYTES_MAX);
    auto_close int fd = fd_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0, err);
    if (fd < 0 || !fd_read_all(fd, &text, err))
        return false;
    struct str read = buf_str(&text);
    *ret_text = str_of(arena_copy(arena, read.ptr, read.len), read.len);
    return true;
}

static bool read_entry(const struct run_request *request, struct arena *arena, struct str *ret_text,
                       struct error *err)
{
    const struct request_file *file = request_entry_file(request);
    const char *path = entry_path(request, arena);
    *ret_text = request->has_code ? request->code : file != NULL ? file->content : STR("");
    return request->has_code || path == NULL || read_file(path, arena, ret_text, err);
}

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
           read_file(path, arena, &text, &ignored) &&
           strcmp(package_folder(java_source_read(text).package, arena), package) == 0;
}

static bool add_neighbours(const struct run_request *request, const char *source,
                           const char *package, struct words *argv, struct arena *arena,
                           struct error *err)
{
    enum { NEIGHBOURS_MAX = 100 };

    const char *path = entry_path(request, arena);
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

static bool plan(const struct run_request *request, const struct toolchain *toolchain,
                 const char *source, struct arena *arena, struct plan *plan, struct error *err)
{
    struct program program = {.source = source};
    struct words *compile = &plan->compile.argv;
    struct str text;
    if (!read_entry(request, arena, &text, err))
        return false;
    program.about = java_source_read(text);
    if (program.about.type.len == 0 || program.about.type.len > TYPE_BYTES_MAX)
        return refuse_nothing(source, err);
    if (program.about.has_tests && !check_tests(request, err))
        return false;
    program.package = package_folder(program.about.package, arena);
    program.root = find_root(source, program.package, arena);
    program.jars = program.about.has_tests ? ":" RUNTIME_JUNIT_PATH : "";
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
    .name_code = name_code,
    .find = find,
    .plan = plan,
};
