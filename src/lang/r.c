/* R, without anybody's profile or saved workspace. */
#include "lang/lang.h"

#include "lang/script.h"
#include "lang/search.h"

extern const struct lang lang_r;

const struct lang lang_r = {
    .name = "r",
    .title = "R",
    .aliases = (const char *const[]){"rscript", NULL},
    .extensions = (const char *const[]){"r", NULL},
    .interpreters = (const char *const[]){"Rscript", NULL},
    .entries = (const char *const[]){"main.R", "main.r", NULL},
    .package = "r-base-core",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "cat(\"hello\\n\")\n",
    .broken = "stop(\"no way\")\n",
    .programs = (const char *const[]){"Rscript", NULL},
    .numbered = NULL,
    .homes = (const char *const[]){"/opt/R/*/bin/Rscript", NULL},
    .version_file = "lib/R/library/base/DESCRIPTION",
    .version_words = (const char *const[]){"\nVersion: ", NULL},
    .options = (const char *const[]){"--vanilla", NULL},
    .find = search_find,
    .plan = script_plan,
};
