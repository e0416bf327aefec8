/*
 * Rust: one file (and the modules beside it that it names), compiled by rustc itself. The edition
 * is 2021, or what a comment among the first lines says: // edition: 2018
 */
#include "lang/lang.h"

#include <string.h>

#include "lang/entry.h"
#include "lang/native.h"
#include "lang/search.h"
#include "model/words.h"

extern const struct lang lang_rust;

static const char *edition_of(struct str text)
{
    static const char *const known[] = {"2015", "2018", "2021", "2024"};
    struct str line;
    while (str_take_line(&text, &line)) {
        line = str_trim(line);
        bool is_comment = str_take_prefix(&line, "//");
        if (!is_comment && line.len > 0 && !str_starts(line, "#!"))
            return "2021";
        line = str_trim(line);
        if (!is_comment || !str_take_prefix(&line, "edition:"))
            continue;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (str_is(str_trim(line), known[i]))
                return known[i];
    }
    return "2021";
}

static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    struct str text;
    if (!native_begin(request, arena, plan, err) || !entry_read(lang, request, arena, &text, err))
        return false;
    const char *const words[] = {toolchain->program,
                                 "--edition",
                                 edition_of(text),
                                 "-O",
                                 "-C",
                                 "strip=debuginfo",
                                 "-o",
                                 BOX_WORK "/" NATIVE_ARTIFACT,
                                 source};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        words_add(&plan->compile.argv, arena, words[i]);
    return true;
}

const struct lang lang_rust = {
    .name = "rust",
    .title = "Rust",
    .aliases = (const char *const[]){"rs", NULL},
    .extensions = (const char *const[]){"rs", NULL},
    .interpreters = (const char *const[]){NULL},
    .entries = (const char *const[]){"main.rs", NULL},
    .package = "rustc gcc libc6-dev",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "fn main() {\n    println!(\"hello\");\n}\n",
    .broken = "fn main() {\n    nowhere();\n}\n",
    .programs = (const char *const[]){"rustc", NULL},
    .homes =
        (const char *const[]){"$RUSTUP_HOME/toolchains/*/bin/rustc",
                              "$HOME/.rustup/toolchains/*/bin/rustc", "/opt/rust*/bin/rustc", NULL},
    .find = search_find,
    .plan = plan,
};
