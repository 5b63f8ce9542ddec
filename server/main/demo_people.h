/* demo_people.h: generated applicants for the demonstration, as the CSV that the import takes.
 *
 * Names are drawn from common Vietnamese name parts; nobody real is meant, and the cycle is marked
 * as a demonstration wherever it is shown.
 */
#ifndef KHOACU_MAIN_DEMO_PEOPLE_H
#define KHOACU_MAIN_DEMO_PEOPLE_H

#include "khoacu/base/buf.h"
#include "khoacu/doc/csv.h"

#include <stdint.h>

/* Appends `count` applicants with roll numbers PREFIX0001 … to `out`, spread over the posts of `posts`
 * (the posts CSV) in proportion to quotas; joint posts get preference lists in either order. */
void demo_people_csv(const struct csv *posts, const char *prefix, int count, uint64_t seed, struct buf *out);

#endif
