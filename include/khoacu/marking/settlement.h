/* settlement.h: from the final marks of a script to the mark that counts.
 *
 * Each time that a mark becomes final, or somebody's word is entered, marking_script_settle runs in the same transaction:
 * it lays the final marks and words of the script before the scheme of the pack (settle.h), and then either the script is
 * settled, or the scheme asks for something, which is written down as a call:
 *
 *     marks 1, 2 final --scheme--> settled
 *          |--marks-----> round 3 (third), or rounds 4 and 5 (another pair), drawn and assigned at once
 *          |--dialogue--> the markers of the round sign minutes --minutes--> until all have signed the same ones
 *          |--head------> the chief marker, who did not mark it, decides or passes it up
 *          '--chair, collective
 *
 * Where one marker gives a mark and another says absent, suspended or void, the scheme's tables say nothing: the head
 * decides (stage "status"). Where all say the same, that is it.
 *
 * Until the freeze the head of the marking board may have a script marked again; what had settled it counts no more, nor does
 * what was said about its marks:
 *
 *     a mark is doubted (quality.h)     round 9, drawn and assigned; its mark stands in the place of the doubted one, and the
 *                                       scheme judges as if it had been the first (stage "remark" while it is missing)
 *     a sign is reported (standard.h)   as many markers as the scheme says for it; when their marks are final the chair says
 *                                       whether the sign is proved (stage "sign"): the mean, or the mean less its share
 *
 * A script that a report brought to zero is settled, whatever its marks.
 *
 * Invariants, kept by the functions of the schema: only what was called for is taken, from those whose part it is; the
 * head and the chair never marked the script; nobody signs for two; a settlement lies between the marks or is
 * somebody's word. What the functions cannot know, the scheme, the worker checks before the freeze: it settles every
 * script again from its marks and words, and a difference stops the freeze.
 *
 * Used by: marking, result, api. Uses: settle, cycle (packs), ledger, db. Threads: that of the struct db.
 * Why: REG-2020 Art. 28 and 31 and the sibling schemes (rules.md 1.9).
 */
#ifndef KHOACU_MARKING_SETTLEMENT_H
#define KHOACU_MARKING_SETTLEMENT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/db/db.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/marking.h"
#include "khoacu/settle/settle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- pure ---- */

#define MARKING_ROUND_REMARK 9
#define MARKING_FINALS_MAX 6 /* rounds 1 to 5, and 9 */
#define MARKING_WORDS_MAX 200

struct marking_final {
    uint8_t marking_round;
    int64_t marker_id;
    enum marking_status status;
    int64_t value;
};
/* X(name, key as in marking_word.kind) */
#define MARKING_WORD_TABLE(X)                                                                                          \
    X(DIALOGUE, "dialogue")                                                                                            \
    X(HEAD, "head")                                                                                                    \
    X(CHAIR, "chair")                                                                                                  \
    X(COLLECTIVE, "collective")                                                                                        \
    X(SIGN, "sign") /* the chair's, on a sign */
/* X(name, key as in marking_word.said) */
#define MARKING_SAID_TABLE(X)                                                                                          \
    X(AGREED, "agreed")                                                                                                \
    X(DIFFER, "differ")                                                                                                \
    X(DECIDED, "decided")                                                                                              \
    X(PASSED_UP, "passed_up")                                                                                          \
    X(PROVED, "proved")                                                                                                \
    X(NOT_PROVED, "not_proved")
#define X(name, key) MARKING_WORD_##name,
enum marking_word_kind { MARKING_WORD_TABLE(X) MARKING_WORD_KIND_COUNT };
#undef X
#define X(name, key) MARKING_SAID_##name,
enum marking_said { MARKING_SAID_TABLE(X) MARKING_SAID_COUNT };
#undef X
const char *marking_word_kind_key(enum marking_word_kind kind);
const char *marking_said_key(enum marking_said said);
int marking_word_kind_find(const char *key); /* -1: no such key */
int marking_said_find(const char *key);

