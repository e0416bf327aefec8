#include "lang/packages.h"

#include <string.h>

#include "model/words.h"

#define VARIABLE "PYTHONPATH="

static const char link_name[] = "node_modules";

static bool is_python(const struct lang *lang)
{
    return strcmp(lang->name, "python") == 0;
}

static bool is_node(const struct lang *lang)
{
    return strcmp(lang->name, "javascript") == 0 || strcmp(lang->name, "typescript") == 0;
}

const char *packages_target(const struct lang *lang)
{
    return is_node(lang) ? PACKAGES_NODE_TARGET : PACKAGES_TARGET;
}

void packages_add_env(const struct lang *lang, struct arena *arena, struct words *env)
{
    const char *before = "";
    if (!is_python(lang))
        return;
    for (uint32_t i = 0; i < env->count; i++)
        if (str_starts(str_from(env->list[i]), VARIABLE))
            before = env->list[i] + strlen(VARIABLE);
    words_add(
        env, arena,
        arena_text(arena, VARIABLE "%s%s" PACKAGES_TARGET, before, *before != '\0' ? ":" : ""));
}

static bool is_taken(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->link_count; i++)
        if (strcmp(plan->links[i].name, link_name) == 0)
            return true;
    for (uint32_t i = 0; i < plan->file_count; i++)
        if (str_starts(str_from(plan->files[i].name), link_name))
            return true;
    return false;
}

void packages_add_link(const struct lang *lang, struct arena *arena, struct plan *plan)
{
    uint32_t count = plan->link_count;
    if (!is_node(lang) || is_taken(plan) || count == BOX_LINKS_MAX)
        return;
    struct box_link *links = arena_alloc(arena, (count + (size_t)1) * sizeof *links);
    if (count > 0)
        memcpy(links, plan->links, count * sizeof *links);
    links[count] = (struct box_link){link_name, PACKAGES_NODE_TARGET};
    plan->links = links;
    plan->link_count = count + 1;
}
