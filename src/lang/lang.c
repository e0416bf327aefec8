#include "lang/lang.h"

#include <stddef.h>

/* One row a language, in the order in which they are told. */
#define LANGUAGES(ROW)                                                                             \
    ROW(python)                                                                                    \
    ROW(bash)                                                                                      \
    ROW(c)                                                                                         \
    ROW(javascript)                                                                                \
    ROW(java)                                                                                      \
    ROW(cpp)                                                                                       \
    ROW(go)                                                                                        \
    ROW(rust)                                                                                      \
    ROW(ruby)                                                                                      \
    ROW(perl)                                                                                      \
    ROW(php)                                                                                       \
    ROW(r)                                                                                         \
    ROW(sql)

#define DECLARE(name) extern const struct lang lang_##name;
LANGUAGES(DECLARE)
#undef DECLARE

#define ENTER(name) &lang_##name,
const struct lang *const langs[] = {LANGUAGES(ENTER) NULL};
#undef ENTER
