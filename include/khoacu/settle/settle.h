/* settle.h: from several people's marks, votes or keys to what counts, by a scheme that is data.
 *
 *   marks      two markers or a panel: the gap between highest and lowest finds a tier, the tier says what counts (mean,
 *              the pair that is equal or nearest, the last mark) or who comes next:
 *
 *       first marks --third_mark--> third mark --tiers--> settled, or asks on
 *            |------other_pair----> two other marks --tiers--> settled, or asks on
 *            |------dialogue------> agreed: settled; not agreed: head --passes it up--> chair
 *            |------dialogue_then_head--> minuted dialogue, then the head's mark
 *            '------head, chair, collective--> their mark
 *
 *   re-marks   a scheme with tiers of change: the new mark is settled first, then what it changes finds a tier of its own
 *   vetoes     so many members who rate one factor low fail a candidate, whatever the sum
 *   ballots    who has more than a share of those summoned or present, and who goes on where nobody has
 *   keys       a wrong question or key: drop it, count everybody right, take several answers, or a new key; both results
 *   credentials how long a certificate stands in for a part
 *
 * Everything is whole numbers: marks are hundredths, shares are fractions that are multiplied out and never divided; a
 * mean is rounded once, at its end. Bounds are open (lt, gt) or closed (le, ge) as the scheme says.
 *
 * Invariants: the same facts give the same answer; what is not asked for is refused and never passed over (a third mark
 * where two settle it, a head's mark without a dialogue); nothing settles without the marks, minutes and signatures that
 * the scheme asks for.
 * Used by: cycle (schemes in packs), marking, score, result, main. Uses: base (err), rank (operators, rounding).
 * Threads: any; nothing is shared.
 */
#ifndef KHOACU_SETTLE_SETTLE_H
#define KHOACU_SETTLE_SETTLE_H

#include "khoacu/base/err.h"
#include "khoacu/rank/rank.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SETTLE_CODE_SIZE 32
#define SETTLE_TIERS_MAX 8
#define SETTLE_MARKS_MAX 20
#define SETTLE_SUSPECT_MARKS_MAX 5 /* as many as one script can have */
#define SETTLE_MARK_MAX 1000000 /* hundredths */
#define SETTLE_TEXT_SIZE 400
#define SETTLE_NAMES_MAX 40

/* ---- schemes ---- */

/* What a tier does. X(name, key) */
#define SETTLE_DO_TABLE(X)                                                                                             \
    X(MEAN, "mean")                             /* of the marks of this round, trimmed as the scheme says */            \
    X(EQUAL, "equal_pair")                      /* the mark that two of three gave */                                   \
    X(NEAREST, "nearest_pair")                  /* mean of the two that stand closest; equally close: the middle mark */ \
    X(LAST, "last_replaces")                    /* the last mark, or the new one of a re-mark */                        \
    X(KEEP, "keep")                             /* the mark before the re-mark */                                       \
    X(THIRD, "third_mark")                                                                                             \
    X(PAIR, "other_pair")                       /* two others mark; theirs count */                                     \
    X(DIALOGUE, "dialogue")                     /* the two agree, else the head, who may pass it up to the chair */     \
    X(DIALOGUE_HEAD, "dialogue_then_head")      /* the head decides after their dialogue */                             \
    X(HEAD, "head")                                                                                                    \
    X(CHAIR, "chair")                                                                                                  \
    X(COLLECTIVE, "collective")
#define X(name, key) SETTLE_DO_##name,
enum settle_do { SETTLE_DO_TABLE(X) SETTLE_DO_COUNT };
#undef X

/* The first tier whose condition holds is taken; the last of a round has none. */
struct settle_tier {
    bool bounded;        /* `gap op value`, or `gap op share of the highest mark` where share_den is not 0; `value` is of a whole part */
    bool across;         /* only where one mark passes and another fails */
    bool equal;          /* only where two of the marks are equal */
    uint8_t op;          /* enum rank_op */
    uint8_t act;         /* enum settle_do */
    int64_t value;       /* hundredths */
    int32_t share_num, share_den;
};
/* X(name, key): the rounds of a scheme */
#define SETTLE_ROUND_TABLE(X)                                                                                          \
    X(FIRST, "tiers")                                                                                                  \
    X(THIRD, "third")                                                                                                  \
    X(PAIR, "pair")                                                                                                    \
    X(CHANGE, "change")
#define X(name, key) SETTLE_ROUND_##name,
enum settle_round { SETTLE_ROUND_TABLE(X) SETTLE_ROUND_COUNT };
#undef X

