#include "lang/lang.h"

#include <stddef.h>

extern const struct lang lang_python, lang_bash, lang_c, lang_javascript, lang_java;

const struct lang *const langs[] = {&lang_python,     &lang_bash, &lang_c,
                                    &lang_javascript, &lang_java, NULL};
