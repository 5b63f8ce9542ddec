/* credential.h: how a certificate that stands in for round 1 is taken back.
 *
 *     recorded (cycle_import_credentials) --proposal, with a reason--> waits --another officer, with her password--> confirmed | refused
 *     confirmed --> it is in force no more: the candidate is exempt no longer, gets a seat with all others, and until she has
 *                   sat there is no count of hers (void); a right certificate may be recorded as the next of hers
 *
 * Invariants, kept by the database (0088-credential-withdraw.sql, cycle-credentials.sql): nothing that was recorded is changed or
 * goes; one proposal about a certificate at a time; two persons, the second with her password; none from round 2 on, when a false
 * certificate is a ground for striking off (follow.h).
 *
 * Used by: api. Uses: base, db, ledger. Threads: that of the struct db.
 */
#ifndef KHOACU_CYCLE_CREDENTIAL_H
#define KHOACU_CYCLE_CREDENTIAL_H

#include "khoacu/cycle/cycle.h"

enum cycle_credential_verdict {
    CYCLE_CREDENTIAL_RECORDED,
    CYCLE_CREDENTIAL_NONE,   /* she has no certificate in force, or is not of the cycle */
    CYCLE_CREDENTIAL_CLOSED, /* round 2 has begun */
    CYCLE_CREDENTIAL_BEFORE  /* a proposal about it waits */
};
/* `reason`: 10 to 2,000 characters. Side effects: event cycle.credential_propose. */
enum err cycle_credential_propose(struct db *db, struct arena *arena, int64_t staff_id, const struct cycle *cycle, const char *roll_number,
                                  const char *reason, int64_t now_us, enum cycle_credential_verdict *ret_verdict, int64_t *ret_withdrawal_id) MUST_CHECK;

#define CYCLE_CREDENTIAL_ACT "cycle.credential_withdraw"
enum cycle_credential_decision {
    CYCLE_CREDENTIAL_DECIDED, /* the same word again is no other */
    CYCLE_CREDENTIAL_NO_PROPOSAL,
    CYCLE_CREDENTIAL_DECIDED_BEFORE,
    CYCLE_CREDENTIAL_SAME_OFFICER,
    CYCLE_CREDENTIAL_TOO_LATE /* round 2 has begun since */
};
/* `step_up_id`: of identity_step_up for CYCLE_CREDENTIAL_ACT on the proposal. Side effects: event cycle.credential_withdraw or
 * cycle.credential_keep. */
enum err cycle_credential_decide(struct db *db, struct arena *arena, int64_t staff_id, int64_t withdrawal_id, bool confirm, const char *reason,
                                 int64_t step_up_id, int64_t now_us, enum cycle_credential_decision *ret_verdict) MUST_CHECK;

/* A certificate with one proposal about it, or none (withdrawal_id 0). */
struct cycle_credential {
    const char *roll_number, *full_name, *kind, *issued_on, *reference, *recorded_by;
    int64_t recorded_us;
    bool in_force;
    int64_t withdrawal_id, proposed_us, decided_us; /* decided_us 0: it waits */
    const char *reason, *proposed_login, *proposed_by, *verdict, *decision_reason, *decided_by;
};
#define CYCLE_CREDENTIALS_MAX 500
/* Those of a cycle by roll number, what waits first; `search` as of cycle_candidates_read. Beyond `limit` (up to
 * CYCLE_CREDENTIALS_MAX) none. */
enum err cycle_credentials_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *search, size_t limit,
                                struct cycle_credential **ret_credentials, size_t *ret_count) MUST_CHECK;

#endif
