/* Lua: the distribution's newest, or any lua5.N beside it. */
#include "lang/lang.h"

#include "lang/script.h"
#include "lang/search.h"

extern const struct lang lang_lua;

const struct lang lang_lua = {
    .name = "lua",
    .title = "Lua",
    .aliases = (const char *const[]){NULL},
    .extensions = (const char *const[]){"lua", NULL},
    .interpreters = (const char *const[]){"lua", NULL},
    .entries = (const char *const[]){"main.lua", NULL},
    .package = "lua5.4",
    .version_argv = (const char *const[]){"-v", NULL},
    .hello = "print(\"hello\")\n",
    .broken = "error(\"no way\")\n",
    .programs = (const char *const[]){"lua5.4", "lua5.3", "lua", NULL},
    .numbered = (const char *const[]){"lua%s", NULL},
    .prompt = (const char *const[]){NULL},
    .find = search_find,
    .plan = script_plan,
};
