/* Perl: the system's, perlbrew's, or one of /opt. */
#include "lang/lang.h"

#include "lang/script.h"
#include "lang/search.h"

extern const struct lang lang_perl;

const struct lang lang_perl = {
    .name = "perl",
    .title = "Perl",
    .aliases = (const char *const[]){"pl", NULL},
    .extensions = (const char *const[]){"pl", NULL},
    .interpreters = (const char *const[]){"perl", NULL},
    .entries = (const char *const[]){"main.pl", NULL},
    .package = "perl",
    .version_argv = (const char *const[]){"-e", "printf q(%vd), $^V", NULL},
    .hello = "print \"hello\\n\";\n",
    .broken = "use strict;\nprint $nowhere;\n",
    .programs = (const char *const[]){"perl", NULL},
    .numbered = (const char *const[]){"perl%s", NULL},
    .homes =
        (const char *const[]){"$HOME/perl5/perlbrew/perls/*/bin/perl", "/opt/*/bin/perl", NULL},
    .prompt = (const char *const[]){"-d", "-e", "1", NULL},
    .find = search_find,
    .plan = script_plan,
};
