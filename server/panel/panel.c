#include "khoacu/panel/panel.h"

#include "panel_private.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

static const char *const OUTCOMES[] = {
#define X(name, outcome, status, code, title) outcome,
    PANEL_VERDICT_TABLE(X)
#undef X
};

/* ---- reading ---- */

static enum err take_line(void *ctx, const struct db_row *row) {
    struct panel_list *list = ctx;
    list->lines[list->count++] = (struct panel_line){.panel_id = db_int(row, 0),
                                                     .cycle_code = db_text(row, 1),
                                                     .code = db_text(row, 2),
                                                     .kind = db_text(row, 3),
                                                     .room = db_text(row, 4),
                                                     .state = db_text(row, 5),
                                                     .office = db_text(row, 6),
                                                     .made_us = db_time(row, 7),
                                                     .hearings = db_int(row, 8),
                                                     .settled = db_int(row, 9)};
    return ERR_NONE;
}

enum err panel_list_read(struct db *db, struct arena *arena, int64_t staff_id, struct panel_list *ret_list) {
    ret_list->count = 0;
    return db_many(db, arena, DB_PANEL_LIST, DB_PARAMS(P_INT(staff_id)), PANEL_LIST_MAX, take_line, ret_list);
}

enum err panel_sheet_read(struct db *db, struct arena *arena, int64_t panel_id, int64_t staff_id, const char **ret_json) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_PANEL_SHEET, DB_PARAMS(P_INT(panel_id), P_INT(staff_id)), &row);
    if (err == ERR_NONE)
        *ret_json = db_text(row, 0);
    return err;
}

/* ---- one act in one transaction ---- */

struct doing {
    const struct panel_act *act;
    const char *name;    /* of the event */
    const char *subject; /* "panel" or "hearing" */
    const char *details; /* of the event, or NULL */
    enum db_statement statement;
    const struct db_param *params;
    size_t count;
    bool settles; /* afterwards the hearing may be settled */
    struct panel_answer answer;
};

static enum err log_act(const struct doing *d, struct db *db) {
    return ledger_append(db, d->act->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(d->act->staff_id),
                                                .act = d->name,
                                                .subject_kind = d->subject,
                                                .subject_id = d->act->id,
                                                .reason = d->act->reason,
                                                .details = d->details,
                                                .at_us = d->act->now_us});
}

static enum err do_body(void *ctx, struct db *db) {
    struct doing *d = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, d->act->arena, d->statement, d->params, d->count, &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    d->answer = (struct panel_answer){.verdict = PANEL_VERDICT_COUNT, .detail = db_text(row, 1)};
    for (int i = 0; outcome && i < PANEL_VERDICT_COUNT; i++)
        if (strcmp(OUTCOMES[i], outcome) == 0)
            d->answer.verdict = (enum panel_verdict)i;
    if (d->answer.verdict == PANEL_VERDICT_COUNT)
        return ERR_STATE;
    if ((d->answer.verdict != PANEL_DONE && d->answer.verdict != PANEL_MADE) || (d->answer.detail && strcmp(d->answer.detail, "repeated") == 0))
        return DB_ROLLBACK;
    err = log_act(d, db);
    return err == ERR_NONE && d->settles ? panel_settle(db, d->act) : err;
}

static enum err run(struct db *db, struct doing *d, struct panel_answer *ret_answer) {
    enum err err = db_transact(db, do_body, d);
    if (err == ERR_NONE)
        *ret_answer = d->answer;
    return err;
}
#define DO(name_, subject_, settles_, statement_, ...)                                                                 \
    const struct db_param params[] = {__VA_ARGS__};                                                                    \
    struct doing d = {.act = act, .name = name_, .subject = subject_, .statement = statement_, .params = params,                \
                      .count = sizeof params / sizeof *params, .settles = settles_}

enum err panel_make(struct db *db, const struct panel_act *act, const struct panel_making *making, struct panel_answer *ret_answer,
                    int64_t *ret_panel_id) {
    struct panel_act with_id = *act;
    const char *titles[PANEL_CRITERIA_MAX], *maxes[PANEL_CRITERIA_MAX], *steps[PANEL_CRITERIA_MAX];
    size_t n = making->criterion_count;
    with_id.id = random_id();
    for (size_t i = 0; i < n; i++) {
        titles[i] = making->criteria[i].title;
        maxes[i] = making->criteria[i].mark_max;
        steps[i] = making->criteria[i].mark_step;
    }
    DO("panel.make", "panel", false, DB_PANEL_MAKE, P_INT(with_id.id), P_TEXT(making->cycle_code), P_INT(act->staff_id), P_TEXT(making->code),
       P_TEXT(making->kind), P_TEXT(making->room), P_TEXTS(titles, n), P_TEXTS(maxes, n), P_TEXTS(steps, n),
       P_TEXTS(making->people, making->person_count), making->rolls ? P_TEXTS(making->rolls, making->roll_count) : P_NULL,
       making->committee_size ? P_INT(making->committee_size) : P_NULL,
       making->committee_count ? P_TEXTS(making->committee, making->committee_count) : P_NULL);
    d.act = &with_id;
    enum err err = run(db, &d, ret_answer);
    if (err == ERR_NONE)
        *ret_panel_id = with_id.id;
    return err;
}

