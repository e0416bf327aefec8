/* Ruby: the system's, rbenv's, or one of /opt. */
#include "lang/lang.h"

#include "lang/script.h"
#include "lang/search.h"

extern const struct lang lang_ruby;

const struct lang lang_ruby = {
    .name = "ruby",
    .title = "Ruby",
    .aliases = (const char *const[]){"rb", NULL},
    .extensions = (const char *const[]){"rb", NULL},
    .interpreters = (const char *const[]){"ruby", NULL},
    .entries = (const char *const[]){"main.rb", "app.rb", NULL},
    .package = "ruby",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "puts \"hello\"\n",
    .broken = "nil.upcase\n",
    .programs = (const char *const[]){"ruby", NULL},
    .numbered = (const char *const[]){"ruby%s", NULL},
    .homes = (const char *const[]){"$HOME/.rbenv/versions/*/bin/ruby", "/opt/*/bin/ruby", NULL},
    /* its editor of several lines asks the terminal where the cursor is, and waits for an answer
     * that a box's terminal does not let through */
    .prompt =
        (const char *const[]){"-r", "irb", "-e", "ARGV.unshift('--nomultiline'); IRB.start", NULL},
    .find = search_find,
    .plan = script_plan,
};
