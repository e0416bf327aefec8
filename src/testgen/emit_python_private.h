/* What the parts of the Python emitter share: names, the body's lines, the cases. */
#pragma once

#include "testgen/emit_python.h"
#include "testgen/python_value.h"

enum { HOLES_MAX = 24, NAMES_MAX = 64, OF_CHECK = UINT32_MAX };

/* A place that differs between the cases of a group, so that it becomes a parameter. */
struct hole {
    uint32_t statement, argument; /* or OF_CHECK and the check's index */
    struct str name;
};

/* An argument that has a variable of its own, because it is looked at afterwards. */
struct hoist {
    uint32_t statement, argument;
    struct str name;
};

struct emitter {
    struct arena *arena;
    const struct subject *subject;
    const struct test_group *group;
    const struct trial *test; /* the first: they have one shape */
    struct python python;
    struct str names[PROGRAM_STATEMENTS_MAX];
    const struct python_node *in_place[PROGRAM_STATEMENTS_MAX];
    struct hole holes[HOLES_MAX];
    uint32_t hole_count;
    struct hoist hoists[HOLES_MAX];
    uint32_t hoist_count;
    struct str taken[NAMES_MAX];
    uint32_t taken_count;
    struct buf body;
    size_t indent;
    uint32_t act, raising;
    bool inline_result;   /* the act stands in its own assertion */
    struct str collector; /* the function that drains an asynchronous generator, where one does */
};

/* emit_python_names.c */
void emitter_find_holes(struct emitter *emitter);
void emitter_name_all(struct emitter *emitter);
bool emitter_needs_variable(const struct emitter *emitter, uint32_t statement);
const struct hole *emitter_hole(const struct emitter *emitter, uint32_t statement,
                                uint32_t argument);
const struct value *test_argument(const struct trial *test, uint32_t statement, uint32_t argument);
uint32_t statement_argument_count(const struct statement *statement);

/* emit_python_body.c: the lines of the function; false with python.why */
[[nodiscard]] bool emitter_write_body(struct emitter *emitter);
const struct python_node *emitter_argument(struct emitter *emitter, uint32_t statement,
                                           uint32_t argument);
void emitter_add_line(struct emitter *emitter, const char *prefix, const struct python_node *node,
                      const char *suffix); /* opened where it is too long */
const struct python_node *emitter_expected(struct emitter *emitter, const struct check *check);

/* emit_python_drain.c: what `source` gives, as a list; where only a function can say it, that is
 * written before the act. */
const struct python_node *emitter_drain(struct emitter *emitter, uint32_t statement,
                                        const struct python_node *source);
[[nodiscard]] bool emitter_write_collector(struct emitter *emitter);

/* emit_python_file.c: files that stand in the test's own folder. */
bool emitter_is_file(const struct emitter *emitter, uint32_t statement);
bool emitter_makes_files(const struct emitter *emitter);
void emitter_place_files(struct emitter *emitter); /* how a file is spoken of, after it was named */
[[nodiscard]] bool emitter_write_file(struct emitter *emitter, uint32_t statement);

/* Names that nothing else in the test has. */
struct str emitter_take_name(struct emitter *emitter, struct str wanted);

/* Its statements, nothing asserted. */
[[nodiscard]] bool emitter_write_statements(struct emitter *emitter);
