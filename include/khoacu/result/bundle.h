/* bundle.h: the public result file: everything from which a list follows, the list, and how to check it without us.
 *
 * One canonical JSON text (RFC 8785), khoacu-result/1:
 *   cause              why this version was computed
 *   counts             {absent, candidates, failed, not_selected, passed, seats, selected, suspended, tied, unresolved,
 *                      void, withheld}
 *   cycle              {authority_en, authority_vi, code, title_en, title_vi}
 *   decisions          one object a candidate, in the order of inputs.candidates: outcome, reason, roll_number; with a
 *                      pass place, raw, priority, total; with a seat agency, preference; facts of the reason: at (gate
 *                      or component), key (tie key), value, bound, choice_key
 *   demonstration      whether the data was made up
 *   engine             RANK_ENGINE
 *   hashes             {decisions, head, inputs}: SHA-256 of the canonical text of both sections, and of the object of
 *                      all members but these three
 *   inputs             {equatings? (signed tables by which shifts are made comparable, equating.h), agencies [{code, name}], candidates [{agencies, panel?, post, roll_number, results, priority? |
 *                      withheld {sha256, total}}], keys? [{form, sha256, version}] (of forms whose key was released:
 *                      by which version they were scored, score/rekey.h), pack (whole), panels? [{code, component,
 *                      criteria [{max, title}], kind}], posts [{code, seats [{agency, carried?, group?, quota}], title}], scales {component:
 *                      marks; or how many questions count where some were dropped}, ties [{number, order [roll numbers],
 *                      reason}]}
 *   previous_sha256    of the file of the version before, or null: the versions of a cycle are a chain
 *   reservations       where the pack reserves seats for groups: what came of those, [{agency, brought, carried, filled, group,
 *                      opened, post, seats}] (struct result_reservation)
 *   version            1, 2, …
 * results: component code -> right answers (number), marks ("35.00"), or absent, suspended, void, exempt. panel: {code, marks
 * [a row of criteria for each member], way}: what the members of a project's panel gave, and how it became the mark
 * (mean, trimmed, agreed, head, chair, veto): a mark by mean, trimming or veto is computed again by the pack's scheme.
 *
 * Of persons it holds the roll number, what was counted and marked, the posts and agencies chosen, and priority as
 * points, never as a class, and only of those who passed every gate: nobody else's points decided anything. Who of a
 * panel gave which row it does not hold: rows stand in the order of what they add up to.
 *
 * Invariants: what result_bundle_write makes, result_verify accepts; what was changed by a single byte it does not.
 * Used by: result, api, main (verify, needs no database). Uses: base, json, crypto, rank, cycle (pack). Threads: any.
 */
#ifndef KHOACU_RESULT_BUNDLE_H
#define KHOACU_RESULT_BUNDLE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/json/json.h"
#include "khoacu/rank/rank.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESULT_BUNDLE_FORMAT "khoacu-result/1"
#define RESULT_BUNDLE_MAX ((size_t)1 << 30)
#define RESULT_GROUP_MIN 5

/* ---- the field of one cycle: what the ranking takes, with the names that a list shows ---- */

/* A decision of the head of the authority on persons whom the tie chain left equal. */
struct result_tie {
    int64_t number; /* 1, 2, … of the cycle; a later one replaces earlier ones for the persons in it */
    const char *reason;
    const char **order; /* roll numbers, first goes first */
    size_t count;
};
/* A decision on the agency of a winner on whose own list no place was left; a later one replaces an earlier one. */
struct result_placement {
    int64_t number; /* 1, 2, … of the cycle */
    const char *roll, *reason;
    uint32_t agency;
};
/* A panel whose marks are told, criterion by criterion; the criteria add up to the scale of its component. */
struct result_panel {
    const char *code, *kind; /* kind: interview, practical or project; the public is told of projects alone */
    uint8_t component, criterion_count;
    const char *const *titles;
    const int64_t *maxes;
};
/* What its members gave one candidate: a row of criteria each, the highest sum first, whoever gave it. */
struct result_given {
    const struct result_panel *panel;
    const char *way; /* what made the mark: mean, trimmed, agreed, head, chair, veto */
    uint8_t member_count;
    int64_t *marks; /* member_count rows of panel->criterion_count */
};
#define RESULT_PANEL_PUBLIC "project"
/* The mean of a criterion, to hundredths, half up. */
int64_t result_given_mean(const struct result_given *given, uint8_t criterion);
struct result_equating; /* equating.h */
/* The version of a form's key by which its sittings were scored. */
struct result_form_key {
    const char *form, *sha256;
    int64_t version;
};
struct result_field {
    struct cycle_pack *pack;
    struct cycle_pack_scales scales;
    struct rank_pack rules;    /* pack and scales, bound */
    struct rank_inputs inputs; /* points into the arrays below */
    const char **agencies, **agency_names, **post_titles;
    struct rank_seat *seats;
    struct rank_post *posts;
    uint32_t *preferences;
    struct rank_candidate *candidates;
    int64_t *values;
    uint8_t *statuses;
    uint32_t *groups; /* session, shift or marker of each value; 0 where it does not matter */
    struct result_tie *ties;
    size_t tie_count;
    struct result_placement *placements; /* by number */
    size_t placement_count;
    struct result_form_key *keys; /* by code of the form */
    size_t key_count;
    struct result_equating *equatings; /* tables that were given, equating.h */
    size_t equating_count;
    struct result_panel *panels; /* by code */
    size_t panel_count;
    const struct result_given **given; /* by candidate, each or all NULL */
    const char **withheld; /* by candidate: SHA-256 of her opening, hexadecimal, or NULL */
};
struct result_sizes {
    size_t agencies, seats, posts, preferences, candidates, ties;
};
/* Empty arrays of these sizes, and inputs that point at them. Requires: ret_field->rules is bound. */
enum err result_field_init(struct arena *arena, const struct result_sizes *sizes,
                           struct result_field *field) MUST_CHECK;
