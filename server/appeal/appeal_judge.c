#include "appeal_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"
#include "khoacu/marking/settlement.h"
#include "khoacu/result/trial.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define SCRIPTS_MAX 50

/* A script of an open appeal on its way through the scheme. */
struct script {
    int64_t appeal_id, blind_id, cycle_id, remarkers;
    const char *component, *pack_id;
    int64_t question, pack_version;
    struct appeal_facts facts;
    struct appeal_verdict verdict;
};
struct scripts {
    struct arena *arena;
    struct script list[SCRIPTS_MAX];
    size_t count;
    struct appeal_word *words;
    size_t word_count;
};

static enum err take_script(void *ctx, const struct db_row *row) {
    struct scripts *s = ctx;
    size_t statuses = 0;
    struct script *one = &s->list[s->count++];
    *one = (struct script){.appeal_id = db_int(row, 0),
                           .blind_id = db_int(row, 1),
                           .cycle_id = db_int(row, 2),
                           .component = db_text(row, 3),
                           .question = db_int(row, 4),
                           .pack_id = db_text(row, 8),
                           .pack_version = db_int(row, 9),
                           .remarkers = db_int(row, 10),
                           .facts = {.max = db_hundredths(row, 5), .step = db_hundredths(row, 6), .before = db_hundredths(row, 7), .part = db_hundredths(row, 13)}};
    one->facts.marks = db_ints(row, 11, &one->facts.mark_count);
    const char *const *list = db_texts(row, 12, &statuses);
    for (size_t i = 0; i < statuses; i++)
        one->facts.unlike = one->facts.unlike || strcmp(list[i], "awarded") != 0;
    return ERR_NONE;
}

static enum err take_word(void *ctx, const struct db_row *row) {
    struct scripts *s = ctx;
    s->words[s->word_count++] = (struct appeal_word){.stage = db_text(row, 0),
                                                     .kind = db_text(row, 1),
                                                     .said = db_text(row, 2),
                                                     .value = db_hundredths(row, 3),
                                                     .words = db_text(row, 4),
                                                     .needed = db_int(row, 5)};
    return ERR_NONE;
}

/* Scripts of an appeal, or the one of this code, with what the scheme says of each. */
static enum err judge(struct db *db, struct scripts *s, int64_t appeal_id, int64_t blind_id) {
    struct cycle_pack *pack = NULL;
    s->count = 0;
    enum err err = db_many(db, s->arena, DB_APPEAL_FACTS, DB_PARAMS(P_INT(appeal_id), P_INT(blind_id)), SCRIPTS_MAX, take_script, s);
    if (err == ERR_NONE && s->count > 0)
        err = (pack = ARENA_NEW(s->arena, struct cycle_pack)) ? ERR_NONE : ERR_MEMORY;
    if (err == ERR_NONE && s->count > 0)
        err = cycle_pack_load(db, s->arena, s->list[0].pack_id, s->list[0].pack_version, pack);
    for (size_t i = 0; i < s->count && err == ERR_NONE; i++) {
        struct script *one = &s->list[i];
        s->words = ARENA_ARRAY(s->arena, APPEAL_WORDS_MAX, struct appeal_word);
        s->word_count = 0;
        err = s->words ? db_many(db, s->arena, DB_APPEAL_WORDS, DB_PARAMS(P_INT(one->blind_id)), APPEAL_WORDS_MAX, take_word, s) : ERR_MEMORY;
        one->facts.words = s->words;
        one->facts.word_count = s->word_count;
        one->facts.pass = one->question == 0 ? marking_pass_line(pack, one->component, one->facts.max) : 0;
        if (err == ERR_NONE)
            err = appeal_judge(pack, strcmp(one->component, "written") == 0 ? CYCLE_PACK_WRITTEN : CYCLE_PACK_INTERVIEW, &one->facts, &one->verdict);
        if (err == ERR_RANGE) { /* words that nobody asked for: it waits, and nothing is proposed */
            one->verdict = (struct appeal_verdict){.next = SETTLE_NEXT_HEAD};
            err = ERR_NONE;
        }
    }
    return err;
}

