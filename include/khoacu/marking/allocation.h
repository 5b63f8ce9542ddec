/* allocation.h: who marks which script, by a draw that anybody can draw again.
 *
 * A draw is held over scripts (blind codes), examiners and excluded pairs. All three are committed to before anybody names
 * the numbers that decide it; seed and stream are those of every draw of the platform:
 *
 *     seed    SHA-256("exam/draw/v1\n" exam "\n" draw "\n" root "\n" entropy), root: the 32 bytes of the commitment
 *     stream  u64 = first 8 bytes, big endian, of SHA-256(seed label counter64), counter from 0; u >= floor(2^64/n)*n is
 *             thrown away; u mod n; Fisher and Yates from the top
 *
 * The allocation, "khoacu-allocate/1": scripts ascending are shuffled by label "scripts". Examiners stand in a row, which is
 * empty at first; a script takes from its front, one after the other, those who may mark it; who is passed over stays in
 * front. When the row holds too few who may, everybody who is not in it joins behind: ascending, then shuffled by
 * "markers/0", "markers/1", … The first one taken is marker 1. Then scripts change hands: the examiner with the most (the
 * lowest id of several) hands one on to another who may take it, that one perhaps another to a third, until somebody is
 * reached who had at least two fewer than the first; examiners are searched breadth first, scripts in order of the
 * shuffle, takers ascending. Who reaches nobody is left out with all whom he reaches, and the next one tries. In the end
 * everybody has as many as every other, give or take one, unless exclusions leave no such allocation, and then they are as
 * even as can be.
 *
 * Markers of later rounds, and those who replace another, are drawn one by one from the same seed: label
 * "redraw/<code as 16 hexadecimal digits>/<round>/<number>", one number below the count of those eligible, ascending.
 *
 * Invariants: the same facts and seed give the same allocation on every machine; nobody gets a script that is excluded
 * for him, or one script twice.
 *
 * Used by: marking, main (khoacu draw). Uses: base, crypto. Threads: any; nothing is shared.
 * Why: trust.md 2.3; REG-2020 Art. 28 (bags are drawn at random): nobody picks a friendly examiner.
 */
#ifndef KHOACU_MARKING_ALLOCATION_H
#define KHOACU_MARKING_ALLOCATION_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MARKING_DRAW_LABEL_SIZE 64
#define MARKING_MARKERS_MAX 2000

struct marking_stream {
    uint8_t seed[CRYPTO_SHA256_LEN];
    char label[MARKING_DRAW_LABEL_SIZE];
    uint64_t counter;
};
/* `exam` and `draw` without line feeds. ERR_MEMORY. */
enum err marking_draw_seed(const char *exam, const char *draw, const uint8_t root[CRYPTO_SHA256_LEN], const char *entropy,
                           uint8_t out[CRYPTO_SHA256_LEN]) MUST_CHECK;
void marking_stream_init(struct marking_stream *stream, const uint8_t seed[CRYPTO_SHA256_LEN], const char *label);
/* Uniform over 0 .. bound-1. Requires: bound > 0. */
uint64_t marking_stream_below(struct marking_stream *stream, uint64_t bound);
void marking_stream_shuffle(struct marking_stream *stream, int64_t *values, size_t count);
/* Which of `eligible` the redraw of this number falls on. */
size_t marking_redraw_pick(const uint8_t seed[CRYPTO_SHA256_LEN], int64_t blind_id, int marking_round, int number,
                           size_t eligible);

/* By script, then by examiner. */
struct marking_pair {
    int64_t blind_id, marker_id;
};
struct marking_field {
    const int64_t *scripts; /* ascending, as are the others */
    size_t script_count;
    const int64_t *markers; /* at most MARKING_MARKERS_MAX */
    size_t marker_count;
    const struct marking_pair *excluded;
    size_t excluded_count;
    uint8_t per_script; /* 1 or 2 */
};
/* SHA-256 over "khoacu-allocate/1\n", "<per script> <scripts> <markers> <excluded>\n", a line for each script and each
 * examiner, and for each pair "<script> <examiner>\n"; ids as 16 hexadecimal digits. ERR_MEMORY. */
enum err marking_field_commit(const struct marking_field *field, uint8_t out[CRYPTO_SHA256_LEN]) MUST_CHECK;

enum marking_allocation_end {
    MARKING_ALLOCATED,
    MARKING_ALLOCATION_TOO_FEW, /* examiners for a script */
    MARKING_ALLOCATION_BARRED   /* some scripts may be marked by fewer than it takes */
};
struct marking_allocation {
    enum marking_allocation_end end;
    int64_t *marker_ids;     /* script_count * per_script, in order of scripts; first marker first */
    uint32_t least, most;    /* scripts of one examiner */
    size_t barred;           /* BARRED: how many scripts, */
    int64_t first_barred;    /* the first of them */
    uint32_t first_eligible; /* and by how many it may be marked */
};
/* ERR_RANGE: the field is not in order. ERR_MEMORY. */
enum err marking_allocate(struct arena *arena, const struct marking_field *field, const uint8_t seed[CRYPTO_SHA256_LEN],
                          struct marking_allocation *ret_allocation) MUST_CHECK;
/* SHA-256 over a line "<script> <marker 1>[ <marker 2>]\n" for each script, ids as above. ERR_MEMORY. */
enum err marking_allocation_digest(const struct marking_field *field, const int64_t *marker_ids,
                                   uint8_t out[CRYPTO_SHA256_LEN]) MUST_CHECK;

#endif
