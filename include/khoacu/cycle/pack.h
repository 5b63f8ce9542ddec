/* pack.h: rule packs: the dated law of an examination as data, strict JSON in and out.
 *
 * A pack says which parts an examination has, what passes, what is added, who is taken, how equals are told apart and
 * which days count. It names its legal basis and what in it is not confirmed. A cycle pins one version of one pack for
 * ever; whoever recomputes a list needs nothing but the pack's text, which stands whole in the list.
 *
 * Invariants: a pack that was read is whole and free of contradictions (cycle_pack_read refuses unknown keys, wrong
 * kinds, keys that name nothing, tie chains without an end); its `text` is canonical (RFC 8785), so that equal packs
 * have equal hashes. Programs never ask for a pack by name to decide something.
 *
 * The format, khoacu-pack/1 (marks are texts with two places, shares texts like "0.50", times whole numbers; `code` is a word of
 * capital letters, digits and '_'; ? marks what may be left out; rank.h says what each does):
 *   format, id, version, title {vi, en}, valid {from, to|null, grace_months?}, min_candidates? (a post with fewer is not held)
 *   basis [{ref, about {vi, en}}]              the texts of law that it puts into numbers
 *   appeals? {by, article {vi, en}}            the text of law, by its ref, and the article of it by which appeals are taken and
 *                                              refused: «Điều 15», "Article 15". Without it: the ref whose `about` speaks of phúc
 *                                              khảo, else of the regulations (quy chế), else the first decree, and no article
 *   unconfirmed [{path, about {vi, en}}]       values that the council must confirm; path as "calendar.file_days" or
 *                                              "stages[R2].components[R2_WRITTEN].minutes"
 *   stages [{code, title, scale?, forms? [[code …] …], components, gates, cuts?}]
 *            scale: the marks that the cycle shares out among components whose mark_max is "cycle"; forms: which of
 *            them may make up the stage
 *     components [{code, title, source, unit: "count" | "mark" | "fine", questions | mark_max | statistic, step?, minutes?,
 *            minutes_prepare?, remark, optional?}]
 *            source: computer (right answers of the sitting), written, interview (marks), record (a value that comes in with the
 *            candidate; questions is its highest), statistic (unit fine). optional: who has none goes on without it
 *     statistic {kind: "percentile" | "linear" | "equipercentile" | "standard", of, places, max, mean?, deviation?, base?: "all" |
 *            "best", base_group?, table?: "signed" (the equating table is a document of its own, result/equating.h)}
 *     gates [{code, on, op: "ge" | "gt" | "le" | "lt", value | share, when?: "combined", relief?}]
 *            share: of the highest; combined: only where the cycle has two or more parts in the stage; relief: where fewer than
 *            this pass at a post, the best of those who fail this gate alone come in up to it
 *     cuts [{code, on, ties: "all" | "none", scope: "post" | "all", per_seat | count, least?, cap?}]
 *            so many for each seat ("3.00"), or so many, go on to the next stage; never fewer than least; ties: what becomes of
 *            equals across the cut, with all of them at most cap
 *   formulas [{code, title?, unit, kind?, terms [{of, weight?, pass?, deviation?}], divisor?, round? {to, mode: "exact" | "half_up" |
 *            "half_even" | "down"}, take?, drop? {high?, low?, least?}, op?, value?, bounds?, base?, span?}]
 *            kind: "sum" (divisor), "best" (the `take` highest; divisor), "least", "trimmed_mean" (drop), "count_of" (op, value),
 *            "deduct" (the second term is per cent of the first), "band" (rising bounds), "composite" (base, span; of each term
 *            weight, pass and deviation). Terms are components, or formulas that stand before. title: what people read instead of
 *            the code
 *   priority {apply: "after_pass", pick: "highest", classes [{code, points, title}], window? {low, high}, cap?}
 *            window: raw results for which the points are; cap: how high they lift
 *   rank {key, plus_priority, min?}            min: a total below it fails, points counted
 *   ties [{key, order: "asc" | "desc", when?: "combined"} | {exempt} | {class: "points"} | {manual {vi, en}}]
 *   reserve? {size, order: "ranked" | "alphabetical", months?}     of those who pass and have no seat; size -1: all of them
 *   allocation {mode: "post" | "pooled_rank_then_agency" | "wish_by_wish" | "reserved_groups", wishes?, rest?: "next_ranked" (what
 *            every wish leaves goes to the best who have none), equals?: "admit", groups? [{code, title, percent?}],
 *            unfilled?: "open" | "kept" | "carried"}
 *            percent: of the places of each post ("7.50"), a half place counts whole, in the order of the groups; of all groups or
 *            of none, when seats are given by group. unfilled: what a group leaves goes to merit, stays empty, or stays empty and
 *            is added to the group's places of the next recruitment
 *   marking {markers, veto? {op, value, share_op, share}, schemes [{code, for [source …], title, marks, round {to, mode},
 *            tiers [{op, value | share, across?, equal?, do} …, {do}], third?, pair?, change?, trim? {high, low, least},
 *            suspected? {marks, deduct}, panel? {most, present, questions_least, questions,
 *            committee? {share, title}}}]}   settle.h says what they mean;
 *            change: of a re-mark; panel: most members, minutes of presentation and of questions, and what share of a
 *            committee outside the system must be among those who mark
 *   ballots? [{code, title, of: "summoned" | "present", above, fallback?, half_to_head?}]
 *   waivers? [{part, credential, months}]     a credential in force on the last day of applications stands in for a part;
 *            a component of source record, CREDENTIAL_MARK by its code, takes what was reached in it
 *   calendar {name: number, …}
 *   sitting? {clock?: "common" | "personal", two_persons?}    common: the clock of a computer part starts for everybody at the
 *            scheduled time, signed in or not; two_persons: extra time and compensated minutes want a second person
 *
 * Used by: cycle, marking, result, main. Uses: base, json, crypto, rank, settle, db. Threads: any; a pack does not change.
 */
