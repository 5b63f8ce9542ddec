/* panel.h: panels that hear candidates: interviews, practical tests, project defences.
 *
 * A panel has a secretary, a chair and members. It hears its candidates in an order drawn by lot, phase after phase by the
 * clock of the server; then each of those who mark gives her marks on her own device, all criteria at once and for good.
 *
 *   panel     draft --commit: list and plan of the draw are fixed--> committed --draw, by another--> drawn
 *             --every hearing is settled, minutes--> minuted --the last one signs--> closed
 *   hearing   waiting --> called --> preparation --> presentation --> questions --> marking --last mark--> open --> settled
 *                 '-- absent ---'-------- suspended ---------'------------'----> settled
 *             waiting <-- a member is missing, no mark is given -- called … marking
 *
 * Open means that all marks are in. From then on they are seen, by all at once, and the scheme of the pack (settle.h) says
 * what counts: the mean, trimmed or not, or by the gap of highest and lowest a dialogue, the head, the chair of the council.
 * A veto of the pack sets the mark to 0. Closing writes one row of script_settlement for each candidate.
 *
 * Invariants, kept by the database itself: no role reads a mark before all of the hearing are in; a mark is on the scale and
 * the step of its criterion, by one who sits and has no conflict with the candidate, and never changes; a panel closes only
 * when every hearing is settled and everybody has signed or was excused; what counts is what the scheme gives
 * (do_panel_reckon finds it once more); nobody marks a candidate of her own unit; nothing changes after the freeze. The order follows from stored inputs alone.
 * Nobody leaves a panel; a substitute comes only to hearings that have not begun and lack a member, and marks in no other.
 *
 * Used by: api. Uses: ledger, identity, cycle (packs), settle, doc, json, crypto, db. Threads: that of the struct db.
 * Why: REG-2020 art. 31; Official Letter 2424/BNV-CCVC; rules.md 1.9 and 4; trust.md 2.3.
 */
#ifndef KHOACU_PANEL_PANEL_H
#define KHOACU_PANEL_PANEL_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PANEL_CRITERIA_MAX 20
#define PANEL_PEOPLE_MAX 20
#define PANEL_CANDIDATES_MAX 5000
#define PANEL_LIST_MAX 500