/* Writes the recorded orders into the candidates, by number. False: a tie names a roll number that is not there, or one
 * twice; *ret_roll is it. Requires: candidates sorted by roll number. */
bool result_field_apply_ties(struct result_field *field, const char **ret_roll);
/* The same for decisions on agencies. */
bool result_field_apply_placements(struct result_field *field, const char **ret_roll);
/* Reads pack and scales from the section `inputs`, binds the rules; *ret_line says what does not fit, in English.
 * ERR_RANGE or ERR_MEMORY. */
enum err result_rules_read(struct arena *arena, const struct json *inputs, struct result_field *ret_field,
                           const char **ret_line) MUST_CHECK;
/* Reads the rest into a field whose rules were read. The marks themselves are rank_check's to judge. */
enum err result_field_read(struct arena *arena, const struct json *inputs, struct result_field *field,
                           const char **ret_line) MUST_CHECK;

/* ---- what the public does not see ---- */

/* The field as the public gets it: persons of small groups have their total stated and their results withheld. Their
 * openings, canonical JSON {priority, results, roll_number, salt}, are in ret_openings by candidate, NULL elsewhere.
 * Everything lives in `arena`; what does not differ is shared with `field`. */
enum err result_withhold(struct arena *arena, const struct result_field *field, const struct rank_result *result,
                         struct result_field *ret_public, const char ***ret_openings) MUST_CHECK;

/* ---- writing ---- */

struct result_head {
    const char *cycle_code, *title_vi, *title_en, *authority_vi, *authority_en;
    bool demonstration;
    int64_t version;
    const char *cause;
    const char *previous_sha256; /* hexadecimal, or NULL */
};
/* The whole file into `out`. Requires: candidates sorted by roll number, agencies and posts by code. */
enum err result_bundle_write(const struct result_head *head, const struct result_field *field,
                             const struct rank_result *result, struct buf *out) MUST_CHECK;
/* One decision as it stands in the file. */
void result_decision_write(struct json_writer *writer, const struct result_field *field,
                           const struct rank_result *result, uint32_t candidate);

/* What came of a group's own seats of a post. Nothing is opened or carried over while a tie of the post waits for its decision. */
struct result_reservation {
    const char *post, *agency, *group; /* codes */
    int64_t seats, brought;            /* brought: of these, carried over from a recruitment before */
    int64_t filled;
    int64_t opened;  /* left by the group and given to merit */
    int64_t carried; /* left by the group and added to its places of the next recruitment */
};
/* Calls `each` for every row of reserved seats, in the order of the posts. ERR_MEMORY, or what `each` gives. */
typedef enum err result_reservation_fn(void *ctx, const struct result_reservation *reservation);
enum err result_reservations_each(const struct result_field *field, const struct rank_result *result, result_reservation_fn *each,
                                  void *ctx) MUST_CHECK;

/* ---- checking ---- */

/* X(name, key) in the order in which they are taken; each rests on those before. */
#define RESULT_STEP_TABLE(X)                                                                                           \
    X(FORM, "form")           /* canonical JSON with exactly the members above */                                      \
    X(HASHES, "hashes")       /* of both sections */                                                                   \
    X(PACK, "pack")           /* the rules are whole, free of contradictions, and fit the cycle's scales */            \
    X(INPUTS, "inputs")       /* every mark on its scale, what panels gave adding up, no roll number twice, every wish for a seat that is there */ \
    X(DECISIONS, "decisions") /* every rank, seat and reason computed again */                                         \
    X(COUNTS, "counts")       /* totals; no more persons in an agency than places, no place empty while one waits */
#define X(name, key) RESULT_STEP_##name,
enum result_step { RESULT_STEP_TABLE(X) RESULT_STEP_COUNT };
#undef X
const char *result_step_key(enum result_step step);

struct result_check {
    enum result_step failed; /* RESULT_STEP_COUNT: everything holds */
    const char *line;        /* the first thing that does not hold, in English; "" when all does */
    const char *cycle_code;  /* of the file, "" before it is known */
    int64_t version;
    char sha256[65];             /* of the file */
    const char *previous_sha256; /* as stated, or NULL */
    int64_t candidates, posts, selected, unresolved, withheld;
    bool demonstration;
    const struct result_equating *equatings; /* whose signatures are yet to be checked: equating.h */
    size_t equating_count;
};
/* Checks a file. All texts of *ret_check live in `arena`. Errors only for lack of memory: a file that is no JSON at all
 * fails its first step. */
enum err result_verify(struct arena *arena, const char *bytes, size_t len, struct result_check *ret_check) MUST_CHECK;
/* The check as members of the object that is open: sha256, cycle, version, demonstration, steps [{step, holds}] up to
 * the failed one, failed_step, line, candidates, posts, selected, unresolved, withheld. `failed_step` names one that is
 * not of this file, or is NULL. */
void result_check_write(struct json_writer *writer, const struct result_check *check, const char *failed_step);

#endif
