/* random.h: randomness from the kernel, and a seeded stream for reproducible runs.
 *
 * random_bytes stops the process when the kernel gives none: nothing secret may ever be made
 * without it. struct random_stream is for simulations and tests only, never for secrets.
 *
 * Used by: every module; streams by simulations and tests alone. Uses: libc. Threads: any; a stream has one owner.
 */
#ifndef KHOACU_BASE_RANDOM_H
#define KHOACU_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *out, size_t len);
/* Uniform over 0 .. bound-1 from the kernel, without bias: for lots that nobody may foresee. Requires: bound > 0. */
uint64_t random_below(uint64_t bound);
/* A fresh id: uniform over 1 .. 2^63-1. */
int64_t random_id(void);

struct random_stream {
    uint64_t state[4]; /* xoshiro256**, Blackman and Vigna 2018 */
};
void random_stream_init(struct random_stream *stream, uint64_t seed);
uint64_t random_stream_next(struct random_stream *stream);
/* Uniform over 0 .. bound-1, without bias. */
uint64_t random_stream_below(struct random_stream *stream, uint64_t bound);
/* Uniform over [0, 1). Simulations only. */
double random_stream_unit(struct random_stream *stream);
/* Normal deviate (Box and Muller 1958). Simulations only. */
double random_stream_normal(struct random_stream *stream);

#endif
