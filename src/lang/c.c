/* C. A folder is one program of all its .c files, unless an entry is named. */
#include "lang/lang.h"

#include "lang/native.h"
#include "lang/search.h"

extern const struct lang lang_c;

const struct lang lang_c = {
    .name = "c",
    .title = "C",
    .aliases = (const char *const[]){"c17", NULL},
    .extensions = (const char *const[]){"c", NULL},
    .interpreters = (const char *const[]){NULL},
    .entries = (const char *const[]){"main.c", NULL},
    .whole_folder = true,
    .package = "gcc libc6-dev",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "#include <stdio.h>\nint main(void) { puts(\"hello\"); }\n",
    .broken = "int main(void) { return nowhere; }\n",
    .programs = (const char *const[]){"gcc", "clang", "cc", NULL},
    .numbered = (const char *const[]){"gcc-%s", "clang-%s", NULL},
    .options = (const char *const[]){"-O2", "-std=gnu17", "-o", BOX_WORK "/" NATIVE_ARTIFACT, "-x",
                                     "c", NULL},
    .find = search_find,
    .plan = native_plan,
};
