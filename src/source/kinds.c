#include "source/kinds.h"

#include <string.h>

static uint8_t number_of(const char *name, const char *const *names, uint8_t count)
{
    for (uint8_t kind = 1; kind < count; kind++)
        if (strcmp(names[kind], name) == 0)
            return kind;
    return 0;
}

void source_kinds_make(struct source_kinds *kinds, const struct source_language *language,
                       const char *const *names, uint8_t count)
{
    const TSLanguage *grammar = language->grammar();
    if (kinds->made)
        return;
    uint32_t symbols = ts_language_symbol_count(grammar);
    for (uint32_t i = 0; i < symbols && i < KIND_SYMBOLS_MAX; i++)
        if (ts_language_symbol_type(grammar, (TSSymbol)i) == TSSymbolTypeRegular)
            kinds->of[i] = number_of(ts_language_symbol_name(grammar, (TSSymbol)i), names, count);
    kinds->made = true;
}