struct settle_scheme {
    char code[SETTLE_CODE_SIZE];
    uint8_t marks; /* at least so many before anything is settled */
    uint8_t tier_count[SETTLE_ROUND_COUNT];
    struct settle_tier tiers[SETTLE_ROUND_COUNT][SETTLE_TIERS_MAX];
    int32_t round_to; /* hundredths; a mean is rounded once, to a multiple */
    uint8_t rounding; /* enum rank_rounding */
    uint8_t drop_high, drop_low, least; /* of a panel's mean; `least` marks must be left */
    uint8_t suspect_marks, suspect_deduct; /* a script suspected of a sign: so many markers, less so many per cent if proved */
};
/* Whether it fits together. False with a path below the scheme ("third[1].value") and a reason. */
bool settle_scheme_fits(const struct settle_scheme *scheme, struct rank_misfit *ret_misfit);

/* ---- marks ---- */

enum settle_said { SETTLE_SILENT, SETTLE_AGREED, SETTLE_DIFFER };
/* X(name): whose word can settle a mark */
#define SETTLE_PERSON_TABLE(X) X(HEAD) X(CHAIR) X(COLLECTIVE)
#define X(name) SETTLE_BY_##name,
enum settle_person { SETTLE_PERSON_TABLE(X) SETTLE_PERSON_COUNT };
#undef X

struct settle_facts {
    int64_t max, step, pass; /* of the part; step 0: any hundredth; pass 0: there is no pass line */
    int64_t part; /* highest mark of the part of which these marks are one question; 0: they are of the whole part. Bounds in points
                   * are then taken in proportion, so that questions that stay below a bound make a part that does */
    int64_t marks[SETTLE_MARKS_MAX];
    uint8_t mark_count;
    uint8_t members;      /* of a panel: all their marks must be in; 0: as the scheme says */
    bool remark;          /* `before` stood until now */
    int64_t before;
    bool suspected, proved;
    uint8_t dialogue;     /* enum settle_said */
    bool minuted;         /* its minutes are signed by both */
    int64_t agreed;
    struct {
        bool said, passed_up;
        int64_t mark;
    } by[SETTLE_PERSON_COUNT];
};

/* What comes next. X(name, key) */
#define SETTLE_NEXT_TABLE(X)                                                                                           \
    X(SETTLED, "settled")                                                                                              \
    X(MARKS, "marks")       /* `wanted` more */                                                                        \
    X(DIALOGUE, "dialogue") /* between the markers */                                                                  \
    X(MINUTES, "minutes")   /* of the dialogue, signed by both */                                                      \
    X(HEAD, "head")                                                                                                    \
    X(CHAIR, "chair")                                                                                                  \
    X(COLLECTIVE, "collective")
#define X(name, key) SETTLE_NEXT_##name,
enum settle_next { SETTLE_NEXT_TABLE(X) SETTLE_NEXT_COUNT };
#undef X

/* Why it counts, or why it is asked. X(name, key) */
#define SETTLE_WHY_TABLE(X)                                                                                            \
    X(MARKS_MISSING, "marks_missing")                                                                                  \
    X(GAP, "gap")           /* the gap found a tier; facts: gap, round, tier, across */                                \
    X(MEAN, "mean")                                                                                                    \
    X(TRIMMED, "trimmed")                                                                                              \
    X(EQUAL, "equal_pair")                                                                                             \
    X(NEAREST, "nearest_pair")                                                                                         \
    X(LAST, "last_replaces")                                                                                           \
    X(KEPT, "kept")                                                                                                    \
    X(AGREED, "agreed")                                                                                                \
    X(HEAD, "head")                                                                                                    \
    X(CHAIR, "chair")                                                                                                  \
    X(COLLECTIVE, "collective")                                                                                        \
    X(SUSPECTED, "suspected")                                                                                          \
    X(PROVED, "proved")
#define X(name, key) SETTLE_WHY_##name,
enum settle_why { SETTLE_WHY_TABLE(X) SETTLE_WHY_COUNT };
#undef X

struct settle_result {
    uint8_t next, why;   /* enum settle_next, enum settle_why */
    uint8_t round, tier; /* which tier decided */
    uint8_t wanted;      /* MARKS: how many more */
    bool across;         /* the marks stand on both sides of the pass line */
    int64_t gap;         /* highest - lowest of the round, or what a re-mark changes; -1: no round was reached */
    int64_t sum;         /* the exact mean is sum / of */
    uint32_t of;
    int64_t mark;        /* SETTLED: what counts, hundredths */
};

