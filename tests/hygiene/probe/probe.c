#include "tests/hygiene/probe/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "census") == 0) {
        census();
    } else if (argc == 3 && strcmp(argv[1], "dirty") == 0) {
        dirty((int)strtol(argv[2], NULL, 10));
    } else {
        fprintf(stderr, "usage: probe census | dirty NUMBER\n");
        return 2;
    }
    return 0;
}
