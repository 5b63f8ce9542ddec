/* appeal.h: an appeal against a published mark: lodged in time, marked again by fresh hands, decided by two persons.
 *
 *     lodged --accepted--> marking --both re-marks final--> settled --proposed--> decided
 *       |  \--refused        |  ^                              ^        |  ^
 *       '--withdrawn         |  '--third re-marker             |        '--returned by the chair
 *                            '--words: a dialogue, a decision--'
 *
 * Which parts, how many days, by which document and article: the pack's (parts[].remark, calendar, appeals). The window opens with the first
 * publication; its days are calendar days in Viet Nam and the last one counts whole. Rounds 6 and 7 are drawn by the seed of the
 * part's draw (allocation.h) among examiners who neither marked nor handled the script nor are excluded; they have it under a
 * fresh code (appeal_code), which nobody who marked it first knows, as a script like any other. Their marks are settled by the pack's scheme for re-marks, and then the change from the mark that stood finds
 * a tier of its own: a large one counts only after a dialogue of first and second markers that all of them signed. A pack without
 * such a scheme takes the mean, and asks for the dialogue from 10 points on, or 5 across the pass line.
 *
 * Invariants, kept by the functions and guards of the schema: no settlement of source `appeal` without a decision of two persons
 * who had no hand in the script; nothing of a large change without the signed minutes; first marks are shown to nobody before both
 * re-marks are final, and to re-markers under no code but the fresh one; whoever lodged for a candidate neither accepts nor decides.
 *
 * Used by: api. Uses: marking, result (trial), cycle (pack), settle, ledger, doc (pdf), json, db. Threads: that of the struct db.
 * Why: rules.md 1.6 and 1.9 (re-marking), rule 34 of section 6.
 */
#ifndef KHOACU_APPEAL_APPEAL_H
#define KHOACU_APPEAL_APPEAL_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/db/db.h"
#include "khoacu/settle/settle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APPEAL_REASON_MAX 4000
#define APPEAL_PROPOSAL_MAX 1500 /* the reason of a proposal becomes the cause of a list */
#define APPEAL_ADVANCE_MAX 200
#define APPEAL_WORDS_MAX 40
#define APPEAL_DERIVATION_MAX 4000

/* ---- pure ---- */

/* A word that counts: the last one of a person in a stage. */
struct appeal_word {
    const char *stage, *kind, *said, *words; /* as in the table appeal_word */
    int64_t value;                           /* hundredths, of agreed and decided */
    int64_t needed;                          /* who must sign the minutes of the stage */
};
struct appeal_facts {
    int64_t max, step, pass; /* hundredths; pass 0: no line of its own */
    int64_t part;            /* highest mark of the whole part */
    int64_t before;
    const int64_t *marks; /* of rounds 6 to 8 that are final */
    size_t mark_count;
    bool unlike; /* one of them is no mark but absent, suspended or void */
    const struct appeal_word *words;
    size_t word_count;
};
struct appeal_verdict {
    uint8_t next;      /* enum settle_next */
    const char *stage; /* of the round that asks or settled; NULL: the first re-marks are still to come */
    int64_t gap, value;
    const char *why; /* settle_why_key, when settled */
    char sentence[2][2 * SETTLE_TEXT_SIZE]; /* vi, en */
};
/* ERR_RANGE: words that nobody asked for. */
enum err appeal_judge(const struct cycle_pack *pack, enum cycle_pack_source source, const struct appeal_facts *facts,
                      struct appeal_verdict *ret_verdict) MUST_CHECK;

/* ---- acts ---- */

/* X(name, word of SQL) */
#define APPEAL_OUTCOME_TABLE(X)                                                                                        \
    X(DONE, "done")                                                                                                    \
    X(REPEATED, "repeated")                                                                                            \
    X(NO_CYCLE, "no_cycle")                                                                                            \
    X(NO_APPEAL, "no_appeal")                                                                                          \
    X(NO_CANDIDATE, "no_candidate")                                                                                    \
    X(FORBIDDEN, "forbidden")                                                                                          \
    X(NO_PART, "no_part")                                                                                              \
    X(NO_REMARK, "no_remark")       /* the pack does not let the part be marked again */                               \
    X(NOT_RELEASED, "not_released")                                                                                    \
    X(EXISTS, "exists")                                                                                                \
    X(LATE, "late")                                                                                                    \
    X(NO_MARK, "no_mark")           /* there is nothing to mark again: absent, suspended, void */                      \
    X(BEGUN, "begun")               /* it is past withdrawing */                                                       \
    X(DECIDED, "decided")                                                                                              \
    X(SAME_PERSON, "same_person")                                                                                      \
    X(MARKED, "marked")             /* whoever had a hand in the script decides nothing about it */                    \
    X(NOBODY, "nobody")             /* is left who may mark it */                                                      \
    X(NO_DRAW, "no_draw")                                                                                              \
    X(PROPOSED, "proposed")                                                                                            \
    X(NOT_PROPOSED, "not_proposed")                                                                                    \
    X(MARKS_MISSING, "marks_missing") /* marks or words that the scheme asks for */                                    \
    X(OFF_SCALE, "off_scale")                                                                                          \
    X(OFF_STEP, "off_step")         /* of the script, and of the place to which the scheme rounds */                   \
    X(NO_MINUTES, "no_minutes")                                                                                        \
    X(NO_WORD, "no_word")                                                                                              \
    X(OUTSIDE, "outside")           /* the re-marks and words */                                                       \
    X(NO_PREVIEW, "no_preview")                                                                                        \
    X(NOT_YOURS, "not_yours")                                                                                          \
    X(NOT_ASKED, "not_asked")                                                                                          \
    X(SIGNED, "signed")                                                                                                \
    X(SETTLED, "settled")                                                                                              \
    X(TOO_LONG, "too_long")
