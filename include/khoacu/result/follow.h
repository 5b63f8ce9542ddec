/* follow.h: what follows a release: who loses her place and why, the next-ranked in her stead, and the days for all of it.
 *
 *     proposal (an officer: ground, article, reason) --another, with her password--> confirmed | refused
 *     confirmed --> a run of substitution: she is withdrawn, all others of the newest release keep their seats, whoever
 *                   is next is taken by the engine (equals by the tie chain) --> freeze, two signatures, a new version
 *
 * Days are counted by the pack's calendar and the list of days off (result_terms): nobody is struck off for a file or a report
 * before her term is over, nor after the reserve has expired; such acts are refused with the day and the provision.
 *
 * Invariants, kept by the database (strike_proposal_guard, strike_decision_guard): only who holds a place in the newest
 * release; one proposal about a person at a time; two persons; the second gives her password for it; nothing is changed.
 *
 * Used by: api. Uses: base, db, ledger. Threads: that of the struct db.
 */
#ifndef KHOACU_RESULT_FOLLOW_H
#define KHOACU_RESULT_FOLLOW_H

#include "khoacu/result/result.h"

/* What an act was refused by; dates as 2026-12-14, "" where none. */
struct result_bound {
    const char *until, *basis;
};
enum result_strike_verdict {
    RESULT_STRIKE_PROPOSED,
    RESULT_STRIKE_NO_CYCLE,
    RESULT_STRIKE_NO_RELEASE,
    RESULT_STRIKE_NO_WINNER,
    RESULT_STRIKE_BEFORE, /* there is a proposal about her */
    RESULT_STRIKE_EARLY,  /* her term runs until ret_bound->until */
    RESULT_STRIKE_LATE    /* the reserve expired on ret_bound->until */
};
struct result_strike_proposal {
    const char *cycle_code, *roll_number, *ground, *article, *reason;
};
/* Side effects: event result.strike_propose. */
enum err result_strike_propose(struct db *db, struct arena *arena, int64_t staff_id, const struct result_strike_proposal *proposal,
                               int64_t now_us, enum result_strike_verdict *ret_verdict, int64_t *ret_strike_id,
                               struct result_bound *ret_bound) MUST_CHECK;

#define RESULT_STRIKE_ACT "result.strike"
enum result_strike_decision {
    RESULT_STRIKE_DECIDED, /* the word is recorded; the same word again is no other */
    RESULT_STRIKE_NO_PROPOSAL,
    RESULT_STRIKE_DECIDED_BEFORE,
    RESULT_STRIKE_SAME_OFFICER,
    RESULT_STRIKE_EXPIRED
};
/* `step_up_id`: of identity_step_up for RESULT_STRIKE_ACT on the proposal. Side effects: event result.strike or result.strike_refuse. */
enum err result_strike_decide(struct db *db, struct arena *arena, int64_t staff_id, int64_t strike_id, bool confirm, const char *reason,
                              int64_t step_up_id, int64_t now_us, enum result_strike_decision *ret_verdict, struct result_bound *ret_bound) MUST_CHECK;

struct result_strike {
    int64_t strike_id;
    const char *roll_number, *full_name, *ground, *article, *reason;
    struct result_person proposed_by;
    int64_t proposed_us;
    struct result_word decision; /* at_us 0: open */
    const char *publish_until;   /* last day for the substitute's publication, or NULL */
    int64_t replaced_version;    /* of the release that took it up; 0: none yet */
};
struct result_strikes {
    struct result_strike *strikes; /* newest first, at most 200 */
    size_t count;
};
/* *ret_run_id: the newest release's; 0: there is none. */
enum err result_strikes_read(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found, int64_t *ret_run_id,
                             struct result_strikes *ret_strikes) MUST_CHECK;

/* Days off and days worked in their stead. */
struct result_day {
    const char *day, *kind, *name;
};
struct result_days {
    struct result_day *days; /* by day */
    size_t count;
};
enum err result_days_read(struct db *db, struct arena *arena, int64_t year, struct result_days *ret_days) MUST_CHECK;
/* `kind`: off, work or plain. Side effects: event result.calendar_day. */
enum err result_day_write(struct db *db, struct arena *arena, int64_t staff_id, const struct result_day *day, int64_t now_us) MUST_CHECK;

#endif
