/* Where a name is defined and where it is used. */
#include "base/text.h"
#include "outline/project.h"

struct finding {
    const struct project *project;
    const struct project_view *view;
    struct str name;
    struct buf *out;
    struct json_writer *json; /* or NULL: for people */
    uint32_t found;
};

/* "b", "a.b" of a.b: whole parts at the end. */
static bool ends_in(struct str full, struct str name)
{
    return full.len >= name.len &&
           memcmp(full.ptr + full.len - name.len, name.ptr, name.len) == 0 &&
           (full.len == name.len || full.ptr[full.len - name.len - 1] == '.');
}

static void say(struct finding *f, const struct outline_file *file, uint32_t line, const char *role,
                struct str text)
{
    f->found++;
    if (f->json != NULL) {
        json_object(f->json);
        json_key(f->json, "file");
        json_str(f->json, file->name);
        json_key(f->json, "line");
        json_int(f->json, line);
        json_key(f->json, "role");
        json_text(f->json, role);
        json_key(f->json, "text");
        json_str(f->json, text);
        json_object_end(f->json);
        return;
    }
    text_escape(f->out, file->name, false);
    buf_printf(f->out, ":%u: %s ", line, role);
    text_escape(f->out, text, false);
    buf_add_byte(f->out, '\n');
}

static void find_definitions(struct finding *f, const struct outline_file *file)
{
    auto_arena struct arena arena;
    arena_init(&arena, 64 << 20);
    for (uint32_t k = 1; k < file->entry_count; k++) {
        const struct outline_entry *entry = &file->entries[k];
        struct str last = entry->name;
        if (last.len < f->name.len && memchr(f->name.ptr, '.', f->name.len) == NULL)
            continue;
        if (!arena_fits(&arena, (size_t)(OUTLINE_NAME_MAX + 1) * OUTLINE_DEPTH_MAX))
            break;
        if (ends_in(outline_full_name(file, k, &arena), f->name))
            say(f, file, entry->line, outline_kind_word(entry->kind),
                entry->signature.len > 0 ? entry->signature : entry->name);
    }
}

static struct str last_part(struct str name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '.')
            return str_skip(name, i);
    return name;
}

/* A call is a use when it means a definition of that name, or says all of it. */
static bool is_use(const struct finding *f, uint32_t number, uint32_t call)
{
    const struct project *p = f->project;
    const struct outline_file *file = &p->files[number];
    if (ends_in(file->calls[call].name, f->name))
        return true;
    if (p->callees[number] == NULL || p->callees[number][call].file == PROJECT_NONE)
        return false;
    struct project_place place = p->callees[number][call];
    const struct outline_entry *entry = &p->files[place.file].entries[place.entry];
    const struct outline_entry *upper = &p->files[place.file].entries[entry->parent];
    struct str holder = f->name, last = last_part(f->name);
    if (holder.len == last.len || !str_equal(entry->name, last))
        return false;
    holder.len -= last.len + 1;
    return str_equal(last_part(holder), upper->name);
}

static void find_uses(struct finding *f, uint32_t number)
{
    const struct outline_file *file = &f->project->files[number];
    for (uint32_t i = 0; i < file->import_count; i++)
        if (str_equal(file->imports[i].name, f->name) || ends_in(file->imports[i].module, f->name))
            say(f, file, file->imports[i].line, "import", file->imports[i].module);
    for (uint32_t i = 0; i < file->call_count; i++)
        if (is_use(f, number, i))
            say(f, file, file->calls[i].line, "call", file->calls[i].name);
}

bool project_say_find(struct buf *out, const struct project *project,
                      const struct project_view *view, const char *name, bool json)
{
    struct json_writer writer;
    struct finding f = {project, view, str_from(name), out, json ? &writer : NULL, 0};
    json_start(&writer, out);
    if (json)
        json_array(&writer);
    for (uint32_t i = 0; i < project->count; i++)
        if (project_shows(view, &project->files[i]))
            find_definitions(&f, &project->files[i]);
    for (uint32_t i = 0; i < project->count; i++)
        if (project_shows(view, &project->files[i]))
            find_uses(&f, i);
    if (json) {
        json_array_end(&writer);
        buf_add_byte(out, '\n');
    }
    return f.found > 0;
}