enum appeal_outcome {
#define X(name, word) APPEAL_##name,
    APPEAL_OUTCOME_TABLE(X)
#undef X
        APPEAL_OUTCOME_COUNT
};

struct appeal_lodging {
    int64_t candidate_id;                   /* 0: the one below */
    const char *cycle_code, *roll_number;   /* where an officer lodges for her */
    int64_t staff_id;                       /* 0: she herself */
    const char *component, *reason;
    int64_t now_us;
};
struct appeal_receipt {
    enum appeal_outcome outcome; /* DONE, REPEATED (the same again), or why not */
    int64_t appeal_id, lodged_us;
    const char *number;                  /* of DONE and REPEATED */
    const char *last_day, *basis, *part; /* also of a refusal, where they are known */
    const char *article;                 /* of the basis, JSON: {vi, en} or null */
};
/* Side effects: event appeal.lodge. */
enum err appeal_lodge(struct db *db, struct arena *arena, const struct appeal_lodging *lodging, struct appeal_receipt *ret_receipt) MUST_CHECK;
/* Side effects: event appeal.withdraw. */
enum err appeal_withdraw(struct db *db, struct arena *arena, int64_t candidate_id, int64_t appeal_id, int64_t now_us,
                         enum appeal_outcome *ret_outcome) MUST_CHECK;
/* One person's word on one appeal. */
struct appeal_saying {
    int64_t appeal_id, staff_id, now_us;
    bool yes; /* accepted, approved */
    const char *reason;
};
/* Accepts, whereupon two markers are drawn, or refuses. Side effects: event appeal.accept or appeal.refuse. */
enum err appeal_answer(struct db *db, struct arena *arena, const struct appeal_saying *saying, enum appeal_outcome *ret_outcome) MUST_CHECK;
/* Lays what the scheme makes of the re-marks before the chair and asks for the list as it would be: *ret_job_id. Side effects:
 * events appeal.propose, result.trial_request. */
enum err appeal_propose(struct db *db, struct arena *arena, const struct appeal_saying *saying, enum appeal_outcome *ret_outcome,
                        int64_t *ret_job_id) MUST_CHECK;
/* The chair signs, and the mark counts from then on; or returns it. Side effects: event appeal.decide, which names the mark before
 * and after, the reason and both who approved, or appeal.return. */
enum err appeal_decide(struct db *db, struct arena *arena, const struct appeal_saying *saying, enum appeal_outcome *ret_outcome) MUST_CHECK;
/* More days for deciding, 15 in all. Side effects: event appeal.extend. */
enum err appeal_extend(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, int64_t days, const char *reason,
                       int64_t now_us, enum appeal_outcome *ret_outcome, const char **ret_decide_by) MUST_CHECK;

struct appeal_signing {
    int64_t code, staff_id, now_us, value; /* code: as appeal_due_read gave it to this person */
    const char *kind, *said, *words; /* as in the table appeal_word */
    bool valued;
};
/* A signature under minutes, or a decision of head or chair. Side effects: event appeal.word; what appeal_advance does. */
enum err appeal_sign(struct db *db, struct arena *arena, const struct appeal_signing *signing, enum appeal_outcome *ret_outcome) MUST_CHECK;
/* After marks became final, at most APPEAL_ADVANCE_MAX: those scripts among them that are marked on appeal are judged, and what comes next is called for.
 * Side effects: events appeal.call, marking.assign. */
enum err appeal_advance(struct db *db, struct arena *arena, const int64_t *blind_ids, size_t count, int64_t now_us) MUST_CHECK;

/* ---- what there is: JSON as the interface gives it; NULL: there is none ---- */

/* `state`: all, or a state of the drawing above. */
enum err appeal_list_read(struct db *db, struct arena *arena, const char *cycle_code, const char *state, const char **ret_json) MUST_CHECK;
enum err appeal_read(struct db *db, struct arena *arena, int64_t appeal_id, const char **ret_json) MUST_CHECK;
enum err appeal_own_read(struct db *db, struct arena *arena, int64_t candidate_id, const char **ret_json) MUST_CHECK;
/* A picture of her own script. ERR_DB_NO_ROW: none that she may see. */
enum err appeal_own_page_read(struct db *db, struct arena *arena, int64_t candidate_id, const char *component, int64_t question, int64_t page,
                              const char **ret_type, const uint8_t **ret_bytes, size_t *ret_len) MUST_CHECK;
enum err appeal_due_read(struct db *db, struct arena *arena, int64_t staff_id, const char **ret_json) MUST_CHECK;

struct appeal_place {
    int64_t candidate_id, run_id, trial_id; /* 0: none yet */
    const char *cycle_code, *roll_number, *full_name, *authority[2], *title[2];
    const char *json; /* as of appeal_read */
};
/* ERR_DB_NO_ROW: there is none. */
enum err appeal_place_read(struct db *db, struct arena *arena, int64_t appeal_id, struct appeal_place *ret_place) MUST_CHECK;
/* The letter to the candidate about an appeal that was refused or decided, in both languages. *ret_written false: it was neither. */
enum err appeal_letter_print(struct arena *arena, const struct appeal_place *place, struct buf *out, bool *ret_written) MUST_CHECK;

#endif
