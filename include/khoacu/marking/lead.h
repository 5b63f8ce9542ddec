/* lead.h: what the head of the marking board, the chair and two markers who differ have before them.
 *
 * A case is a script whose marks did not settle it at once: its last call, its final marks, and what was said. Whoever has a
 * script to mark does not see it as a case, unless she is one of those whose dialogue it is.
 *
 * Progress counts assignments of rounds 1 to 5 and 9. A marker's pace is the median time between her last final marks, pauses of
 * more than half an hour left out; what is left times that is her forecast.
 *
 * Used by: api. Uses: ledger, settlement, base, db. Threads: that of the struct db.
 */
#ifndef KHOACU_MARKING_LEAD_H
#define KHOACU_MARKING_LEAD_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/marking/lease.h"
#include "khoacu/marking/settlement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- progress ---- */

struct marking_progress_part {
    const char *component;
    int64_t question, scripts, settled, assigned, final;
    int64_t waiting_marks, dialogues, heads, chairs, collectives; /* open calls */
    int64_t seconds_left; /* until the slowest marker is through; 0: nobody knows yet, or done */
};
struct marking_progress_marker {
    int64_t marker_id;
    const char *login_name, *full_name, *component;
    int64_t assigned, marked, final; /* marked: not declared final yet */
    int64_t median_s, seconds_left;  /* 0: not known */
    int64_t last_final_us;
    int64_t leased, given_back; /* given_back: scripts that she handed back */
};
struct marking_progress {
    bool found;
    struct marking_progress_part *parts;
    size_t part_count;
    struct marking_progress_marker *markers;
    size_t marker_count;
};
enum err marking_progress_read(struct db *db, struct arena *arena, const char *cycle_code, struct marking_progress *ret_progress) MUST_CHECK;

/* ---- cases ---- */

struct marking_case_mark {
    struct marking_final mark;
    const char *login_name;
    const char *reason; /* why there is no mark; NULL: there is one */
    bool gave_way;      /* to the mark of round 9 */
};
/* Somebody whose mark of the script is not final yet. */
struct marking_case_waiting {
    int64_t marking_round;
    const char *login_name, *full_name;
    bool leased;
};
struct marking_case {
    int64_t blind_id;
    const char *cycle_code, *component, *next, *stage;
    int64_t question, max, gap, tier;
    int64_t called_us;
    const char *settled_status, *why; /* NULL: open */
    int64_t settled_value;
    struct marking_case_mark marks[MARKING_FINALS_MAX];
    size_t mark_count;
    struct marking_case_waiting waiting[MARKING_FINALS_MAX]; /* of LEAD */
    size_t waiting_count;
    struct marking_word *words;
    const char **speakers; /* login names, beside the words */
    size_t word_count;
};
/* Whose cases: those of a cycle for the head (open or settled), all that wait for the chair, or a marker's dialogues. */
enum marking_case_view { MARKING_CASES_LEAD, MARKING_CASES_CHAIR, MARKING_CASES_DIALOGUES };
struct marking_case_query {
    enum marking_case_view view;
    const char *cycle_code; /* of LEAD */
    const char *next;       /* of LEAD: only those that wait for this; NULL: all */
    bool settled;           /* of LEAD: those that were settled after a call */
    int64_t staff_id, after;
    size_t limit; /* 1..100 */
};
struct marking_cases {
    struct marking_case *list;
    size_t count;
    bool more;
};
enum err marking_cases_read(struct db *db, struct arena *arena, const struct marking_case_query *query,
                            struct marking_cases *ret_cases) MUST_CHECK;

/* Takes a script from a marker who does not come to it; another is drawn. Side effects: as marking_script_hand_over. */
enum err marking_lead_replace(struct db *db, struct arena *arena, int64_t staff_id, int64_t blind_id, const char *login_name,
                              const char *reason, int64_t now_us, enum marking_replace_verdict *ret_verdict) MUST_CHECK;

/* A round was asked for when nobody was left who might mark the script: now there may be somebody. MARKING_REPLACED: whatever it waits
 * for is drawn; _NOBODY: still nobody; _NOT_ASSIGNED: there is no such script. Side effects: event marking.draw_again, and as
 * marking_script_settle. */
enum err marking_lead_draw_again(struct db *db, struct arena *arena, int64_t staff_id, int64_t blind_id, const char *reason, int64_t now_us,
                                 enum marking_replace_verdict *ret_verdict) MUST_CHECK;

/* ---- cycles, and ties that are declared before the draw ---- */

struct marking_cycle {
    const char *code, *title_vi, *title_en, *state;
    bool opened, frozen;
};
typedef enum err marking_cycle_fn(void *ctx, const struct marking_cycle *cycle);
enum err marking_cycles_each(struct db *db, struct arena *arena, marking_cycle_fn *each, void *ctx) MUST_CHECK;

struct marking_kinship {
    const char *login_name, *roll_number, *relation, *declared_by;
    int64_t declared_us;
};
enum marking_kinship_verdict {
    MARKING_KINSHIP_DECLARED, /* or it was before */
    MARKING_KINSHIP_NO_CYCLE,
    MARKING_KINSHIP_NO_MARKER,
    MARKING_KINSHIP_NO_CANDIDATE,
    MARKING_KINSHIP_LATE, /* scripts have codes */
    MARKING_KINSHIP_OWN   /* nobody enters her own */
};
/* Side effects: event marking.kinship. */
enum err marking_kinship_declare(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code,
                                 const struct marking_kinship *kinship, int64_t now_us,
                                 enum marking_kinship_verdict *ret_verdict) MUST_CHECK;
typedef enum err marking_kinship_fn(void *ctx, const struct marking_kinship *kinship);
enum err marking_kinships_each(struct db *db, struct arena *arena, const char *cycle_code, marking_kinship_fn *each, void *ctx) MUST_CHECK;

#endif
