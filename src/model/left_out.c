#include "model/left_out.h"

#include "base/text.h"

void left_out_add(struct left_out *sum, const struct left_out *more)
{
#define X(name, max) sum->name = sum->name + more->name > max ? max : sum->name + more->name;
    LEFT_OUT(X)
#undef X
}

void left_out_write(struct buf *out, const struct left_out *left_out)
{
    buf_add_byte(out, 'L');
#define X(name, max) buf_printf(out, "\t%u", left_out->name);
    LEFT_OUT(X)
#undef X
    buf_add_byte(out, '\n');
}

bool left_out_is_line(struct str line)
{
    return str_starts(line, "L\t");
}

void left_out_write_json(struct json_writer *json, const struct left_out *left_out)
{
    json_object(json);
#define X(name, max) json_add_int(json, #name, left_out->name);
    LEFT_OUT(X)
#undef X
    json_object_end(json);
}

static bool take_number(struct str *rest, int64_t max, uint32_t *ret)
{
    struct str field;
    int64_t number;
    if (!str_take_until(rest, '\t', &field) || !text_read_count(field, &number) || number > max)
        return false;
    *ret = (uint32_t)number;
    return true;
}

bool left_out_read(struct str line, struct left_out *ret, struct error *err)
{
    struct left_out left_out = {};
    bool good = left_out_is_line(line);
    line = str_skip(line, good ? 2 : 0);
#define X(name, max) good = good && take_number(&line, max, &left_out.name);
    LEFT_OUT(X)
#undef X
    if (!good || line.len > 0)
        return error_set(err, ERROR_USAGE, "what was left out is told in a line that is none");
    *ret = left_out;
    return true;
}

static void say(struct buf *out, uint32_t count, const char *one, const char *many)
{
    if (count > 0)
        buf_printf(out, "%s%u %s", out->len > 0 ? ", " : "", count, count == 1 ? one : many);
}

void left_out_say(struct buf *out, const struct left_out *left_out)
{
    auto_buf struct buf text;
    buf_init(&text, 512);
    say(&text, left_out->ignored, "ignored by .gitignore", "ignored by .gitignore");
    say(&text, left_out->passed_over, "folder of others' code or of tools",
        "folders of others' code or of tools");
    say(&text, left_out->links, "link", "links");
    say(&text, left_out->special, "device, socket or fifo", "devices, sockets or fifos");
    buf_add_str(out, buf_str(&text));
}
