/* simulate.h: simulated candidates who sit a round through the real HTTP interface.
 *
 * Each has an ability; each item a difficulty and a discrimination; the chance of a right answer
 * follows the three-parameter logistic model (Birnbaum 1968) with guessing at 1 / options. Working
 * times are lognormal (van der Linden 2006); who runs out of the hour leaves items unreached. Some
 * change answers, some flag, a few drop out, a few never come. Everything follows from the seed,
 * apart from the order in which threads reach the server. No mark is ever made from these numbers:
 * they only decide what a simulated person clicks.
 *
 * Used by: main (demonstration). Threads: starts its own, joins them.
 */
#ifndef KHOACU_MAIN_SIMULATE_H
#define KHOACU_MAIN_SIMULATE_H

#include "khoacu/base/err.h"
#include "khoacu/doc/csv.h"

#include <stdint.h>

struct simulate_config {
    const char *base;          /* server */
    const char *cycle_code;
    const struct csv *items;   /* the items file, for what a simulated person knows */
    const struct csv *codes;   /* roll_number, access_code */
    uint64_t seed;
    int threads;
    int minutes;               /* working time that is simulated */
};
struct simulate_count {
    int submitted, dropped_out, absent, failed;
    int64_t saves;
};

/* `progress` is told how many are done, on the calling thread. ERR_IO when somebody could not sit. */
enum err simulate_sittings(const struct simulate_config *config, void (*progress)(int done, int total),
                           struct simulate_count *ret_count) MUST_CHECK;

#endif
