/* equating.h: whether the signatures of an equating table are those of their keys.
 *
 * Used by: rank, verify, equate.
 */
#ifndef KHOACU_MAIN_EQUATING_H
#define KHOACU_MAIN_EQUATING_H

#include "khoacu/result/equating.h"

#include <stdbool.h>
#include <stddef.h>

/* Every signature is by the key beside it, and no two keys are the same; else `line` says in English which is not. */
bool equating_signed(const struct result_equating *table, char *line, size_t size);
/* "Lan (key 0f3a…), Minh (key 77c1…)": names, and the beginning of the SHA-256 of each raw public key. */
void equating_signers(const struct result_equating *table, char *text, size_t size);

#endif
