/* round2_content.h: what the scripts of round 2 say, where it was written on the screen.
 *
 * When the closed sittings of a cycle hold essays and files, they are what the written part marks. Where all sittings are
 * of one form whose points of such questions add up to the highest mark of the part, each answer is a script of its own
 * (question: its position), with the guide of its item where that fits; else the answers of one candidate are one script.
 * Texts go in as NFC, files as pictures drawn anew (raster.h), other files are withheld; names of files go nowhere.
 * Candidates are taken in random order, so that the order of rows tells nothing.
 *
 * Used by: round2.c. Uses: score (keys), marking, doc, db. Threads: that of the struct db.
 */
#ifndef KHOACU_SERVER_RESULT_ROUND2_CONTENT_H
#define KHOACU_SERVER_RESULT_ROUND2_CONTENT_H

#include "khoacu/bank/bank_vault.h"
#include "khoacu/marking/marking.h"

#define ROUND2_PARTS_MAX 60

struct round2_content;
/* Looks what there is and puts questions in the place of the written part among `parts` (room for ROUND2_PARTS_MAX).
 * *ret_content NULL: nothing was written on the screen. */
enum err round2_content_plan(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t cycle_id, struct marking_part *parts,
                             size_t *part_count, struct round2_content **ret_content) MUST_CHECK;
/* Within the transaction that opened the scripts: writes pages and guides. `content` may be NULL. */
enum err round2_content_write(struct db *db, struct arena *arena, const struct round2_content *content, const int64_t *candidate_ids,
                              size_t candidate_count, int64_t now_us) MUST_CHECK;

#endif
