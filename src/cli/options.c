#include "cli/options.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lang/names.h"
#include "model/words.h"

enum { HELP_COLUMN = 26 };

void option_reader_init(struct option_reader *reader, struct option_table table, int argc,
                        char **argv)
{
    *reader = (struct option_reader){.table = table, .argc = argc, .argv = argv, .next = 1};
}

static const struct option_row *find_flag(struct option_table table, struct str flag)
{
    for (size_t i = 0; i < table.count; i++)
        if (str_is(flag, table.rows[i].flag))
            return &table.rows[i];
    return NULL;
}

static const struct option_row *find_letter(struct option_table table, char letter)
{
    for (size_t i = 0; i < table.count; i++)
        if (table.rows[i].letter != '\0' && table.rows[i].letter == letter)
            return &table.rows[i];
    return NULL;
}

static struct str flag_of_word(const char *word)
{
    return str_of(word + 2, strcspn(word + 2, "="));
}

const struct option_row *option_of_word(struct option_table table, const char *word)
{
    return strncmp(word, "--", 2) == 0 ? find_flag(table, flag_of_word(word)) : NULL;
}

static bool refuse_unknown(struct option_table table, const char *word, struct error *err)
{
    char flag[64] = "";
    struct str name = strncmp(word, "--", 2) == 0 ? flag_of_word(word) : (struct str){"", 0};
    if (name.len < sizeof flag && name.len > 0)
        memcpy(flag, name.ptr, name.len);
    auto_free const char **flags = mem_alloc((table.count + 1) * sizeof *flags);
    for (size_t i = 0; i < table.count; i++)
        flags[i] = table.rows[i].flag;
    const char *nearest = nearest_word(flag, flags, table.count);
    error_set(err, ERROR_USAGE, "there is no option '%.80s'", word);
    if (nearest != NULL)
        return error_hint(err, "did you mean --%s? --help lists all", nearest);
    return error_hint(err, "--help lists all");
}

static bool refuse_lack(const struct option_row *row, struct error *err)
{
    error_set(err, ERROR_USAGE, "option --%s wants a value", row->flag);
    return error_hint(err, "--%s %s: %s", row->flag, row->argument, row->text);
}

/* The value is the rest of the option's own word, or the next word. */
static bool take_value(struct option_reader *reader, const struct option_row *row,
                       const char *attached, struct option_found *ret_found, struct error *err)
{
    *ret_found = (struct option_found){row, attached};
    if (row->argument == NULL || attached != NULL || row->argument[0] == '[')
        return true;
    if (reader->next == reader->argc)
        return refuse_lack(row, err);
    ret_found->value = reader->argv[reader->next++];
    return true;
}

static bool read_flag(struct option_reader *reader, const char *word,
                      struct option_found *ret_found, struct error *err)
{
    const struct option_row *row = option_of_word(reader->table, word);
    if (row == NULL)
        return refuse_unknown(reader->table, word, err);
    const char *equals = strchr(word, '=');
    if (equals != NULL && row->argument == NULL) {
        error_set(err, ERROR_USAGE, "option --%s takes no value", row->flag);
        return error_hint(err, "write --%s alone", row->flag);
    }
    return take_value(reader, row, equals != NULL ? equals + 1 : NULL, ret_found, err);
}

static bool read_letter(struct option_reader *reader, struct option_found *ret_found,
                        struct error *err)
{
    const struct option_row *row = find_letter(reader->table, *reader->letters);
    if (row == NULL) {
        char word[] = {'-', *reader->letters, '\0'};
        return refuse_unknown(reader->table, word, err);
    }
    const char *rest = reader->letters + 1;
    reader->letters = *rest != '\0' && row->argument == NULL ? rest : NULL;
    return take_value(reader, row, *rest != '\0' && row->argument != NULL ? rest : NULL, ret_found,
                      err);
}

bool option_next(struct option_reader *reader, struct option_found *ret_found, struct error *err)
{
    assert(reader->next <= reader->argc);
    if (reader->letters != NULL)
        return read_letter(reader, ret_found, err);
    *ret_found = (struct option_found){};
    if (reader->next == reader->argc || reader->saw_border)
        return true;
    const char *word = reader->argv[reader->next];
    if (word[0] != '-' || word[1] == '\0')
        return true;
    reader->next++;
    if (strcmp(word, "--") == 0) {
        reader->saw_border = true;
        return true;
    }
    if (word[1] == '-')
        return read_flag(reader, word, ret_found, err);
    reader->letters = word + 1;
    return read_letter(reader, ret_found, err);
}

bool options_read_all(struct option_reader *reader, option_apply *apply, void *cookie,
                      struct arena *arena, struct words *targets, struct error *err)
{
    struct option_found found = {};
    for (;;) {
        if (!option_next(reader, &found, err))
            return false;
        if (found.row != NULL) {
            if (!apply(cookie, &found, arena, err))
                return false;
            continue;
        }
        if (reader->next == reader->argc)
            return true;
        words_add(targets, arena, reader->argv[reader->next++]);
        for (; reader->saw_border && reader->next < reader->argc; reader->next++)
            words_add(targets, arena, reader->argv[reader->next]);
    }
}

bool option_read_count(const struct option_found *found, int64_t min, int64_t max, int64_t *ret,
                       struct error *err)
{
    if (text_read_count(str_from(found->value), ret) && *ret >= min && *ret <= max)
        return true;
    return error_set(err, ERROR_USAGE, "--%s takes a number from %lld to %lld, not '%s'",
                     found->row->flag, (long long)min, (long long)max,
                     shown_name(found->value).text);
}

bool option_wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

void options_write_help(struct option_table table, struct buf *out)
{
    for (size_t i = 0; i < table.count; i++) {
        const struct option_row *row = &table.rows[i];
        size_t start = out->len;
        if (row->letter != '\0')
            buf_printf(out, "  -%c, --%s", row->letter, row->flag);
        else
            buf_printf(out, "      --%s", row->flag);
        if (row->argument != NULL && row->argument[0] == '[')
            buf_printf(out, "[=%s", row->argument + 1);
        else if (row->argument != NULL)
            buf_printf(out, " %s", row->argument);
        size_t width = out->len - start;
        int blanks = width + 2 <= HELP_COLUMN ? HELP_COLUMN - (int)width : 2;
        buf_printf(out, "%*s%s\n", blanks, "", row->text);
    }
}