struct marking_word {
    enum marking_word_kind kind;
    enum marking_said said;
    int64_t staff_id;
    enum marking_status status; /* of AGREED and DECIDED */
    int64_t value;
    const char *words;
    int64_t said_us;
};
struct marking_facts {
    int64_t max, step, pass; /* hundredths; pass 0: no line of its own */
    int64_t part;            /* highest mark of the whole part */
    const struct marking_final *finals; /* by round */
    size_t final_count;
    const struct marking_word *words; /* in the order in which they were said */
    size_t word_count;
    uint8_t instead_of; /* round whose mark gives way to that of round 9; 0: none */
    bool suspected;     /* of a sign */
    int64_t since_us;   /* words until then were about other marks; 0: none were */
    int64_t zeroed_by;  /* whose word on a report brought the script to zero; 0: nobody's */
};
/* Stages of a call beside the rounds of settle.h: differing statuses, a mark given anew, a sign. */
#define MARKING_STAGE_STATUS "status"
#define MARKING_STAGE_REMARK "remark"
#define MARKING_STAGE_SIGN "sign"
#define MARKING_WHY_ZERO "zero_report"
struct marking_verdict {
    uint8_t next;       /* enum settle_next */
    const char *stage;  /* settle_round_key or MARKING_STAGE_…; NULL before the first marks are in */
    uint8_t tier, wanted;
    int64_t gap;
    enum marking_status status; /* SETTLED: what counts, */
    int64_t value;
    const char *why;   /* settle_why_key or the status, */
    int64_t settled_by; /* and whose word it was, 0: the scheme alone */
    struct settle_result result; /* for settle_sentence, where marks and no status decide */
};
/* ERR_RANGE with ret_misfit: facts that the scheme did not ask for. */
enum err marking_settle_judge(const struct settle_scheme *scheme, const struct marking_facts *facts,
                              struct marking_verdict *ret_verdict, struct rank_misfit *ret_misfit) MUST_CHECK;
/* The scheme for scripts of a part, by the pack; where the pack has none, the mean of as many marks as it has markers.
 * Lives in the pack or in `fallback`. */
const struct settle_scheme *marking_scheme(const struct cycle_pack *pack, const char *component,
                                           struct settle_scheme *fallback);
/* Whether it is another pair and no third that a verdict "marks" of this scheme asks for. */
bool marking_wants_pair(const struct settle_scheme *scheme, const struct marking_verdict *verdict);
/* The lowest mark that passes a part as far as a gate on this part alone gives one, at least so many or more than so many, or 0. */
int64_t marking_pass_line(const struct cycle_pack *pack, const char *component, int64_t part_max);

/* ---- acts ---- */

/* Within the caller's transaction, after a mark became final or a word was entered: settles the script or calls for what
 * comes next, with events marking.settle, marking.call and marking.assign. Nothing happens where it is settled already, or a mark of
 * rounds 6 to 8 is what became final. Requires: a server's connection. */
enum err marking_script_settle(struct db *db, int64_t blind_id, int64_t now_us) MUST_CHECK;

/* The same, after a sign was suspected or where nobody was left who could be drawn. *ret_outcome: "kept"; "nobody": a round is asked
 * for and nobody may mark it; "no_rule": the scheme has no rule for signs. The caller takes everything back after the two. */
enum err marking_script_resume(struct db *db, int64_t blind_id, int64_t now_us, const char **ret_outcome) MUST_CHECK;
/* The same for a script whose mark is given anew, in the transaction that drew its marker. Side effects: event marking.assign. */
enum err marking_remark_begin(struct db *db, int64_t blind_id, int64_t now_us) MUST_CHECK;

enum marking_word_verdict {
    MARKING_WORD_TAKEN,
    MARKING_WORD_NOT_ASKED, /* the scheme asks for something else */
    MARKING_WORD_NOT_YOURS, /* of nobody to whom it falls; or there is no such script: not said which */
    MARKING_WORD_MARKED,    /* whoever marked the script does not decide about it */
    MARKING_WORD_SIGNED,    /* the same minutes, signed already */
    MARKING_WORD_SETTLED,
    MARKING_WORD_FROZEN,
    MARKING_WORD_OFF_SCALE,
    MARKING_WORD_OFF_STEP /* neither on the step of the script nor on the place to which its scheme rounds */
};
/* A signature under minutes, or a decision. Side effects: event marking.word; marking_script_settle. */
enum err marking_word_put(struct db *db, struct arena *arena, int64_t blind_id, const struct marking_word *word,
                          int64_t now_us, enum marking_word_verdict *ret_verdict) MUST_CHECK;

#endif
