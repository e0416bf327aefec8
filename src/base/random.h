/* Numbers drawn from a seed: the same on every machine and in every build. Not for secrets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state[4];
};

void random_init(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);
uint64_t random_below(struct random *random, uint64_t count); /* even; count > 0 */
double random_unit(struct random *random);                    /* 0 ≤ x < 1 */
bool random_chance(struct random *random, double probability);
