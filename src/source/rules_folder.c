/* Rules of a folder's files, in the order of their names, so that findings come in the same. */
#include "source/rules.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sys/fd.h"

static int is_rule_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && str_ends(str_from(entry->d_name), ".yaml");
}

static bool add_file(struct source_rules *rules, const char *folder, const char *name,
                     struct error *err)
{
    auto_buf struct buf text;
    auto_free char *path = mem_text("%s/%s", folder, name);
    buf_init(&text, RULE_FILE_BYTES_MAX);
    return (fd_read_file(AT_FDCWD, path, &text, err) &&
            source_rules_add(rules, buf_str(&text), err)) ||
           error_wrap(err, "rules of %s", name);
}

bool source_rules_add_folder(struct source_rules *rules, const char *path, struct error *err)
{
    struct dirent **entries;
    bool ok = true;
    int count = scandir(path, &entries, is_rule_file, alphasort);
    if (count < 0)
        return error_sys(err, "open the rules' folder %s", path);
    for (int i = 0; i < count; i++) {
        ok = ok && add_file(rules, path, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return ok;
}
