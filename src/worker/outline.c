/*
 * The operation `outline`: tells the outline of each source that stands in its box in the lines of
 * model/outline.h, which whoever asked checks again. Its options are those of sources.h.
 *
 * One box for a whole tree, because a box costs as much as a dozen files: what a hostile file can
 * reach by breaking a parser is what is told of its own project, which is advice about it anyway. A
 * file that kills its parser costs the outline of that file.
 *
 * First comes the line of what was left out of trees.
 */
#include "source/outline.h"
#include "worker/operation.h"
#include "worker/sources.h"

enum { TOLD_BYTES_MAX = 64 << 20 };

struct outlining {
    struct sources sources;
    struct buf lines;
};

static bool tell(struct outlining *o, const struct outline_file *file, struct error *err)
{
    buf_clear(&o->lines);
    outline_write(&o->lines, file);
    if (!o->lines.over)
        return crew_tell(&o->sources.crew, buf_str(&o->lines), err);
    const struct outline_file much = {.name = file->name,
                                      .language = file->language,
                                      .lines = file->lines,
                                      .bytes = file->bytes,
                                      .state = OUTLINE_SKIPPED,
                                      .why = STR("has too much to tell")};
    buf_clear(&o->lines);
    outline_write(&o->lines, &much);
    return crew_tell(&o->sources.crew, buf_str(&o->lines), err);
}

static bool outline_source(struct outlining *o, const struct source_given *given, struct error *err)
{
    auto_arena struct arena arena;
    struct outline_file file = {
        .name = str_from(given->name),
        .state = OUTLINE_SKIPPED,
        .why = str_from(given->why != NULL ? given->why : ""),
        .bytes = given->size <= UINT32_MAX ? (uint32_t)given->size : UINT32_MAX,
    };
    arena_init(&arena, OUTLINE_ARENA_BYTES);
    if (given->why == NULL)
        source_outline(given->name, given->bytes, o->sources.language, false, o->sources.parse_ms,
                       &arena, &file);
    if (given->executable)
        file.traits |= OUTLINE_FILE_EXECUTABLE;
    if (file.state == OUTLINE_WHOLE && sources_has_changed(&o->sources)) {
        file.state = OUTLINE_PARTIAL;
        file.why = STR("changed while it was read");
    }
    return tell(o, &file, err);
}

static bool outline_all(struct outlining *o, struct error *err)
{
    struct source_given given;
    if (!sources_tell_left_out(&o->sources, err) || !sources_begin(&o->sources, err))
        return false;
    while (sources_next(&o->sources, &given))
        if (!outline_source(o, &given, err))
            return false;
    return true;
}

static void outlining_done(struct outlining *o)
{
    sources_done(&o->sources);
    buf_done(&o->lines);
}

static bool run(const struct json_value *options, struct arena *arena, struct error *err)
{
    (void)arena;
    __attribute__((cleanup(outlining_done))) struct outlining o = {};
    buf_init(&o.lines, TOLD_BYTES_MAX);
    return sources_init(&o.sources, options, err) && outline_all(&o, err);
}

const struct operation operation_outline = {"outline", run, NULL};