#ifndef KHOACU_CYCLE_PACK_H
#define KHOACU_CYCLE_PACK_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/json/json.h"
#include "khoacu/rank/rank.h"
#include "khoacu/settle/settle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CYCLE_PACK_FORMAT "khoacu-pack/1"
#define CYCLE_PACK_TEXT_MAX 65536
#define CYCLE_PACK_BASIS_MAX 16
#define CYCLE_PACK_DOUBTS_MAX 32
#define CYCLE_PACK_FORMS_MAX 8
#define CYCLE_PACK_SCHEMES_MAX 8
#define CYCLE_PACK_BALLOTS_MAX 8
#define CYCLE_PACK_WAIVERS_MAX 8

/* Where the value of a component comes from. X(name, key) */
#define CYCLE_PACK_SOURCE_TABLE(X)                                                                                     \
    X(COMPUTER, "computer") /* right answers of a sitting */                                                           \
    X(WRITTEN, "written")   /* marks of scripts of this kind */                                                        \
    X(INTERVIEW, "interview")                                                                                          \
    X(RECORD, "record")       /* comes in with the candidate: a date, a grade, a deduction, a member's mark */          \
    X(STATISTIC, "statistic") /* found from the field */
#define X(name, key) CYCLE_PACK_##name,
enum cycle_pack_source { CYCLE_PACK_SOURCE_TABLE(X) CYCLE_PACK_SOURCE_COUNT };
#undef X
const char *cycle_pack_source_key(enum cycle_pack_source source);

/* Numbers of the calendar; 0: the pack does not say. X(name) */
#define CYCLE_PACK_CALENDAR_TABLE(X)                                                                                   \
    X(eligible_list_days)                                                                                              \
    X(eligible_list_large_days)                                                                                        \
    X(large_from_applicants)                                                                                           \
    X(round1_within_days)                                                                                              \
    X(round1_large_days)                                                                                               \
    X(remark_lodge_days)                                                                                               \
    X(remark_decide_days)                                                                                              \
    X(file_days)                                                                                                       \
    X(decision_working_days)                                                                                           \
    X(report_to_work_days)                                                                                             \
    X(substitute_notice_working_days)

struct cycle_words {
    const char *vi, *en;
};
/* What a pack says of a component beside what the ranking needs. */
struct cycle_pack_part {
    struct cycle_words title;
    uint8_t source;                   /* enum cycle_pack_source */
    bool scale_from_cycle;            /* its highest mark is set by the cycle */
    int64_t step;                     /* marks are multiples of it, hundredths */
    int64_t minutes, minutes_prepare; /* 0: not said */
    bool remark;                      /* may be marked again on appeal */
};
struct cycle_pack_stage {
    struct cycle_words title;
    int64_t scale; /* hundredths; 0: none */
    size_t form_count;
    uint32_t forms[CYCLE_PACK_FORMS_MAX]; /* bit i: component i is in it */
};
struct cycle_pack_basis {
    const char *ref;
    struct cycle_words about;
};
/* By what appeals are taken and refused; by NULL: the pack does not say. */
struct cycle_pack_appeals {
    const char *by; /* the ref of a basis */
    struct cycle_words article;
};
struct cycle_pack_doubt {
    const char *path;
    struct cycle_words about;
};
/* Of a panel beside what settles its marks; most 0: the pack does not say. Minutes; 0: no limit. */
struct cycle_pack_panel {
    int64_t most, present, questions_least, questions;
    int64_t committee_share; /* hundredths; 0: no committee is asked for */
    struct cycle_words committee;
};
/* How the marks of these sources are settled. */
struct cycle_pack_scheme {
    struct settle_scheme rules;
    struct cycle_pack_panel panel;
    struct cycle_words title;
    uint32_t sources; /* bit i: enum cycle_pack_source */
};
struct cycle_pack_ballot {
    struct settle_ballot rules;
    struct cycle_words title;
};
#define CYCLE_CREDENTIAL_MARK "_MARK"
struct cycle_pack_waiver {
    char credential[RANK_CODE_SIZE];
    uint8_t component;
    int32_t months;
};

