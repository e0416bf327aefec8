/*
 * How runtimes that size themselves by the machine are told what their box has. The same words
 * start a program and a runtime that waits for one, so that nobody can tell the two apart.
 */
#pragma once

#include "base/arena.h"
#include "model/box.h"

/* What tests of JUnit 4 need on their class path, and what runs them. */
#define RUNTIME_JUNIT_JAR "/usr/share/java/junit4.jar"
#define RUNTIME_JUNIT_PATH RUNTIME_JUNIT_JAR ":/usr/share/java/hamcrest-core.jar"
#define RUNTIME_JUNIT_MAIN "org.junit.runner.JUnitCore"

enum runtime { RUNTIME_NODE, RUNTIME_JAVA };

/* The program and its options, before whatever names the code. */
void runtime_add_command(enum runtime runtime, const char *program, const struct limits *limits,
                         struct words *argv, struct arena *arena);

/* The variable from which an interpreter of Python takes the seed of its hashes. */
#define RUNTIME_HASH_SEED "PYTHONHASHSEED"

/* OTHER: "random", or what an interpreter would refuse or only it can read. */
enum hash_seed_state { HASH_SEED_UNSET, HASH_SEED_FIXED, HASH_SEED_OTHER };

struct hash_seed {
    enum hash_seed_state state;
    uint32_t value; /* of a FIXED one, else 0 */
};

/* As the C library finds it: the first entry of that name counts. */
struct hash_seed runtime_hash_seed(const struct words *env);
