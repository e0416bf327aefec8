#include "lang/lang.h"

#include <stddef.h>

extern const struct lang lang_python, lang_bash, lang_c;

const struct lang *const langs[] = {&lang_python, &lang_bash, &lang_c, NULL};