struct cycle_pack {
    const char *id;
    int64_t version;
    struct cycle_words title;
    const char *valid_from, *valid_to; /* dates; valid_to NULL: open */
    int64_t grace_months;
    struct rank_pack rank; /* components whose scale the cycle sets have max 0 here: cycle_pack_bind */
    struct cycle_pack_part parts[RANK_COMPONENTS_MAX];
    struct cycle_pack_stage stages[RANK_STAGES_MAX];
    struct cycle_words formula_titles[RANK_FORMULAS_MAX]; /* vi NULL: the pack gives none */
    struct cycle_words class_titles[RANK_CLASSES_MAX];
    struct cycle_words group_titles[RANK_GROUPS_MAX];
    int64_t reserve_months; /* how long a reserve list holds; 0: the pack does not say */
    bool unfilled_carried; /* what a group leaves is added to its places of the next recruitment */
    bool reserve_unordered; /* given to employers by name, not by place */
    struct cycle_words manual_by; /* who decides where the tie chain ends */
    struct cycle_pack_basis basis[CYCLE_PACK_BASIS_MAX];
    size_t basis_count;
    struct cycle_pack_appeals appeals;
    struct cycle_pack_doubt doubts[CYCLE_PACK_DOUBTS_MAX];
    size_t doubt_count;
    int64_t markers;
    struct cycle_pack_scheme schemes[CYCLE_PACK_SCHEMES_MAX];
    size_t scheme_count;
    struct settle_veto veto; /* share_den 0: none */
    struct cycle_pack_ballot ballots[CYCLE_PACK_BALLOTS_MAX];
    size_t ballot_count;
    struct cycle_pack_waiver waivers[CYCLE_PACK_WAIVERS_MAX];
    size_t waiver_count;
    struct cycle_pack_calendar {
#define X(name) int64_t name;
        CYCLE_PACK_CALENDAR_TABLE(X)
#undef X
    } calendar;
    bool common_clock, two_persons; /* of "sitting" */
    const char *text; /* canonical */
    size_t text_len;
    char sha256[65]; /* of the text, hexadecimal */
};

/* Reads a pack; all its texts live in `arena`. ERR_SYNTAX with `ret_error`, ERR_RANGE with `misfits`, ERR_MEMORY. */
enum err cycle_pack_read(struct arena *arena, const char *text, size_t len, struct cycle_pack *ret_pack,
                         struct json_misfits *misfits, struct json_error *ret_error) MUST_CHECK;
/* The same from a value that was read already. */
enum err cycle_pack_of_json(struct arena *arena, const struct json *value, struct cycle_pack *ret_pack,
                            struct json_misfits *misfits) MUST_CHECK;

/* What a reason of a misfit (of a pack, of its scales, of a field) means and what helps, in "vi" or "en": the text that
 * the screens show. The reason itself where there is none. */
const char *cycle_misfit_words(struct arena *arena, const char *reason, const char *lang);
/* What stands at a misfit's path in the text of a pack, as JSON, cut after some 80 bytes. NULL: nothing does. */
const char *cycle_pack_value(struct arena *arena, const char *text, size_t len, const char *path);

/* Whether a cycle of this platform can examine by it: every part is sat or marked here, and totals are marks. Others are
 * for `khoacu rank`. False with ret_misfit. */
bool cycle_pack_deliverable(const struct cycle_pack *pack, struct rank_misfit *ret_misfit);

/* The scales that a cycle chooses, hundredths by source; 0: not part of the cycle. Of COMPUTER: how many questions count
 * where some of the pack's were dropped; 0: all. Shares of gates are taken of those that count. */
struct cycle_pack_scales {
    int64_t max[CYCLE_PACK_SOURCE_COUNT];
};
/* The rules with the cycle's scales in them. ERR_RANGE with ret_misfit: the parts are no form that the pack allows, the
 * scales do not add up to the stage's, or a gate cannot be reached. Scales of parts whose marks the pack fixes are passed over. */
enum err cycle_pack_bind(const struct cycle_pack *pack, const struct cycle_pack_scales *scales,
                         struct rank_pack *ret_rules, struct rank_misfit *ret_misfit) MUST_CHECK;
