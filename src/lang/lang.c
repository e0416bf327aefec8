#include "lang/lang.h"

#include <stddef.h>

#define LANGUAGE(name) extern const struct lang lang_##name;
#include "lang/languages.def"
#undef LANGUAGE

const struct lang *const langs[] = {
#define LANGUAGE(name) &lang_##name,
#include "lang/languages.def"
#undef LANGUAGE
    NULL,
};