enum err panel_commit(struct db *db, const struct panel_act *act, const char *plan, struct panel_answer *ret_answer) {
    DO("panel.commit", "panel", false, DB_PANEL_COMMIT, P_INT(act->id), P_INT(act->staff_id), P_TEXT(plan));
    return run(db, &d, ret_answer);
}

enum err panel_draw(struct db *db, const struct panel_act *act, const char *entropy, struct panel_answer *ret_answer) {
    DO("panel.draw", "panel", false, DB_PANEL_DRAW, P_INT(act->id), P_INT(act->staff_id), P_TEXT(entropy));
    return run(db, &d, ret_answer);
}

enum err panel_conflict(struct db *db, const struct panel_act *act, int64_t hearing_id, const char *login, struct panel_answer *ret_answer) {
    struct panel_act of_hearing = *act;
    of_hearing.id = hearing_id;
    DO("panel.conflict", "hearing", true, DB_PANEL_CONFLICT, P_INT(act->id), P_INT(act->staff_id), P_INT(hearing_id), P_TEXT(login), P_TEXT(act->reason));
    d.act = &of_hearing;
    return run(db, &d, ret_answer);
}

enum err panel_substitute(struct db *db, const struct panel_act *act, const char *login, struct panel_answer *ret_answer) {
    DO("panel.substitute", "panel", false, DB_PANEL_SUBSTITUTE, P_INT(act->id), P_INT(act->staff_id), P_TEXT(login), P_TEXT(act->reason));
    d.details = arena_printf(act->arena, "{\"substitute\":\"%s\"}", login); /* used only of a log-in name that exists */
    return d.details ? run(db, &d, ret_answer) : ERR_MEMORY;
}

enum err panel_phase(struct db *db, const struct panel_act *act, const char *to, struct panel_answer *ret_answer) {
    DO("panel.phase", "hearing", false, DB_PANEL_PHASE, P_INT(act->id), P_INT(act->staff_id), P_TEXT(to), P_TEXT(act->reason));
    return run(db, &d, ret_answer);
}

enum err panel_mark(struct db *db, const struct panel_act *act, const char *const *values, size_t count, struct panel_answer *ret_answer) {
    DO("panel.mark", "hearing", true, DB_PANEL_MARK, P_INT(act->id), P_INT(act->staff_id), P_TEXTS(values, count));
    return run(db, &d, ret_answer);
}

enum err panel_absence(struct db *db, const struct panel_act *act, const char *login, struct panel_answer *ret_answer) {
    DO("panel.absence", "hearing", false, DB_PANEL_ABSENCE, P_INT(act->id), P_INT(act->staff_id), P_TEXT(login), P_TEXT(act->reason));
    return run(db, &d, ret_answer);
}

enum err panel_absence_confirm(struct db *db, const struct panel_act *act, const char *login, struct panel_answer *ret_answer) {
    DO("panel.absence_confirm", "hearing", true, DB_PANEL_ABSENCE_CONFIRM, P_INT(act->id), P_INT(act->staff_id), P_TEXT(login));
    return run(db, &d, ret_answer);
}

enum err panel_dialogue(struct db *db, const struct panel_act *act, const char *minutes, const char *agreed, struct panel_answer *ret_answer) {
    DO("panel.dialogue", "hearing", true, DB_PANEL_DIALOGUE, P_INT(act->id), P_INT(act->staff_id), P_TEXT(minutes), P_TEXT(agreed));
    return run(db, &d, ret_answer);
}

enum err panel_word(struct db *db, const struct panel_act *act, const char *value, struct panel_answer *ret_answer) {
    DO("panel.word", "hearing", true, DB_PANEL_WORD, P_INT(act->id), P_INT(act->staff_id), P_TEXT(value), P_TEXT(act->reason));
    return run(db, &d, ret_answer);
}

enum err panel_minutes(struct db *db, const struct panel_act *act, struct panel_answer *ret_answer) {
    DO("panel.minutes", "panel", false, DB_PANEL_MINUTES, P_INT(act->id), P_INT(act->staff_id));
    return run(db, &d, ret_answer);
}

enum err panel_sign(struct db *db, const struct panel_act *act, const struct panel_signing *signing, struct panel_answer *ret_answer) {
    char document[TEXT_ID_LEN + 1] = "minutes";
    struct panel_act of_hearing = *act;
    if (signing->hearing_id != 0) {
        text_format_id(signing->hearing_id, document);
        of_hearing.id = signing->hearing_id;
    }
    DO("panel.sign", "panel", signing->hearing_id != 0, DB_PANEL_SIGN, P_INT(act->id), P_INT(act->staff_id), P_TEXT(document),
       P_BYTES(signing->sha256, CRYPTO_SHA256_LEN), P_TEXT(signing->excused), P_TEXT(act->reason),
       P_INT(signing->step_up_id));
    d.act = &of_hearing;
    if (signing->hearing_id != 0)
        d.subject = "hearing";
    return run(db, &d, ret_answer);
}
