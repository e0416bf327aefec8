/*
 * Reads a strict part of YAML into the tree that json_read makes, for files that people write:
 * rules, policies, projects' settings.
 *
 *   key: value            a mapping; keys are letters, digits and _ - . and stand once each
 *   key:                  what belongs to it stands deeper, in blanks; a list may stand level
 *   - item                a list; an item may be a mapping that begins on the same line
 *   [a, 'b', 3]           a list of scalars on one line
 *   'it''s'  "a\n"        quoted; double quotes know the escapes of JSON
 *   |                     the deeper lines that follow, as they are, each with its line end
 *   # …                   a comment, at the start of a line or after a blank
 *
 * A plain scalar is true, false, null, a whole number, or a text: `no` and `1.0` are texts. There
 * are no anchors, tags, folded texts, documents or flow mappings: they are refused. Errors name the
 * line. The text may be a stranger's: depth and memory are bounded, and no time grows faster than
 * its length but for the keys of one mapping, of which there are YAML_KEYS_MAX at most.
 */
#pragma once

#include "base/json_read.h"

enum { YAML_DEPTH_MAX = 16, YAML_KEYS_MAX = 256 };

[[nodiscard]] struct json_value *yaml_read(struct arena *arena, struct str text, struct error *err);
