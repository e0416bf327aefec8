/* --dry-run: a plan as people and programs read it. */
#include "cli/run_output.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "lang/names.h"

static bool is_bare(const char *word)
{
    static const char good[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    return word[0] != '\0' && word[strspn(word, good)] == '\0';
}

static void say_words(const struct words *words, struct buf *out)
{
    for (uint32_t i = 0; i < words->count; i++) {
        if (i > 0)
            buf_add_byte(out, ' ');
        if (is_bare(words->list[i]))
            buf_add_text(out, words->list[i]);
        else
            buf_printf(out, "'%s'", shown_name(words->list[i]).text);
    }
    buf_add_byte(out, '\n');
}

static void say_limits(const struct limits *limits, struct buf *out)
{
    buf_add_text(out, "  limits   ");
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        buf_printf(out, "%s%s ", i > 0 ? ", " : "", limit_rows[i].flag);
        if (limits->value[i] == 0)
            buf_add_text(out, "none");
        else
            limit_write(out, i, limits->value[i]);
    }
    buf_add_byte(out, '\n');
}

static void say_step(const char *name, const struct plan_step *step, struct buf *out)
{
    buf_printf(out, "%s\n  command  ", name);
    say_words(&step->argv, out);
    buf_printf(out, "  folder   %s%s\n", shown_name(step->cwd).text,
               step->noexec ? " (nothing below /work can be executed)" : "");
    say_limits(&step->limits, out);
}

static void say_files(const struct plan *plan, struct buf *out)
{
    for (uint32_t i = 0; i < plan->folder_count; i++)
        buf_printf(out, "  %s  read-only, %s of the host\n",
                   shown_name(plan->folders[i].target).text,
                   shown_name(plan->folders[i].path).text);
    for (uint32_t i = 0; i < plan->file_count; i++)
        buf_printf(out, "  " BOX_WORK "/%s  %s%s\n", shown_name(plan->files[i].name).text,
                   plan->files[i].path != NULL ? "a copy of " : "given code",
                   plan->files[i].path != NULL ? shown_name(plan->files[i].path).text : "");
    for (uint32_t i = 0; i < plan->link_count; i++)
        buf_printf(out, "  " BOX_WORK "/%s  -> %s\n", shown_name(plan->links[i].name).text,
                   shown_name(plan->links[i].text).text);
    for (uint32_t i = 0; i < plan->out_count; i++)
        buf_printf(out, "  " BOX_WORK "/%s  comes back into %s\n",
                   shown_name(plan->outs[i].glob).text, shown_name(plan->outs[i].folder).text);
}

void run_say_plan(const struct plan *plan, struct buf *out)
{
    buf_printf(out, "language   %s%s%s\n", plan->language != NULL ? plan->language : "none",
               plan->version != NULL ? " " : "", plan->version != NULL ? plan->version : "");
    buf_printf(out, "image      %s, read-only\n", shown_name(plan->image).text);
    buf_printf(out, "network    %s\n", plan->network == NETWORK_NONE ? "none" : "loopback");
    if (plan->terminal)
        buf_add_text(out, "terminal   its own, joined with yours\n");
    if (plan->has_compile)
        say_step("compile", &plan->compile, out);
    say_step("run", &plan->run, out);
    buf_add_text(out, "environment\n");
    for (uint32_t i = 0; i < plan->run.env.count; i++)
        buf_printf(out, "  %s\n", shown_name(plan->run.env.list[i]).text);
    buf_printf(out,
               "mounts and files\n  /work  %s\n  /tmp  its own, empty at first, not "
               "executable\n",
               plan->carried ? "what the step before has left there" : "its own, empty at first");
    say_files(plan, out);
}

/* ---- the same for programs ------------------------------------------------------------------ */

static void json_words(struct json_writer *json, const char *key, const struct words *words)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < words->count; i++)
        json_text(json, words->list[i]);
    json_array_end(json);
}

static void json_pair(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_text(json, value);
}

static void json_limits(struct json_writer *json, const struct limits *limits)
{
    json_key(json, "limits");
    json_object(json);
    for (enum limit i = 0; i < LIMIT_COUNT; i++) {
        json_key(json, limit_rows[i].field);
        if (limit_rows[i].unit == LIMIT_UNIT_MILLI)
            json_ms(json, (double)limits->value[i] / 1000);
        else
            json_int(json, limits->value[i]);
    }
    json_object_end(json);
}

static void json_step(struct json_writer *json, const char *key, const struct plan_step *step)
{
    json_key(json, key);
    json_object(json);
    json_words(json, "command", &step->argv);
    json_words(json, "env", &step->env);
    json_pair(json, "cwd", step->cwd);
    json_key(json, "noexec");
    json_bool(json, step->noexec);
    json_limits(json, &step->limits);
    json_object_end(json);
}

static void json_folders(struct json_writer *json, const struct plan *plan)
{
    json_key(json, "inputs");
    json_array(json);
    for (uint32_t i = 0; i < plan->folder_count; i++) {
        json_object(json);
        json_pair(json, "path", plan->folders[i].path);
        json_pair(json, "target", plan->folders[i].target);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_files(struct json_writer *json, const struct plan *plan)
{
    json_key(json, "files");
    json_array(json);
    for (uint32_t i = 0; i < plan->file_count; i++) {
        json_object(json);
        json_pair(json, "name", plan->files[i].name);
        json_pair(json, "path", plan->files[i].path);
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "links");
    json_array(json);
    for (uint32_t i = 0; i < plan->link_count; i++) {
        json_object(json);
        json_pair(json, "name", plan->links[i].name);
        json_pair(json, "to", plan->links[i].text);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_outs(struct json_writer *json, const struct plan *plan)
{
    json_key(json, "out");
    json_array(json);
    for (uint32_t i = 0; i < plan->out_count; i++) {
        json_object(json);
        json_pair(json, "glob", plan->outs[i].glob);
        json_pair(json, "folder", plan->outs[i].folder);
        json_object_end(json);
    }
    json_array_end(json);
}

void run_json_add_plan(struct json_writer *json, const struct plan *plan)
{
    json_object(json);
    json_pair(json, "language", plan->language);
    json_pair(json, "version", plan->version);
    json_pair(json, "image", plan->image);
    json_pair(json, "network", plan->network == NETWORK_NONE ? "none" : "loopback");
    json_key(json, "terminal");
    json_bool(json, plan->terminal);
    if (plan->has_compile) {
        json_step(json, "compile", &plan->compile);
        json_pair(json, "artifact", plan->artifact);
    }
    json_step(json, "run", &plan->run);
    json_folders(json, plan);
    json_files(json, plan);
    json_outs(json, plan);
    json_object_end(json);
}

void run_json_plan(const struct plan *plan, struct buf *out)
{
    struct json_writer json;
    json_start(&json, out);
    run_json_add_plan(&json, plan);
    buf_add_byte(out, '\n');
}
