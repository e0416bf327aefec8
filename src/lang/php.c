/* PHP's command line, told its memory: else it would stop at the 128 MiB of a web server. */
#include "lang/lang.h"

#include "lang/script.h"
#include "lang/search.h"
#include "model/words.h"

extern const struct lang lang_php;

static bool plan(const struct lang *lang, const struct run_request *request,
                 const struct toolchain *toolchain, const char *source, struct arena *arena,
                 struct plan *plan, struct error *err)
{
    (void)err;
    words_add(&plan->run.argv, arena, toolchain->program);
    words_add(&plan->run.argv, arena, "-d");
    words_add(&plan->run.argv, arena,
              arena_text(arena, "memory_limit=%lldM",
                         (long long)(request->limits.value[LIMIT_MEMORY] >> 20)));
    script_add_source(lang, source, &plan->run.argv, arena);
    return true;
}

const struct lang lang_php = {
    .name = "php",
    .title = "PHP",
    .aliases = (const char *const[]){NULL},
    .extensions = (const char *const[]){"php", NULL},
    .interpreters = (const char *const[]){"php", NULL},
    .entries = (const char *const[]){"main.php", "index.php", NULL},
    .package = "php-cli",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "<?php\necho \"hello\\n\";\n",
    .broken = "<?php\nnowhere();\n",
    .programs = (const char *const[]){"php", NULL},
    .numbered = (const char *const[]){"php%s", NULL},
    .prompt = (const char *const[]){"-a", NULL},
    .find = search_find,
    .plan = plan,
};
