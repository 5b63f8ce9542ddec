#include "khoacu/marking/settlement.h"

#include "settlement_db.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PACK_ID_AT 5
#define FACTS_REMARK_AT 8
#define FACTS_PART_AT 11
#define SETTLE_ARENA_MAX ((size_t)16 << 20)

/* A script on its way through the scheme. */
struct script {
    struct db *db;
    struct arena *arena;
    int64_t blind_id, now_us;
    bool settled, undrawn; /* undrawn: a round was asked for, and nobody is left who may mark it */
    struct marking_facts facts;
    const struct settle_scheme *scheme;
    struct settle_scheme fallback;
    struct cycle_pack *pack;
};

static enum err log_script(struct script *s, const char *act, struct ledger_actor actor, const char *details) {
    if (!details)
        return ERR_MEMORY;
    return ledger_append(s->db, s->arena,
                         &(struct ledger_event){.actor = actor,
                                                .act = act,
                                                .subject_kind = "script",
                                                .subject_id = s->blind_id,
                                                .details = details,
                                                .at_us = s->now_us});
}

static enum err read_facts(struct script *s) {
    const struct db_row *row = NULL;
    enum err err = db_one(s->db, s->arena, DB_MARKING_SCRIPT_LOCK, DB_PARAMS(P_INT(s->blind_id)), &row);
    if (err == ERR_NONE)
        err = db_one(s->db, s->arena, DB_MARKING_SCRIPT_FACTS, DB_PARAMS(P_INT(s->blind_id)), &row);
    if (err != ERR_NONE)
        return err;
    const char *component = db_text(row, 1);
    s->facts.max = db_hundredths(row, 3);
    s->facts.part = db_hundredths(row, FACTS_PART_AT);
    s->facts.step = db_hundredths(row, 4);
    s->settled = db_bool(row, 7);
    if (s->settled)
        return ERR_NONE;
    s->pack = ARENA_NEW(s->arena, struct cycle_pack);
    if (!s->pack)
        return ERR_MEMORY;
    err = cycle_pack_load(s->db, s->arena, db_text(row, PACK_ID_AT), db_int(row, PACK_ID_AT + 1), s->pack);
    if (err != ERR_NONE)
        return err;
    s->facts.instead_of = (uint8_t)db_int(row, FACTS_REMARK_AT);
    s->facts.suspected = db_bool(row, FACTS_REMARK_AT + 1);
    s->facts.since_us = db_time(row, FACTS_REMARK_AT + 2);
    s->scheme = marking_scheme(s->pack, component, &s->fallback);
    s->facts.pass = db_int(row, 2) == 0 ? marking_pass_line(s->pack, component, s->facts.max) : 0;
    return marking_db_facts(s->db, s->arena, s->blind_id, &s->facts);
}

static bool has_final(const struct script *s, int marking_round) {
    for (size_t i = 0; i < s->facts.final_count; i++)
        if (s->facts.finals[i].marking_round == marking_round)
            return true;
    return false;
}

/* Rounds that the scheme asks for; who is drawn learns it from his own list. For a sign it is whichever are left of 3 to 5. */
static enum err open_rounds(struct script *s, const struct marking_verdict *verdict) {
    bool sign = strcmp(verdict->stage, MARKING_STAGE_SIGN) == 0, pair = !sign && marking_wants_pair(s->scheme, verdict);
    int last = sign || pair ? 5 : 3;
    uint8_t wanted = sign ? verdict->wanted : 5;
    enum err err = ERR_NONE;
    for (int at = pair ? 4 : 3; at <= last && wanted > 0 && err == ERR_NONE; at++) {
        const struct db_row *row = NULL;
        if (has_final(s, at))
            continue;
        wanted--;
        err = db_one(s->db, s->arena, DB_MARKING_ROUND_OPEN, DB_PARAMS(P_INT(s->blind_id), P_INT(at)), &row);
        if (err != ERR_NONE || strcmp(db_text(row, 0), "open") == 0)
            continue;
        s->undrawn = s->undrawn || strcmp(db_text(row, 0), "drawn") != 0;
        err = log_script(s, "marking.assign", LEDGER_SYSTEM,
                         arena_printf(s->arena, "{\"round\":%d,\"outcome\":\"%s\"}", at, db_text(row, 0)));
    }
    return err;
}