/* Whether the interview is a stage of its own behind the written part, so that who goes on is known only after its marks. */
bool cycle_pack_staged(const struct cycle_pack *pack, const struct rank_pack *rules);
/* The scheme by which marks of a source are settled, or re-marked; NULL: the pack has none. */
const struct settle_scheme *cycle_pack_scheme(const struct cycle_pack *pack, enum cycle_pack_source source, bool remark);
/* The waiver by which a credential of a type stands in for a component; NULL: it does not. */
const struct cycle_pack_waiver *cycle_pack_waiver(const struct cycle_pack *pack, uint8_t component, const char *credential);
/* The first component that a source feeds, or RANK_NONE. */
uint8_t cycle_pack_component(const struct cycle_pack *pack, enum cycle_pack_source source);
/* Whether a cycle shares out 100 marks among what scripts and panels give; else the highest marks that `rules` of the pack fix for
 * them, by source. */
bool cycle_pack_shares_marks(const struct cycle_pack *pack, const struct rank_pack *rules, int64_t ret_fixed[CYCLE_PACK_SOURCE_COUNT]);

/* ---- packs that come with the program, and those of a database ---- */

/* Text of a built-in pack by its id, or NULL. */
const char *cycle_pack_builtin(const char *id, size_t *ret_len);
/* The i-th built-in id in order, or NULL behind the last. Lives in `arena`. */
const char *cycle_pack_builtin_id(struct arena *arena, size_t i);
/* Makes sure that the database holds the pack: its newest version there, else the built-in one, which is added.
 * *ret_version 0: there is none of this id. Requires: a transaction of the server's role. */
enum err cycle_pack_ensure(struct db *db, struct arena *arena, const char *id, int64_t *ret_version) MUST_CHECK;
/* Reads a version from the database. ERR_DB_NO_ROW: not there. */
enum err cycle_pack_load(struct db *db, struct arena *arena, const char *id, int64_t version,
                         struct cycle_pack *ret_pack) MUST_CHECK;

/* A pack of an authority's own: read whole, then stored as a version that never changes, or refused with every fault. The ids
 * of built-in packs are theirs; a version must be higher than those stored. What no cycle can examine by is refused. */
struct cycle_pack_file {
    const char *text;
    size_t len;
    bool dry_run;
    int64_t staff_id, now_us;
};
/* One fault: where (path of a pack, or "byte 120"), by which reason (cycle_misfit_words), and what stands there, or NULL. */
struct cycle_pack_fault {
    const char *path, *reason, *value;
};
#define CYCLE_PACK_OUTCOME_TABLE(X)                                                                                    \
    X(REFUSED, "refused")                                                                                              \
    X(IMPORTED, "imported") /* or would be, on trial */                                                                \
    X(UNCHANGED, "unchanged") /* the same version with the same text stands there */
enum cycle_pack_outcome {
#define X(name, key) CYCLE_PACK_##name,
    CYCLE_PACK_OUTCOME_TABLE(X)
#undef X
        CYCLE_PACK_OUTCOME_COUNT
};
const char *cycle_pack_outcome_key(enum cycle_pack_outcome outcome);
struct cycle_pack_report {
    bool dry_run, applied;
    enum cycle_pack_outcome outcome;
    const struct cycle_pack *pack; /* NULL: the text is none */
    struct cycle_pack_fault faults[32];
    size_t fault_count; /* of those listed */
};
/* All of the report lives in `arena`. Side effects: event cycle.pack_import when it was applied. */
enum err cycle_pack_import(struct db *db, struct arena *arena, const struct cycle_pack_file *file,
                           struct cycle_pack_report *ret_report) MUST_CHECK;

struct cycle_pack_row {
    const char *id, *valid_from, *valid_to; /* valid_to NULL: open; valid_from "": the text is none that this program takes */
    int64_t version;
    struct cycle_words title;
    char sha256[65];
    const char *brought_by; /* NULL: it comes with the program */
    int64_t brought_us;     /* 0: likewise */
    int64_t cycles;         /* that are examined by it */
    bool deliverable;
    bool shares_marks; /* cycle_pack_shares_marks; else */
    int64_t written_max, interview_max;
};
struct cycle_pack_list {
    struct cycle_pack_row *rows; /* by id, the newest version first; at most 300 of the database, and the built-in ones */
    size_t count;
};
enum err cycle_pack_list_read(struct db *db, struct arena *arena, struct cycle_pack_list *ret_list) MUST_CHECK;
/* The text of a version: of the database, else the built-in one of that version. NULL: there is none. */
enum err cycle_pack_text(struct db *db, struct arena *arena, const char *id, int64_t version, const char **ret_text) MUST_CHECK;

#endif
