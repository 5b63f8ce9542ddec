/* appeal_private.h: one act in one transaction, for the files of this module.
 *
 * Used by: appeal.c, appeal_judge.c. Uses: appeal.h, ledger. Threads: that of the struct db.
 */
#ifndef KHOACU_SERVER_APPEAL_APPEAL_PRIVATE_H
#define KHOACU_SERVER_APPEAL_APPEAL_PRIVATE_H

#include "khoacu/appeal/appeal.h"
#include "khoacu/ledger/ledger.h"

struct appeal_doing {
    struct arena *arena;
    int64_t now_us;
    enum appeal_outcome outcome;
};
/* APPEAL_OUTCOME_COUNT: a word that this program does not know. */
enum appeal_outcome appeal_outcome_of(const char *word);
/* Keeps the outcome; DB_ROLLBACK unless it was done. */
enum err appeal_take(struct appeal_doing *doing, const char *word) MUST_CHECK;
/* An event about an appeal; `details` NULL: ERR_MEMORY. */
enum err appeal_log(const struct appeal_doing *doing, struct db *db, struct ledger_actor actor, const char *act, int64_t subject_id,
                    const char *reason, const char *details) MUST_CHECK;

#endif