static enum err call(struct script *s, const struct marking_verdict *verdict) {
    const struct db_row *row = NULL;
    const char *next = settle_next_key((enum settle_next)verdict->next);
    enum err err = db_one(s->db, s->arena, DB_MARKING_CALL,
                          DB_PARAMS(P_INT(s->blind_id), P_TEXT(next), P_TEXT(verdict->stage), P_INT(verdict->tier),
                                    P_HUNDREDTHS(verdict->gap)),
                          &row);
    if (err == ERR_NONE && strcmp(db_text(row, 0), "called") == 0) {
        char gap[24];
        text_format_hundredths(verdict->gap, gap);
        err = log_script(s, "marking.call", LEDGER_SYSTEM,
                         arena_printf(s->arena, "{\"next\":\"%s\",\"stage\":\"%s\",\"tier\":%d,\"gap\":\"%s\"}", next,
                                      verdict->stage, verdict->tier, gap));
    }
    if (err == ERR_NONE && verdict->next == SETTLE_NEXT_MARKS && strcmp(verdict->stage, MARKING_STAGE_REMARK) != 0)
        err = open_rounds(s, verdict);
    return err;
}

/* A round was opened before a mark was given anew, and the scheme would not ask for it now: it is waited for all the same. */
static enum err wait_for_open(struct script *s, const struct marking_verdict *verdict) {
    struct marking_verdict waiting = *verdict;
    waiting.next = SETTLE_NEXT_MARKS;
    waiting.stage = MARKING_STAGE_REMARK;
    return call(s, &waiting);
}

/* The final marks that were settled, by round, as JSON. */
static const char *marks_text(const struct script *s) {
    const char *text = "";
    for (size_t i = 0; i < s->facts.final_count && text; i++) {
        const struct marking_final *final = &s->facts.finals[i];
        char value[24] = "";
        if (final->status == MARKING_AWARDED)
            text_format_hundredths(final->value, value);
        text = arena_printf(s->arena, "%s%s{\"round\":%d,\"status\":\"%s\",\"value\":\"%s\"}", text, i ? "," : "", final->marking_round,
                            marking_status_key(final->status), value);
    }
    return text;
}

static enum err settle(struct script *s, const struct marking_verdict *verdict) {
    const struct db_row *row = NULL;
    char value[24] = "";
    bool awarded = verdict->status == MARKING_AWARDED;
    const char *derivation = marking_derivation(s->arena, &s->facts, verdict), *marks = marks_text(s);
    if (!derivation || !marks)
        return ERR_MEMORY;
    enum err err = db_one(s->db, s->arena, DB_MARKING_SETTLE,
                          DB_PARAMS(P_INT(s->blind_id), P_TEXT(marking_status_key(verdict->status)),
                                    awarded ? P_HUNDREDTHS(verdict->value) : P_NULL, P_TEXT(verdict->why),
                                    P_TEXT(derivation), verdict->settled_by ? P_INT(verdict->settled_by) : P_NULL),
                          &row);
    if (err != ERR_NONE)
        return err;
    if (strcmp(db_text(row, 0), "marks_missing") == 0 && s->facts.instead_of)
        return wait_for_open(s, verdict);
    if (strcmp(db_text(row, 0), "kept") != 0)
        return ERR_STATE; /* the schema and the scheme see the same marks */
    if (awarded)
        text_format_hundredths(verdict->value, value);
    return log_script(s, "marking.settle", verdict->settled_by ? LEDGER_STAFF(verdict->settled_by) : LEDGER_SYSTEM,
                      arena_printf(s->arena, "{\"marks\":[%s],\"status\":\"%s\",\"value\":\"%s\",\"why\":\"%s\"}", marks,
                                   marking_status_key(verdict->status), value, verdict->why));
}

static enum err settle_script(struct script *s) {
    struct marking_verdict verdict;
    struct rank_misfit misfit = {0};
    enum err err = read_facts(s);
    if (err != ERR_NONE || s->settled || s->facts.final_count == 0)
        return err;
    err = marking_settle_judge(s->scheme, &s->facts, &verdict, &misfit);
    if (err == ERR_RANGE) /* words or marks that nobody asked for: the freeze names the script */
        return log_script(s, "marking.misfit", LEDGER_SYSTEM,
                          arena_printf(s->arena, "{\"path\":\"%s\",\"reason\":\"%s\"}", misfit.path, misfit.reason));
    if (err != ERR_NONE)
        return err;
    if (verdict.next == SETTLE_NEXT_SETTLED)
        return settle(s, &verdict);
    return verdict.stage ? call(s, &verdict) : ERR_NONE; /* without a stage the first marks are still to come */
}

