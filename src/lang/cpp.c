/* C++. A folder is one program of all its sources, unless an entry is named. */
#include "lang/lang.h"

#include "lang/native.h"
#include "lang/search.h"

extern const struct lang lang_cpp;

const struct lang lang_cpp = {
    .name = "cpp",
    .title = "C++",
    .aliases = (const char *const[]){"c++", "cxx", "cc", NULL},
    .extensions = (const char *const[]){"cpp", "cc", "cxx", NULL},
    .interpreters = (const char *const[]){NULL},
    .entries = (const char *const[]){"main.cpp", "main.cc", "main.cxx", NULL},
    .whole_folder = true,
    .package = "g++",
    .version_argv = (const char *const[]){"--version", NULL},
    .hello = "#include <iostream>\nint main() { std::cout << \"hello\\n\"; }\n",
    .broken = "int main() { return nowhere; }\n",
    .programs = (const char *const[]){"g++", "clang++", "c++", NULL},
    .numbered = (const char *const[]){"g++-%s", "clang++-%s", NULL},
    .options = (const char *const[]){"-O2", "-std=gnu++20", "-o", BOX_WORK "/" NATIVE_ARTIFACT,
                                     "-x", "c++", NULL},
    .find = search_find,
    .plan = native_plan,
};
