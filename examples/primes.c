/* testudo run examples/primes.c [LIMIT]: compiled in one box, run in another. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    long limit = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
    if (limit < 2 || limit > 100000000) {
        fprintf(stderr, "primes: a limit from 2 to 100000000, please\n");
        return 2;
    }
    bool *composite = calloc((size_t)limit + 1, sizeof *composite);
    if (composite == NULL) {
        perror("primes");
        return 1;
    }
    long count = 0;
    for (long n = 2; n <= limit; n++) {
        if (composite[n])
            continue;
        count++;
        for (long multiple = n * n; multiple <= limit; multiple += n)
            composite[multiple] = true;
    }
    printf("%ld primes up to %ld\n", count, limit);
    free(composite);
}