/* ERR_RANGE: a fact that cannot be, with its path ("marks[1]", "by.head") and reason (off-scale, step, not-asked, …);
 * nothing is settled then. The scheme is one that fits. */
enum err settle_marks(const struct settle_scheme *scheme, const struct settle_facts *facts, struct settle_result *ret_result,
                      struct rank_misfit *ret_misfit) MUST_CHECK;
/* The sentence that explains it to whoever may know, in "vi" or "en". */
void settle_sentence(const struct settle_scheme *scheme, const struct settle_facts *facts, const struct settle_result *result,
                     const char *lang, char out[SETTLE_TEXT_SIZE]);

/* ---- vetoes of a panel ---- */

struct settle_veto {
    uint8_t op; /* a rating `op low` is low */
    int64_t low;
    uint8_t share_op; /* the members who rate one factor low `share_op` share of all */
    int32_t share_num, share_den;
};
/* `ratings` holds a row of `factors` for each of `members`. True: *ret_factor is the first that falls, *ret_low how many. */
bool settle_vetoed(const struct settle_veto *veto, const int64_t *ratings, uint32_t members, uint32_t factors,
                   uint32_t *ret_factor, uint32_t *ret_low);

/* ---- ballots ---- */

struct settle_ballot {
    char code[SETTLE_CODE_SIZE];
    bool of_present;                    /* else of those summoned, less those excused */
    int32_t above_num, above_den;       /* more than this share wins */
    int32_t fallback_num, fallback_den; /* nobody: everyone with at least this share goes on; den 0: no fallback */
    bool half_to_head;                  /* two at exactly the share: the head picks */
};
/* X(name, key) */
#define SETTLE_BALLOT_TABLE(X)                                                                                         \
    X(WON, "won")           /* one is above the share */                                                               \
    X(FALLBACK, "fallback") /* those at the lower share go on */                                                       \
    X(HEAD_PICKS, "head_picks")                                                                                        \
    X(STOPPED, "stopped")
#define X(name, key) SETTLE_BALLOT_##name,
enum settle_ballot_end { SETTLE_BALLOT_TABLE(X) SETTLE_BALLOT_COUNT };
#undef X
struct settle_ballot_facts {
    uint32_t summoned, excused, present;
    const uint32_t *votes; /* by name; each who is present ticks one name or none */
    uint32_t names;        /* at most SETTLE_NAMES_MAX */
};
struct settle_ballot_result {
    uint8_t end;                   /* enum settle_ballot_end */
    uint32_t of;                   /* the denominator */
    uint32_t bar, fallback_bar;    /* fewest votes that win, that go on */
    bool goes_on[SETTLE_NAMES_MAX];
};
enum err settle_ballot_count(const struct settle_ballot *ballot, const struct settle_ballot_facts *facts,
                             struct settle_ballot_result *ret_result, struct rank_misfit *ret_misfit) MUST_CHECK;
/* `title`: what people call the ballot, in the language of the sentence. */
void settle_ballot_sentence(const struct settle_ballot *ballot, const char *title, const struct settle_ballot_facts *facts,
                            const struct settle_ballot_result *result, const char *lang, char out[SETTLE_TEXT_SIZE]);

/* ---- wrong questions and keys ---- */

/* X(name, key): what is decided about a question */
#define SETTLE_REKEY_TABLE(X)                                                                                          \
    X(STANDS, "stands")                                                                                                \
    X(DROP, "drop")               /* neither asked nor answered: the part has one question fewer */                    \
    X(ALL_RIGHT, "all_right")     /* counts as right for everybody */                                                  \
    X(SEVERAL, "several")         /* each further key of the decision counts beside that of the item */                 \
    X(NEW_KEY, "new_key")         /* the key of the decision in place of that of the item */
#define X(name, key) SETTLE_REKEY_##name,
enum settle_rekey { SETTLE_REKEY_TABLE(X) SETTLE_REKEY_COUNT };
#undef X

/* ---- credentials ---- */

struct settle_date {
    int32_t year, month, day;
};
/* Whether a credential of `issued` that holds `months` is in force on `on`: from its day to the day of the same number
 * in the last month, that day included; where that month is shorter, to its last day. */
bool settle_credential_holds(struct settle_date issued, int32_t months, struct settle_date on);

/* Keys of the tables; the finders give -1 for an unknown key. */
const char *settle_next_key(enum settle_next next);
const char *settle_why_key(enum settle_why why);
const char *settle_round_key(enum settle_round round);
const char *settle_ballot_key(enum settle_ballot_end end);
int settle_do_find(const char *key);
int settle_rekey_find(const char *key);

#endif