/* ---- what comes next ---- */

static enum err call_next(struct appeal_doing *d, struct db *db, const struct script *one) {
    const struct appeal_verdict *v = &one->verdict;
    const struct db_row *row = NULL;
    char gap[24];
    if (!v->stage)
        return ERR_NONE;
    enum err err = ERR_NONE;
    if (v->next == SETTLE_NEXT_MARKS && one->remarkers == (int64_t)one->facts.mark_count) {
        err = db_one(db, d->arena, DB_APPEAL_THIRD, DB_PARAMS(P_INT(one->blind_id)), &row);
        if (err == ERR_NONE)
            err = appeal_log(d, db, LEDGER_SYSTEM, "appeal.third", one->appeal_id, NULL, arena_printf(d->arena, "{\"outcome\":\"%s\"}", db_text(row, 0)));
    }
    const char *next = settle_next_key((enum settle_next)v->next);
    if (err == ERR_NONE)
        err = db_one(db, d->arena, DB_APPEAL_CALL, DB_PARAMS(P_INT(one->blind_id), P_TEXT(next), P_TEXT(v->stage), P_HUNDREDTHS(v->gap)), &row);
    if (err != ERR_NONE || strcmp(db_text(row, 0), "called") != 0)
        return err;
    text_format_hundredths(v->gap, gap);
    return appeal_log(d, db, LEDGER_SYSTEM, "appeal.call", one->appeal_id, NULL,
                      arena_printf(d->arena, "{\"gap\":\"%s\",\"next\":\"%s\",\"stage\":\"%s\"}", gap, next, v->stage));
}

static enum err advance_one(struct appeal_doing *d, struct db *db, struct scripts *s, int64_t blind_id) {
    enum err err = judge(db, s, 0, blind_id);
    for (size_t i = 0; i < s->count && err == ERR_NONE; i++)
        err = call_next(d, db, &s->list[i]);
    return err;
}

static struct scripts *new_scripts(struct arena *arena) {
    struct scripts *s = ARENA_NEW(arena, struct scripts);
    if (s)
        s->arena = arena;
    return s;
}

struct advancing {
    struct appeal_doing doing;
    const int64_t *blind_ids;
    size_t count;
    int64_t open[APPEAL_ADVANCE_MAX];
    size_t open_count;
};

static enum err take_open(void *ctx, const struct db_row *row) {
    struct advancing *a = ctx;
    a->open[a->open_count++] = db_int(row, 0);
    return ERR_NONE;
}

static enum err advance_body(void *ctx, struct db *db) {
    struct advancing *a = ctx;
    a->open_count = 0;
    enum err err = db_many(db, a->doing.arena, DB_APPEAL_OPEN_AMONG, DB_PARAMS(P_INTS(a->blind_ids, a->count)), APPEAL_ADVANCE_MAX, take_open, a);
    struct scripts *s = err == ERR_NONE && a->open_count > 0 ? new_scripts(a->doing.arena) : NULL;
    if (err == ERR_NONE && a->open_count > 0 && !s)
        return ERR_MEMORY;
    for (size_t i = 0; i < a->open_count && err == ERR_NONE; i++)
        err = advance_one(&a->doing, db, s, a->open[i]);
    return err;
}

enum err appeal_advance(struct db *db, struct arena *arena, const int64_t *blind_ids, size_t count, int64_t now_us) {
    struct advancing a = {.doing = {.arena = arena, .now_us = now_us}, .blind_ids = blind_ids, .count = count};
    return count > 0 ? db_transact(db, advance_body, &a) : ERR_NONE;
}

/* ---- words ---- */

struct signing {
    struct appeal_doing doing;
    const struct appeal_signing *asked;
};

