/* journal.h: the hot path: answers from one event loop into the append-only table, many in one transaction.
 *
 * A save is handed in with everything the database needs to judge it, and waits. As soon as the batch before has
 * committed, all that waits goes out as ONE transaction on the loop's own connection; its commit answers all. There is no
 * lingering: a lone save goes at once, and the busier the server the larger the batch; where many wait, a second batch is sent behind
 * the one under way, so that the database goes from one to the other without us.
 *
 * Invariants: a verdict of «recorded» or «repeated» is given only after COMMIT. Memory decides nothing: the statement
 * itself judges state, deadline, log-in and number (sql/queries/journal.sql, and sql/functions/sitting-record.sql for a batch that did not go
 * in as a whole). A batch that the database refuses as a whole is sent again row by row, so that one bad row never fails its neighbours; one
 * whose answer was lost is sent again as it is, which is safe because saving twice is saving once. At most
 * SITTING_JOURNAL_QUEUE saves wait; beyond, the caller answers 503.
 *
 * Beside it a cache of the orders of sittings, to turn what a candidate sees into canonical places: 1.8 KB a sitting; and of their clocks.
 *
 * Used by: api, main. Uses: form, db, base; it knows no http. Threads: the loop's own.
 */
#ifndef KHOACU_SITTING_JOURNAL_H
#define KHOACU_SITTING_JOURNAL_H

#include "khoacu/base/err.h"
#include "khoacu/base/loop.h"
#include "khoacu/form/order.h"
#include "khoacu/sitting/section.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SITTING_JOURNAL_BATCH 512   /* rows in one statement: more would save little and make the last one wait */
#define SITTING_JOURNAL_TEXTS ((size_t)8 << 20) /* bytes of answers in one statement, but for its first */
#define SITTING_JOURNAL_QUEUE 65536 /* saves that may wait */
#define SITTING_JOURNAL_CACHE 65536 /* orders kept; when it is full it is emptied and fills again by use */

struct sitting_journal;

/* One answer, by canonical position and mark. */
struct sitting_save {
    int64_t room_id, sitting_id;
    int32_t generation;    /* of the log-in (sitting.access_generation) */
    int16_t position;
    int32_t seq;
    int16_t choice;        /* 0: nothing chosen */
    bool flagged;
    const char *answer;    /* of kinds without a choice, as in answer.h; NULL: nothing. Lives until the save is told */
    int64_t received_us;   /* platform time at which the server had the request */
};

/* The numbers are those that the statement returns. */
enum sitting_save_verdict {
    SITTING_SAVE_RECORDED = 0,
    SITTING_SAVE_REPEATED = 1,
    SITTING_SAVE_STALE = 2,    /* the number is taken by another answer; `current` is the newest */
    SITTING_SAVE_ENDED = 3,
    SITTING_SAVE_NOT_OPEN = 4,
    SITTING_SAVE_REVOKED = 5,
    SITTING_SAVE_UNKNOWN = 6,
    SITTING_SAVE_HELD = 7 /* the clock stands */
};
struct sitting_save_result {
    enum err err; /* the database could not take it: try again later */
    enum sitting_save_verdict verdict;
    struct {
        int32_t seq;
        int16_t choice;
        bool flagged;
    } current; /* of STALE; of its answer nothing */
};
typedef void sitting_save_done_fn(void *ctx, const struct sitting_save_result *result);

enum err sitting_journal_new(struct loop *loop, const char *conninfo, struct sitting_journal **ret_journal) MUST_CHECK;
/* Nothing may wait any more. */
void sitting_journal_free(struct sitting_journal *journal);
/* Takes a save; `done` is called once, on this thread, never before this returns. False: too many wait. */
bool sitting_journal_record(struct sitting_journal *journal, const struct sitting_save *save, sitting_save_done_fn *done,
                            void *ctx) MUST_CHECK;

/* The order of a sitting, or NULL when it is not in the cache. Valid until the next call that keeps one. */
const struct form_order *sitting_journal_order(const struct sitting_journal *journal, int64_t sitting_id);
/* Makes the order of a sitting from its form; on a worker. ERR_DB_NO_ROW: no such sitting. The caller frees it or has it kept. */
struct arena;
struct db;
struct form_cache;
enum err sitting_journal_read_order(struct db *db, struct arena *arena, struct form_cache *forms, int64_t room_id, int64_t sitting_id,
                                    struct form_order **ret_order) MUST_CHECK;
/* Keeps an order; takes it over. */
void sitting_journal_keep(struct sitting_journal *journal, int64_t sitting_id, struct form_order *order);

/* The clock of a sitting whose order is kept, or NULL. It is forgotten when an adjustment of its room is told by the database,
 * to every server at once, and read again with the next save. Valid until the loop turns. */
const struct section_clock *sitting_journal_clock(const struct sitting_journal *journal, int64_t sitting_id);
/* Counts what was told. Read before a clock is read from the database; any thread. */
uint64_t sitting_journal_told(const struct sitting_journal *journal);
/* Keeps a clock beside the order, or frees it when something was told since, or the sitting was not open yet. */
void sitting_journal_keep_clock(struct sitting_journal *journal, int64_t sitting_id, struct section_clock *clock, uint64_t told);

#endif
