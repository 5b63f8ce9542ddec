/* form.h: forms: which item versions make a test; drafted, reviewed, sealed by two persons.
 *
 * A form begins as a draft: drawn topic by topic from a bank, or given as a list of item versions by an assembly or by
 * hand. Every change is a new version of it, and no version ever changes. A version is reviewed on the screen as
 * candidates will see it; what was accepted there is sealed by one person and then by another. The second seal makes the
 * form that can be sat; from then on the database refuses every further version, review and seal of it, and every change of
 * what it holds, whoever asks (sql/functions/form-guard.sql).
 *
 *   draft ──review: accept──▶ reviewed ──seal──▶ half-sealed ──seal by another person──▶ sealed
 *     ▲           │                │                  │
 *     └─ returned ┴── new version ─┴─── new version ──┘
 *
 * Each seal names the version and the hash that its person has seen, so that nobody seals what has changed meanwhile.
 * At the second seal every item must still be fit: live in this version, not over-exposed, its source in force; its
 * exposure is counted then. What a candidate sees of a sealed form is another order for each (order.h).
 *
 * Items of one form are of one bank, each once. A stimulus that items refer to is no position; the version of it that
 * was live when the form's version was made belongs to the form as its items do.
 *
 * The hash: SHA-256 of the canonical JSON (RFC 8785) of
 *   {"items": [[position, item code, version, content], …], "sections": […], "stimuli": [[code, version, content], …]}
 * (sections as in section.h, left out where there are none) with positions 1, 2, …, content the document that candidates see (item.h), stimuli in the order of first use.
 *
 * Scope: whoever has a right on the whole bank sees its forms; assemblers and owners draft and change; reviewers,
 * assemblers and owners review and seal; reviewers and owners get the key. What a person may not see is "not found".
 * Every reading of texts leaves rows of item_access, every act an event in the ledger.
 *
 * Used by: sitting, api. Uses: ledger, cycle, bank, base, crypto, json, db. Threads: that of the desk.
 */
#ifndef KHOACU_FORM_FORM_H
#define KHOACU_FORM_FORM_H

#include "khoacu/bank/bank.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/form/order.h"
#include "khoacu/form/section.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_TOPICS_MAX 40
#define FORM_STIMULI_MAX 100
#define FORM_REASON_MAX 500 /* code points */

/* X(name, key) */
#define FORM_STATE_TABLE(X)                                                                                            \
    X(DRAFT, "draft")                                                                                                  \
    X(RETURNED, "returned")                                                                                            \
    X(REVIEWED, "reviewed")                                                                                            \
    X(HALF_SEALED, "half-sealed")                                                                                      \
    X(SEALED, "sealed")
enum form_state {
#define X(name, key) FORM_STATE_##name,
    FORM_STATE_TABLE(X)
#undef X
        FORM_STATE_COUNT
};
const char *form_state_key(enum form_state state);

/* What became of an act. X(name, key): the words of SQL functions and replies. */
#define FORM_OUTCOME_TABLE(X)                                                                                          \
    X(DONE, "done")                                                                                                    \
    X(UNKNOWN, "unknown")         /* no such form, or not in scope */                                                  \
    X(FORBIDDEN, "forbidden")     /* may see it, may not do this */                                                    \
    X(SEALED, "sealed")           /* nothing changes any more; of a review that accepts: it has a first seal */        \
    X(STALE, "stale-version")     /* the newest version is another, or its hash */                                     \
    X(NOT_REVIEWED, "not-reviewed")                                                                                    \
    X(SAME_PERSON, "same-person") /* the second seal is another person's */                                            \
    X(UNFIT, "unfit")             /* an item must not be drawn: see place and why */                                   \
    X(STIMULUS, "stimulus")       /* an item refers to a stimulus that is not live: see place */                       \
    X(CODE_TAKEN, "code-taken")                                                                                        \
    X(CYCLE_LATE, "cycle-late")   /* the cycle is past round 1 */                                                      \
    X(BANK_UNKNOWN, "bank-unknown")                                                                                    \
    X(SIZE_WRONG, "size-wrong")   /* not that many questions: see item_count */                                        \
    X(TOO_FEW, "too-few-items")   /* topics[].available < count says where */                                          \
    X(AGAIN, "again")             /* between SQL and this module alone */
enum form_outcome {
#define X(name, key) FORM_##name,
    FORM_OUTCOME_TABLE(X)
#undef X
        FORM_OUTCOME_COUNT
};

struct form_result {
    enum form_outcome outcome;
    int64_t form_id, version, item_count;
    char sha256[65];
    int seal;        /* of form_seal, done: 1 or 2 */
    int64_t place;   /* of UNFIT and STIMULUS: position of the item, from 1 (below 0: a stimulus) */
    const char *why; /* of UNFIT: unknown, stimulus, retired, not-live, exposed, expired */
};

/* ---- drafts ---- */

