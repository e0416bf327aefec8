/* The outline as one JSON object, as docs/outline.md describes it. */
#include "outline/facts.h"
#include "outline/project.h"

static void add_str_or_null(struct json_writer *json, const char *key, struct str text)
{
    json_key(json, key);
    if (text.len > 0)
        json_str(json, text);
    else
        json_null(json);
}

static void add_bits(struct json_writer *json, uint32_t bits, const char *const *words, int count)
{
    json_key(json, "traits");
    json_array(json);
    for (int i = 0; i < count; i++)
        if ((bits & 1u << i) != 0)
            json_text(json, words[i]);
    json_array_end(json);
}

/* ---- definitions ----------------------------------------------------------------------------- */

static void add_words(struct json_writer *json, const struct outline_file *file,
                      const struct outline_entry *entry, bool of_file)
{
    static const char *const keys[] = {
#define X(name, letter, word) word,
        OUTLINE_WORDS(X)
#undef X
    };
    for (enum outline_word_kind kind = 0; kind < OUTLINE_WORD_COUNT; kind++) {
        bool belongs = of_file == (kind == OUTLINE_WORD_EXPORT || kind == OUTLINE_WORD_FRAMEWORK);
        if (!belongs && !(of_file && kind == OUTLINE_WORD_RAISED))
            continue;
        json_key(json, keys[kind]);
        json_array(json);
        for (uint32_t i = 0; i < entry->word_count; i++)
            if (file->words[entry->first_word + i].kind == kind)
                json_str(json, file->words[entry->first_word + i].text);
        json_array_end(json);
    }
}

static void add_measures(struct json_writer *json, const struct outline_entry *entry)
{
    json_add_int(json, "line", entry->line);
    json_add_int(json, "end_line", entry->end_line);
    json_add_int(json, "cyclomatic", entry->cyclomatic);
    json_add_int(json, "cognitive", entry->cognitive);
    json_add_int(json, "nesting", entry->nesting);
}

