/* opening.h: papers that are opened together.
 *
 * At the start of a shift all its candidates ask at once. Whoever asks while another thread is busy with the database
 * waits for it and goes with everybody else who waits: one statement reads their sittings, one opens those whose time
 * has come, with one event each, in one transaction. The fewer cores there are, the more go together, so the cost of an
 * opening falls as the load grows. A sitting that is not there to be opened (another tab was quicker, its clock stands,
 * it has ended) is judged alone by sitting_start, and so is every one when the statement for many fails: the outcome is
 * always that of sitting_start.
 *
 * Used by: api. Uses: sitting, ledger, db. Threads: all; each brings a connection and an arena of its own.
 */
#ifndef KHOACU_SITTING_OPENING_H
#define KHOACU_SITTING_OPENING_H

#include "khoacu/sitting/sitting.h"

/* As many go into one transaction at most. */
#define OPENING_BATCH 64

struct opening;
enum err opening_new(struct opening **ret_opening) MUST_CHECK;
/* Nobody may wait in it any more. */
void opening_free(struct opening *opening);

/* As sitting_start, and the same outcome. */
enum err opening_start(struct opening *opening, struct db *db, struct arena *arena, struct sitting_place place,
                       int64_t now_us, enum sitting_start_verdict *ret_verdict, struct sitting *ret_sitting) MUST_CHECK;

#endif