enum err marking_script_settle(struct db *db, int64_t blind_id, int64_t now_us) {
    struct arena arena CLEANUP(arena_release); /* a request may settle two hundred scripts */
    struct script s = {.db = db, .arena = &arena, .blind_id = blind_id, .now_us = now_us};
    arena_init(&arena, SETTLE_ARENA_MAX);
    return settle_script(&s);
}

enum err marking_script_resume(struct db *db, int64_t blind_id, int64_t now_us, const char **ret_outcome) {
    struct arena arena CLEANUP(arena_release);
    struct script s = {.db = db, .arena = &arena, .blind_id = blind_id, .now_us = now_us};
    arena_init(&arena, SETTLE_ARENA_MAX);
    enum err err = settle_script(&s);
    if (err == ERR_NONE)
        *ret_outcome = s.facts.suspected && s.scheme->suspect_marks == 0 ? "no_rule" : s.undrawn ? "nobody" : "kept";
    return err;
}

enum err marking_remark_begin(struct db *db, int64_t blind_id, int64_t now_us) {
    struct arena arena CLEANUP(arena_release);
    struct script s = {.db = db, .arena = &arena, .blind_id = blind_id, .now_us = now_us};
    arena_init(&arena, SETTLE_ARENA_MAX);
    enum err err = log_script(&s, "marking.assign", LEDGER_SYSTEM,
                              arena_printf(&arena, "{\"round\":%d,\"outcome\":\"drawn\"}", MARKING_ROUND_REMARK));
    return err == ERR_NONE ? marking_script_settle(db, blind_id, now_us) : err;
}

/* ---- words ---- */

struct saying {
    struct arena *arena;
    int64_t blind_id, now_us;
    const struct marking_word *word;
    enum marking_word_verdict verdict;
};

static enum marking_word_verdict word_verdict(const char *outcome) {
    static const char *const OUTCOMES[] = {"taken", "not_asked", "not_yours", "marked", "signed", "settled", "frozen", "off_scale", "off_step"};
    for (int i = 0; i < (int)(sizeof OUTCOMES / sizeof *OUTCOMES); i++)
        if (strcmp(OUTCOMES[i], outcome) == 0)
            return (enum marking_word_verdict)i;
    return MARKING_WORD_NOT_YOURS;
}

static enum err word_body(void *ctx, struct db *db) {
    struct saying *p = ctx;
    const struct marking_word *w = p->word;
    bool decided = w->said == MARKING_SAID_AGREED || w->said == MARKING_SAID_DECIDED;
    bool valued = decided && w->status == MARKING_AWARDED;
    const struct db_row *row = NULL;
    enum err err = db_one(db, p->arena, DB_MARKING_WORD,
                          DB_PARAMS(P_INT(p->blind_id), P_TEXT(marking_word_kind_key(w->kind)), P_INT(w->staff_id),
                                    P_TEXT(marking_said_key(w->said)), P_TEXT(decided ? marking_status_key(w->status) : NULL),
                                    valued ? P_HUNDREDTHS(w->value) : P_NULL, P_TEXT(w->words)),
                          &row);
    if (err != ERR_NONE)
        return err;
    p->verdict = word_verdict(db_text(row, 0));
    if (p->verdict != MARKING_WORD_TAKEN)
        return DB_ROLLBACK;
    char value[24] = "";
    if (valued)
        text_format_hundredths(w->value, value);
    const char *details = arena_printf(p->arena, "{\"kind\":\"%s\",\"said\":\"%s\",\"status\":\"%s\",\"value\":\"%s\"}",
                                       marking_word_kind_key(w->kind), marking_said_key(w->said),
                                       decided ? marking_status_key(w->status) : "", value);
    if (!details)
        return ERR_MEMORY;
    err = ledger_append(db, p->arena,
                        &(struct ledger_event){.actor = LEDGER_STAFF(w->staff_id),
                                               .act = "marking.word",
                                               .subject_kind = "script",
                                               .subject_id = p->blind_id,
                                               .reason = w->kind == MARKING_WORD_DIALOGUE ? NULL : w->words,
                                               .details = details,
                                               .at_us = p->now_us});
    return err == ERR_NONE ? marking_script_settle(db, p->blind_id, p->now_us) : err;
}

enum err marking_word_put(struct db *db, struct arena *arena, int64_t blind_id, const struct marking_word *word,
                          int64_t now_us, enum marking_word_verdict *ret_verdict) {
    struct saying p = {.arena = arena, .blind_id = blind_id, .now_us = now_us, .word = word};
    enum err err = db_transact(db, word_body, &p);
    if (err == ERR_NONE)
        *ret_verdict = p.verdict;
    return err;
}
