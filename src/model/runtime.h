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
