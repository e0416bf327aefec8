/*
 * SQL, by sqlite3: the file is played against a database in the work folder, and the first
 * statement that fails ends it. What follows the file's name are further statements.
 */
#include "lang/lang.h"

#include <string.h>

#include "base/buf.h"
#include "lang/search.h"
#include "model/words.h"

#define DATABASE BOX_WORK "/database.db"

enum { COMMAND_MAX = 16384 };

extern const struct lang lang_sql;

/* Within quotes the shell of sqlite3 takes all as it is, but quotes and backslashes. */
static const char *read_command(const char *source, struct arena *arena)
{
    auto_buf struct buf text;
    buf_init(&text, COMMAND_MAX);
    buf_add_text(&text, ".read \"");
    for (; *source != '\0'; source++) {
        if (*source == '"' || *source == '\\')
            buf_add_byte(&text, '\\');
        buf_add_byte(&text, *source);
    }
    buf_add_byte(&text, '"');
    return arena_string(arena, buf_str(&text));
}

static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    (void)lang, (void)request, (void)err;
    if (source == NULL) { /* at a prompt a mistake is not the end */
        words_add(&plan->run.argv, arena, toolchain->program);
        words_add(&plan->run.argv, arena, DATABASE);
        return true;
    }
    const char *const words[] = {toolchain->program, "-batch", "-bail", DATABASE,
                                 read_command(source, arena)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        words_add(&plan->run.argv, arena, words[i]);
    return true;
}

const struct lang lang_sql = {
    .name = "sql",
    .title = "SQL",
    .aliases = (const char *const[]){"sqlite", "sqlite3", NULL},
    .extensions = (const char *const[]){"sql", NULL},
    .interpreters = (const char *const[]){"sqlite3", NULL},
    .entries = (const char *const[]){"main.sql", NULL},
    .package = "sqlite3",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "SELECT 'hello';\n",
    .broken = "SELECT * FROM nowhere;\n",
    .programs = (const char *const[]){"sqlite3", NULL},
    .prompt = (const char *const[]){NULL},
    .find = search_find,
    .plan = plan,
};