static void add_entry(struct json_writer *json, const struct project *project, uint32_t number,
                      uint32_t k)
{
    static const char *const traits[] = {
#define X(name, word) word,
        OUTLINE_TRAITS(X)
#undef X
    };
    const struct outline_file *file = &project->files[number];
    const struct outline_entry *entry = &file->entries[k];
    json_object(json);
    json_add_str(json, "name", entry->name);
    json_key(json, "kind");
    json_text(json, outline_kind_word(entry->kind));
    json_add_int(json, "parent", entry->parent);
    json_add_str(json, "signature", entry->signature);
    add_str_or_null(json, "doc", entry->doc);
    json_add_int(json, "doctests", entry->doctests);
    add_bits(json, entry->traits, traits, OUTLINE_TRAIT_COUNT);
    json_add_int(json, "parameters", entry->parameters);
    add_measures(json, entry);
    add_words(json, file, entry, false);
    json_add_int(json, "used", project->used[project->first[number] + k]);
    json_add_int(json, "rank_ppm",
                 project->rank[project->first[number] + k] * 1000000 / PROJECT_RANK_ONE);
    json_object_end(json);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void add_imports(struct json_writer *json, const struct project *project, uint32_t number)
{
    const struct outline_file *file = &project->files[number];
    json_key(json, "imports");
    json_array(json);
    for (uint32_t i = 0; i < file->import_count; i++) {
        const struct outline_import *import = &file->imports[i];
        uint32_t target =
            project->targets[number] != NULL ? project->targets[number][i] : PROJECT_NONE;
        json_object(json);
        json_add_str(json, "module", import->module);
        add_str_or_null(json, "name", import->name);
        add_str_or_null(json, "as", import->alias);
        json_add_int(json, "line", import->line);
        add_str_or_null(json, "file",
                        target != PROJECT_NONE ? project->files[target].name : STR(""));
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_calls(struct json_writer *json, const struct project *project, uint32_t number)
{
    const struct outline_file *file = &project->files[number];
    json_key(json, "calls");
    json_array(json);
    for (uint32_t i = 0; i < file->call_count; i++) {
        const struct outline_call *call = &file->calls[i];
        struct project_place callee = project->callees[number] != NULL
                                          ? project->callees[number][i]
                                          : (struct project_place){PROJECT_NONE, 0};
        json_object(json);
        json_add_str(json, "name", call->name);
        json_add_int(json, "line", call->line);
        json_add_int(json, "definition", call->entry);
        if (callee.file != PROJECT_NONE) {
            json_add_str(json, "file", project->files[callee.file].name);
            json_add_int(json, "means", callee.entry);
        }
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_file(struct json_writer *json, const struct project *project, uint32_t number)
{
    static const char *const traits[] = {
#define X(name, word) word,
        OUTLINE_FILE_TRAITS(X)
#undef X
    };
    const struct outline_file *file = &project->files[number];
    json_object(json);
    json_add_str(json, "name", file->name);
    add_str_or_null(json, "language", file->language);
    json_key(json, "state");
    json_text(json, outline_state_word(file->state));
    add_str_or_null(json, "why", file->why);
    add_str_or_null(json, "package", file->package);
    add_bits(json, file->traits, traits, OUTLINE_FILE_TRAIT_COUNT);
    json_add_int(json, "bytes", file->bytes);
    json_add_int(json, "lines", file->lines);
    json_add_int(json, "code", file->code);
    json_add_int(json, "comments", file->comments);
    json_add_int(json, "syntax_errors", file->syntax_errors);
    if (file->entry_count > 0) {
        add_str_or_null(json, "doc", file->entries[0].doc);
        json_add_int(json, "cyclomatic", file->entries[0].cyclomatic);
        json_add_int(json, "cognitive", file->entries[0].cognitive);
        add_words(json, file, &file->entries[0], true);
        json_key(json, "definitions");
        json_array(json);
        for (uint32_t k = 1; k < file->entry_count; k++)
            add_entry(json, project, number, k);
        json_array_end(json);
        add_imports(json, project, number);
        add_calls(json, project, number);
    }
    json_object_end(json);
}

/* ---- the project ----------------------------------------------------------------------------- */

static void add_languages(struct json_writer *json, const struct project *project,
                          const struct project_view *view)
{
    struct facts_language list[FACTS_LANGUAGES_MAX];
    uint32_t count = facts_languages(project, view, list);
    json_key(json, "languages");
    json_array(json);
    for (uint32_t i = 0; i < count; i++) {
        json_object(json);
        json_add_str(json, "name", list[i].name);
        json_add_int(json, "files", list[i].files);
        json_add_int(json, "bytes", list[i].bytes);
        json_add_int(json, "lines", list[i].lines);
        json_add_int(json, "code", list[i].code);
        json_add_int(json, "comments", list[i].comments);
        json_add_int(json, "generated", list[i].generated);
        json_add_int(json, "vendored", list[i].vendored);
        json_add_int(json, "binary", list[i].binary);
        json_object_end(json);
    }
    json_array_end(json);
}

static void add_facts(struct json_writer *json, const struct project *project)
{
    struct facts facts;
    facts_find(project, &facts);
    json_key(json, "manifests");
    json_array(json);
    for (uint32_t i = 0; i < facts.manifest_count; i++) {
        json_object(json);
        json_add_str(json, "name", facts.manifests[i].file->name);
        json_key(json, "system");
        json_text(json, facts.manifests[i].kind->system);
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "tests");
    json_object(json);
    json_add_int(json, "count", facts.tests);
    json_add_int(json, "files", facts.test_files);
    json_key(json, "commands");
    json_array(json);
    for (uint32_t i = 0; i < facts.command_count; i++)
        json_text(json, facts.commands[i]);
    json_array_end(json);
    json_object_end(json);
}

static void add_worst(struct json_writer *json, const struct project *project,
                      struct project_place place)
{
    auto_buf struct buf reason;
    const struct outline_file *file = &project->files[place.file];
    buf_init(&reason, 200);
    project_reason(&file->entries[place.entry], &reason);
    json_object(json);
    json_add_str(json, "file", file->name);
    json_add_int(json, "line", file->entries[place.entry].line);
    json_add_str(json, "name", file->entries[place.entry].name);
    json_add_str(json, "reason", buf_str(&reason));
    json_object_end(json);
}

static void add_score(struct json_writer *json, const struct project *project)
{
    struct project_score score = project_score(project);
    json_key(json, "score");
    json_object(json);
    json_add_int(json, "score", score.score);
    json_add_int(json, "functions", score.functions);
    json_add_int(json, "public", score.public_count);
    json_add_int(json, "documented", score.documented);
    json_key(json, "worst");
    json_array(json);
    for (uint32_t i = 0; i < score.worst_count; i++)
        add_worst(json, project, score.worst[i]);
    json_array_end(json);
    json_object_end(json);
}

static bool is_complete(const struct project *project)
{
    for (uint32_t i = 0; i < project->count; i++)
        if (project->files[i].state == OUTLINE_PARTIAL ||
            project->files[i].state == OUTLINE_SKIPPED)
            return false;
    return !project->left_out.cut && !project->left_out.deep;
}

static void add_left_out(struct json_writer *json, const struct project *project)
{
    json_key(json, "complete");
    json_bool(json, is_complete(project));
    json_key(json, "left_out");
    left_out_write_json(json, &project->left_out);
}

void project_say_json(struct buf *out, const struct project *project,
                      const struct project_view *view)
{
    struct json_writer json;
    json_start(&json, out);
    json_object(&json);
    add_languages(&json, project, view);
    add_left_out(&json, project);
    add_facts(&json, project);
    add_score(&json, project);
    json_key(&json, "files");
    json_array(&json);
    for (uint32_t i = 0; i < project->count; i++)
        if (project_shows(view, &project->files[i]))
            add_file(&json, project, i);
    json_array_end(&json);
    json_object_end(&json);
    buf_add_byte(out, '\n');
}
