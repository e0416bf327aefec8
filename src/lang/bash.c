/* Bash, which runs scripts for sh too. */
#include "lang/lang.h"

#include "lang/script.h"
#include "lang/search.h"

extern const struct lang lang_bash;

const struct lang lang_bash = {
    .name = "bash",
    .title = "Bash",
    .aliases = (const char *const[]){"sh", "shell", NULL},
    .extensions = (const char *const[]){"sh", "bash", NULL},
    .interpreters = (const char *const[]){"bash", "sh", "dash", NULL},
    .entries = (const char *const[]){"main.sh", "run.sh", NULL},
    .package = "bash",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "echo hello\n",
    .broken = "set -e\nno-such-program\n",
    .programs = (const char *const[]){"bash", NULL},
    .prompt = (const char *const[]){NULL},
    .find = search_find,
    .plan = script_plan,
};