/* One position: items stand in the order of the list. */
struct form_item {
    int64_t item_id, version; /* version 0: the newest */
};
struct form_topic {
    const char *topic; /* this topic and those below it */
    int64_t count;     /* 1..200 */
    int64_t available; /* filled: items of it that may be drawn */
};
struct form_request {
    const struct cycle *cycle;
    const char *code, *bank_code; /* code: a valid short code, unique in the cycle */
    /* either a draw: items of kinds that a machine scores, so many of each topic */
    struct form_topic *topics; /* each once */
    size_t topic_count;        /* 1..FORM_TOPICS_MAX, or 0 */
    /* A draw by number can be repeated, with the same bank, by anybody who knows the number; without one, every choice
     * comes from the kernel. */
    bool seeded;
    int64_t seed;
    /* or a list */
    const struct form_item *items;
    size_t item_count;   /* 1..FORM_POSITIONS_MAX, or 0 */
    const struct form_sections *sections; /* of the list; NULL: none */
    int64_t assembly_id; /* where the list comes from; 0: from no assembly */
    int64_t questions;   /* how many there must be; 0: any number */
};
/* Makes a form and its version 1. Outcomes: DONE, FORBIDDEN, UNFIT, STIMULUS, CODE_TAKEN, CYCLE_LATE, BANK_UNKNOWN,
 * SIZE_WRONG, TOO_FEW. Side effects: event form.draft. */
enum err form_draft(const struct bank_desk *desk, const struct form_request *request,
                    struct form_result *ret_result) MUST_CHECK;
/* Makes the next version: the list in place of the old one. `base_version`: what was seen. Outcomes: DONE, UNKNOWN,
 * FORBIDDEN, SEALED, STALE, UNFIT, STIMULUS. Side effects: event form.change. */
struct form_change {
    int64_t form_id, base_version;
    const struct form_item *items;
    size_t item_count;
    const struct form_sections *sections;
    const char *reason; /* up to FORM_REASON_MAX */
};
enum err form_change(const struct bank_desk *desk, const struct form_change *change,
                     struct form_result *ret_result) MUST_CHECK;

/* ---- review and seals ---- */

/* `reason` up to BANK_NOTE_MAX code points, sealed by the vault; a return wants one. Outcomes: DONE, UNKNOWN, FORBIDDEN,
 * SEALED, STALE. Side effects: event form.review (without the reason). */
enum err form_review(const struct bank_desk *desk, int64_t form_id, int64_t version, bool accept, const char *reason,
                     struct form_result *ret_result) MUST_CHECK;
/* Sets the first or the second seal. Outcomes: DONE (seal says which), UNKNOWN, FORBIDDEN, SEALED, STALE, NOT_REVIEWED,
 * SAME_PERSON, UNFIT. Side effects: event form.seal with the hash; the second counts the exposure of the items. */
enum err form_seal(const struct bank_desk *desk, int64_t form_id, int64_t version, const uint8_t sha256[32],
                   struct form_result *ret_result) MUST_CHECK;

/* ---- reading ---- */

struct form_seal {
    const char *full_name; /* NULL: not set */
    int64_t staff_id, at_us;
};
struct form {
    int64_t form_id, cycle_id, bank_id, assembly_id;
    const char *code, *cycle_code, *bank_code;
    enum form_state state;
    int64_t version, item_count; /* the newest */
    char sha256[65];
    int64_t created_at_us;
    const char *created_by;
    struct form_seal seals[2]; /* of the newest version */
    unsigned rights;           /* of who asks (enum bank_right) */
};
/* The forms that the person sees, of one cycle or of all ("" ), newest first, at most 500. */
enum err form_list(const struct bank_desk *desk, const char *cycle_code, struct form **ret_forms,
                   size_t *ret_count) MUST_CHECK;

struct form_version_line {
    int64_t version, item_count, created_at_us;
    char sha256[65];
    const char *author, *reason;
};
struct form_review_line {
    int64_t version, at_us;
    const char *reviewer, *verdict, *reason;
};
struct form_place {
    int64_t position; /* below 0: a stimulus */
    struct bank_version_text text;
    size_t stimulus; /* 1 …: place in the list of stimuli; 0: none */
};
struct form_document {
    struct form form;
    int64_t version; /* the one that was asked for */
    char sha256[65];
    struct form_version_line *versions; /* newest first */
    struct form_review_line *reviews;   /* newest first */
    struct form_place *items, *stimuli; /* of `version` */
    struct form_sections sections;
    size_t version_count, review_count, item_count, stimulus_count;
    bool may_change, may_review, may_seal, may_read_key;
};
/* *ret_document NULL: no such form or version in scope, or keys without the right to them. `version` 0: the newest.
 * Side effects: rows of item_access for every item; for print an event form.print of what was printed. */
enum form_reading { FORM_FOR_SCREEN, FORM_FOR_BOOKLET, FORM_FOR_SHEET, FORM_FOR_KEY };
enum err form_read(const struct bank_desk *desk, int64_t form_id, int64_t version, enum form_reading reading,
                   struct form_document **ret_document) MUST_CHECK;

/* Notes that a sealed form's items were shown to the desk's person by another page than those of forms. */
enum err form_shown_note(const struct bank_desk *desk, int64_t form_id, enum bank_purpose purpose) MUST_CHECK;

#endif