static enum err sign_body(void *ctx, struct db *db) {
    struct signing *s = ctx;
    const struct appeal_signing *a = s->asked;
    const struct db_row *row = NULL;
    char value[24] = "";
    enum err err = db_one(db, s->doing.arena, DB_APPEAL_WORD,
                          DB_PARAMS(P_INT(a->code), P_TEXT(a->kind), P_INT(a->staff_id), P_TEXT(a->said),
                                    a->valued ? P_HUNDREDTHS(a->value) : P_NULL, P_TEXT(a->words)),
                          &row);
    if (err == ERR_NONE)
        err = appeal_take(&s->doing, db_text(row, 0));
    if (err != ERR_NONE)
        return err;
    if (a->valued)
        text_format_hundredths(a->value, value);
    const char *details = arena_printf(s->doing.arena, "{\"kind\":\"%s\",\"said\":\"%s\",\"value\":\"%s\"}", a->kind, a->said, value);
    if (!details)
        return ERR_MEMORY;
    int64_t script_id = db_int(row, 1);
    err = ledger_append(db, s->doing.arena,
                        &(struct ledger_event){.actor = LEDGER_STAFF(a->staff_id),
                                               .act = "appeal.word",
                                               .subject_kind = "script",
                                               .subject_id = script_id,
                                               .details = details,
                                               .at_us = s->doing.now_us});
    if (err != ERR_NONE)
        return err;
    struct scripts *scripts = new_scripts(s->doing.arena);
    return scripts ? advance_one(&s->doing, db, scripts, script_id) : ERR_MEMORY;
}

enum err appeal_sign(struct db *db, struct arena *arena, const struct appeal_signing *signing, enum appeal_outcome *ret_outcome) {
    struct signing s = {.doing = {.arena = arena, .now_us = signing->now_us}, .asked = signing};
    enum err err = db_transact(db, sign_body, &s);
    if (err == ERR_NONE)
        *ret_outcome = s.doing.outcome;
    return err;
}

/* ---- the decision ---- */

static const char *derivation(struct arena *arena, const struct script *one) {
    struct buf text CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&text, APPEAL_DERIVATION_MAX);
    json_writer_init(&w, &text);
    json_open_object(&w);
    json_member_hundredths(&w, "before", one->facts.before);
    json_put_key(&w, "marks");
    json_open_array(&w);
    for (size_t i = 0; i < one->facts.mark_count; i++)
        json_put_hundredths(&w, one->facts.marks[i]);
    json_close_array(&w);
    json_member_hundredths(&w, "change", one->verdict.gap);
    json_member_text(&w, "vi", one->verdict.sentence[0]);
    json_member_text(&w, "en", one->verdict.sentence[1]);
    json_close_object(&w);
    return text.failed ? NULL : arena_printf(arena, "%.*s", (int)text.len, text.data);
}

struct proposing {
    struct appeal_doing doing;
    const struct appeal_saying *saying;
    struct scripts *scripts;
    int64_t job_id;
};

/* The proposal with its marks; *ret_trial_id is the list as it would be. */
static enum err record_proposal(struct proposing *p, struct db *db, int64_t *ret_trial_id) {
    const struct appeal_saying *s = p->saying;
    int64_t ids[SCRIPTS_MAX], values[SCRIPTS_MAX];
    const char *whys[SCRIPTS_MAX], *derivations[SCRIPTS_MAX];
    const struct db_row *row = NULL;
    size_t count = p->scripts->count;
    *ret_trial_id = random_id();
    for (size_t i = 0; i < count; i++) {
        const struct script *one = &p->scripts->list[i];
        ids[i] = one->blind_id;
        values[i] = one->verdict.value;
        whys[i] = one->verdict.why;
        derivations[i] = derivation(p->doing.arena, one);
        if (!derivations[i])
            return ERR_MEMORY;
    }
    enum err err = db_one(db, p->doing.arena, DB_APPEAL_PROPOSE,
                          DB_PARAMS(P_INT(s->appeal_id), P_INT(s->staff_id), P_TEXT(s->reason), P_INT(*ret_trial_id), P_INTS(ids, count),
                                    P_INTS(values, count), P_TEXTS(whys, count), P_TEXTS(derivations, count)),
                          &row);
    if (err == ERR_NONE)
        err = appeal_take(&p->doing, db_text(row, 0));
    if (err != ERR_NONE)
        return err;
    return appeal_log(&p->doing, db, LEDGER_STAFF(s->staff_id), "appeal.propose", s->appeal_id, s->reason,
                      arena_printf(p->doing.arena, "{\"proposal\":%lld}", (long long)db_int(row, 1)));
}