/* X(name, outcome of the SQL functions, status, code of the problem, its title). Detail says which or how many. */
#define PANEL_VERDICT_TABLE(X)                                                                                         \
    X(DONE, "done", 200, "done", "Done")                                                                               \
    X(MADE, "made", 201, "made", "Made")                                                                               \
    X(NOT_FOUND, "not_found", 404, "not-found", "There is nothing here")                                              \
    X(FORBIDDEN, "forbidden", 403, "panel-office", "This is for another office of the panel")                          \
    X(FROZEN, "frozen", 409, "frozen", "The marks of this cycle are frozen")                                           \
    X(CLOSED, "closed", 409, "panel-closed", "The minutes of the panel are fixed")                                     \
    X(NOT_DRAWN, "not_drawn", 409, "panel-not-drawn", "The order of the candidates is not drawn yet")                  \
    X(STATE, "state", 409, "panel-state", "This does not follow the state that is reached")                           \
    X(NOT_OPEN, "not_open", 409, "panel-not-open", "Round 2 of the cycle is not open")                                 \
    X(SCHEME, "scheme", 409, "panel-scheme", "The pack of the cycle has no scheme by which a panel can settle")        \
    X(TAKEN, "taken", 409, "panel-taken", "There is a panel of this code in the cycle")                                \
    X(SCALE, "scale", 409, "panel-scale", "The criteria do not add up to the scale of the part")                       \
    X(STEPS, "steps", 409, "panel-steps", "A criterion does not fit the step of the part")                             \
    X(UNKNOWN_PERSON, "unknown_person", 409, "panel-unknown-person", "There is no such active person")                 \
    X(MAKER_SITS, "maker_sits", 409, "panel-maker-sits", "Who makes a panel does not sit in it")                       \
    X(SITS_TWICE, "sits_twice", 409, "panel-sits-twice", "A person sits in one place of a panel")                      \
    X(NOT_EXAMINER, "not_examiner", 409, "panel-not-examiner", "Who marks is an examiner")                             \
    X(TOO_FEW, "too_few", 409, "panel-too-few", "Fewer members would mark than the scheme asks for")                   \
    X(TOO_MANY, "too_many", 409, "panel-too-many", "More members than the pack allows")                                \
    X(UNKNOWN_CANDIDATE, "unknown_candidate", 409, "panel-unknown-candidate", "There is no such candidate in round 2") \
    X(HEARD_ELSEWHERE, "heard_elsewhere", 409, "panel-heard-elsewhere", "The candidate is before another panel")       \
    X(MARKED_BEFORE, "marked_before", 409, "panel-marked-before", "A single examiner has marked the candidate")        \
    X(NOBODY, "nobody", 409, "panel-nobody", "No candidate is left for a panel")                                       \
    X(CONFLICT, "conflict", 409, "panel-conflict", "Kinship, the own unit or a declared interest: no marking")         \
    X(TIED, "tied", 409, "panel-tied", "Too few of these members may mark a candidate: own unit, kinship or interest") \
    X(NO_COMMITTEE, "no_committee", 409, "panel-no-committee", "The pack of the cycle wants no committee on a panel")  \
    X(COMMITTEE_NAME, "committee_name", 409, "panel-committee-name", "Who is named of the committee marks in the panel, and is named once") \
    X(COMMITTEE_SIZE, "committee_size", 409, "panel-committee-size", "How many members the committee has is missing, or is less than are named") \
    X(COMMITTEE, "committee", 409, "panel-committee", "Too few of the committee sit in the panel")                     \
    X(WHOLE, "whole", 409, "panel-whole", "No hearing that waits lacks a member")                                      \
    X(BUSY, "busy", 409, "panel-busy", "Another candidate is before the panel")                                        \
    X(REASON, "reason", 409, "panel-reason", "This needs a reason")                                                    \
    X(FINAL, "final", 409, "panel-final", "The marks are final")                                                       \
    X(CRITERIA, "criteria", 409, "panel-criteria", "A mark for each criterion is needed")                              \
    X(OFF_SCALE, "off_scale", 400, "invalid", "A mark is off the scale")                                               \
    X(OFF_STEP, "off_step", 400, "invalid", "A mark is off the step")                                                  \
    X(UNSETTLED, "unsettled", 409, "panel-unsettled", "Hearings are not settled yet")                                  \
    X(OTHER_TEXT, "other_text", 409, "panel-other-text", "The text to sign is another one now")
enum panel_verdict {
#define X(name, outcome, status, code, title) PANEL_##name,
    PANEL_VERDICT_TABLE(X)
#undef X
        PANEL_VERDICT_COUNT
};
struct panel_answer {
    enum panel_verdict verdict;
    const char *detail; /* what the outcome is about, or NULL */
};

/* ---- reading ---- */

struct panel_line {
    int64_t panel_id;
    const char *cycle_code, *code, *kind, *room, *state;
    const char *office; /* of the reader in it; NULL: she does not sit */
    int64_t made_us, hearings, settled;
};
struct panel_list {
    struct panel_line lines[PANEL_LIST_MAX]; /* newest first */
    size_t count;
};
/* The panels in which the person sits; all, for officers who oversee. */
enum err panel_list_read(struct db *db, struct arena *arena, int64_t staff_id, struct panel_list *ret_list) MUST_CHECK;
/* All that this person may see of a panel, as JSON; NULL: nothing. */
enum err panel_sheet_read(struct db *db, struct arena *arena, int64_t panel_id, int64_t staff_id, const char **ret_json) MUST_CHECK;

/* ---- acts: each appends its audit event panel.<act> when it changed something ---- */

struct panel_act {
    struct arena *arena;
    int64_t staff_id, now_us;
    int64_t id;         /* the panel, or the hearing */
    const char *reason; /* or NULL */
};
struct panel_criterion {
    const char *title, *mark_max, *mark_step; /* decimal numbers */
};
struct panel_making {
    const char *cycle_code, *code, *kind, *room;
    struct panel_criterion criteria[PANEL_CRITERIA_MAX];
    size_t criterion_count;
    const char *people[PANEL_PEOPLE_MAX]; /* log-in names: secretary, chair, members */
    size_t person_count;
    const char **rolls; /* NULL: every candidate of round 2 who is before no panel */
    size_t roll_count;
    int64_t committee_size; /* of the committee that the pack wants on the panel; 0: not said */
    const char *committee[PANEL_PEOPLE_MAX]; /* who of it sits */
    size_t committee_count;
};
/* Makes a panel with a fresh id. Candidates leave the queues of single examiners. */
enum err panel_make(struct db *db, const struct panel_act *act, const struct panel_making *making, struct panel_answer *ret_answer,
                    int64_t *ret_panel_id) MUST_CHECK;