static enum err propose_body(void *ctx, struct db *db) {
    struct proposing *p = ctx;
    struct scripts *s = p->scripts;
    int64_t trial_id = 0;
    struct appeal_place place;
    enum err err = judge(db, s, p->saying->appeal_id, 0);
    for (size_t i = 0; i < s->count && err == ERR_NONE; i++)
        if (s->list[i].verdict.next != SETTLE_NEXT_SETTLED) {
            p->doing.outcome = APPEAL_MARKS_MISSING;
            return DB_ROLLBACK;
        }
    if (err == ERR_NONE)
        err = record_proposal(p, db, &trial_id);
    if (err == ERR_NONE)
        err = appeal_place_read(db, p->doing.arena, p->saying->appeal_id, &place);
    if (err != ERR_NONE)
        return err;
    return result_trial_enqueue(db, p->doing.arena,
                                &(struct result_trial_ask){.cycle_id = s->list[0].cycle_id,
                                                           .trial_id = trial_id,
                                                           .pack_version = s->list[0].pack_version,
                                                           .staff_id = p->saying->staff_id,
                                                           .now_us = p->doing.now_us,
                                                           .cycle_code = place.cycle_code,
                                                           .pack_id = s->list[0].pack_id,
                                                           .cause = p->saying->reason},
                                &p->job_id);
}

enum err appeal_propose(struct db *db, struct arena *arena, const struct appeal_saying *saying, enum appeal_outcome *ret_outcome,
                        int64_t *ret_job_id) {
    struct proposing p = {.doing = {.arena = arena, .now_us = saying->now_us}, .saying = saying, .scripts = new_scripts(arena)};
    if (!p.scripts)
        return ERR_MEMORY;
    enum err err = db_transact(db, propose_body, &p);
    if (err == ERR_NONE) {
        *ret_outcome = p.doing.outcome;
        *ret_job_id = p.job_id;
    }
    return err;
}

struct deciding {
    struct appeal_doing doing;
    const struct appeal_saying *saying;
};

static enum err decide_body(void *ctx, struct db *db) {
    struct deciding *d = ctx;
    const struct appeal_saying *s = d->saying;
    const struct db_row *row = NULL;
    char first[TEXT_ID_LEN + 1], second[TEXT_ID_LEN + 1];
    enum err err = db_one(db, d->doing.arena, DB_APPEAL_DECIDE,
                          DB_PARAMS(P_INT(s->appeal_id), P_INT(s->staff_id), P_TEXT(s->yes ? "approved" : "returned"), P_TEXT(s->reason)), &row);
    if (err == ERR_NONE)
        err = appeal_take(&d->doing, db_text(row, 0));
    if (err != ERR_NONE)
        return err;
    text_format_id(db_int(row, 3), first);
    text_format_id(s->staff_id, second);
    return appeal_log(&d->doing, db, LEDGER_STAFF(s->staff_id), s->yes ? "appeal.decide" : "appeal.return", s->appeal_id, s->reason,
                      arena_printf(d->doing.arena, "{\"approver1\":\"staff:%s\",\"approver2\":\"staff:%s\",\"new\":\"%s\",\"old\":\"%s\"}", first, second,
                                   db_text(row, 2), db_text(row, 1)));
}

enum err appeal_decide(struct db *db, struct arena *arena, const struct appeal_saying *saying, enum appeal_outcome *ret_outcome) {
    struct deciding d = {.doing = {.arena = arena, .now_us = saying->now_us}, .saying = saying};
    enum err err = db_transact(db, decide_body, &d);
    if (err == ERR_NONE)
        *ret_outcome = d.doing.outcome;
    return err;
}