/* Fixes the list of candidates, and which numbers to come decide the order. Detail: the commitment. */
enum err panel_commit(struct db *db, const struct panel_act *act, const char *plan, struct panel_answer *ret_answer) MUST_CHECK;
/* Draws the order from the numbers as they fell; by the panel's secretary or chair. Detail: the seed. */
enum err panel_draw(struct db *db, const struct panel_act *act, const char *entropy, struct panel_answer *ret_answer) MUST_CHECK;
/* `login` (NULL: the actor) has a conflict with the candidate of a hearing of panel act->id. */
enum err panel_conflict(struct db *db, const struct panel_act *act, int64_t hearing_id, const char *login,
                        struct panel_answer *ret_answer) MUST_CHECK;
/* `login` sits as a substitute in every hearing of panel act->id that has not begun and would have fewer to mark than the scheme
 * asks for, when those tied and those recorded absent stay away; not in those with whose candidates something ties her. By one who
 * may make panels and does not sit in this one, with act->reason; never who made the panel, nor beyond the number of the pack.
 * Detail: to how many hearings she comes. Why: else a panel of the least number is stuck by one illness, and the freeze with it. */
enum err panel_substitute(struct db *db, const struct panel_act *act, const char *login, struct panel_answer *ret_answer) MUST_CHECK;
/* `to`: called, preparation, presentation, questions, marking, absent, suspended; waiting: to be heard anew, when a member is missing. */
enum err panel_phase(struct db *db, const struct panel_act *act, const char *to, struct panel_answer *ret_answer) MUST_CHECK;
/* A member's final marks, one decimal number for each criterion. Detail of OFF_SCALE and OFF_STEP: which one, from 0. */
enum err panel_mark(struct db *db, const struct panel_act *act, const char *const *values, size_t count,
                    struct panel_answer *ret_answer) MUST_CHECK;
enum err panel_absence(struct db *db, const struct panel_act *act, const char *login, struct panel_answer *ret_answer) MUST_CHECK;
enum err panel_absence_confirm(struct db *db, const struct panel_act *act, const char *login, struct panel_answer *ret_answer) MUST_CHECK;
/* `agreed` NULL: they did not agree. */
enum err panel_dialogue(struct db *db, const struct panel_act *act, const char *minutes, const char *agreed,
                        struct panel_answer *ret_answer) MUST_CHECK;
/* The mark of the head or the chair of the council; `value` NULL: the head passes it up. */
enum err panel_word(struct db *db, const struct panel_act *act, const char *value, struct panel_answer *ret_answer) MUST_CHECK;
/* Fixes the minutes. Detail: their hash, or how many hearings are not settled. */
enum err panel_minutes(struct db *db, const struct panel_act *act, struct panel_answer *ret_answer) MUST_CHECK;
struct panel_signing {
    int64_t hearing_id;  /* whose dialogue; 0: the minutes */
    const uint8_t *sha256;
    const char *excused; /* log-in name of who cannot sign, with act->reason; NULL: the actor signs */
    int64_t step_up_id;  /* of identity_step_up for PANEL_SIGN_ACT on the panel */
};
#define PANEL_SIGN_ACT "panel.sign"
/* Detail "closed": the last one signed. */
enum err panel_sign(struct db *db, const struct panel_act *act, const struct panel_signing *signing, struct panel_answer *ret_answer) MUST_CHECK;

/* ---- the minutes on paper ---- */

/* Appends the minutes of a closed or signed panel as PDF in "vi" or "en": who, when, each mark, how it was settled, the
 * signatures given and places for those on paper. *ret_found false: there are none for this person. */
enum err panel_print(struct db *db, struct arena *arena, int64_t panel_id, int64_t staff_id, const char *lang, int64_t now_us, struct buf *out,
                     bool *ret_found) MUST_CHECK;

#endif
