#include "khoacu/marking/marking.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/ledger/ledger.h"
#include "settlement_db.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SCRIPTS_MAX 2000000

/* ---- reading ---- */

static enum err take_state(void *ctx, const struct db_row *row) {
    struct marking_freeze *freeze = ctx;
    size_t len = 0;
    const uint8_t *sha256 = db_bytes(row, 3, &len);
    freeze->found = true;
    freeze->cycle_id = db_int(row, 0);
    freeze->scripts = db_int(row, 1);
    freeze->missing = db_int(row, 2);
    freeze->frozen = sha256 && len == CRYPTO_SHA256_LEN;
    if (freeze->frozen)
        text_hex(sha256, len, freeze->sha256);
    freeze->frozen_us = db_time(row, 4);
    return ERR_NONE;
}

enum err marking_freeze_read(struct db *db, struct arena *arena, const char *cycle_code, struct marking_freeze *ret_freeze) {
    struct marking_freeze freeze = {0};
    enum err err = db_many(db, arena, DB_MARKING_FREEZE_STATE, DB_PARAMS(P_TEXT(cycle_code)), 1, take_state, &freeze);
    if (err == ERR_NONE)
        *ret_freeze = freeze;
    return err;
}

/* ---- settling again ---- */

struct settled {
    int64_t blind_id, max, step, value, settled_by, since_us, zeroed_by;
    uint8_t source_written, question, final_count, instead_of;
    bool there, by_marks, suspected;
    int status;
    const char *why;
    uint32_t first_final, first_word, word_count;
};
struct again {
    struct settled *scripts;
    struct marking_final *finals;
    struct marking_word *words;
    size_t script_count, final_count, word_count, script_room, final_room, word_room;
    size_t at; /* script that rows of marks or words have come to */
    struct arena *arena;
};

static void *grow(struct arena *arena, void *old, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return old;
    size_t more = *room ? *room * 2 : 1024;
    uint8_t *grown = ARENA_ARRAY(arena, more * size, uint8_t);
    if (grown && count)
        memcpy(grown, old, count * size);
    *room = more;
    return grown;
}

static enum err take_script(void *ctx, const struct db_row *row) {
    struct again *a = ctx;
    a->scripts = grow(a->arena, a->scripts, a->script_count, &a->script_room, sizeof *a->scripts);
    if (!a->scripts)
        return ERR_MEMORY;
    const char *source = db_text(row, 5), *status = db_text(row, 6);
    a->scripts[a->script_count++] = (struct settled){.blind_id = db_int(row, 0),
                                                     .source_written = strcmp(db_text(row, 1), "written") == 0,
                                                     .question = (uint8_t)db_int(row, 2),
                                                     .max = db_hundredths(row, 3),
                                                     .step = db_hundredths(row, 4),
                                                     .there = source != NULL,
                                                     .by_marks = source && strcmp(source, "marks") == 0,
                                                     .status = status ? marking_status_find(status) : -1,
                                                     .value = db_hundredths(row, 7),
                                                     .why = db_text(row, 8),
                                                     .settled_by = db_int(row, 9),
                                                     .instead_of = (uint8_t)db_int(row, 10),
                                                     .suspected = db_bool(row, 11),
                                                     .since_us = db_time(row, 12),
                                                     .zeroed_by = db_int(row, 13)};
    return ERR_NONE;
}

/* The script of a row; rows come in order of scripts. */
static struct settled *script_of(struct again *a, int64_t blind_id) {
    while (a->at < a->script_count && a->scripts[a->at].blind_id < blind_id)
        a->at++;
    return a->at < a->script_count && a->scripts[a->at].blind_id == blind_id ? &a->scripts[a->at] : NULL;
}

static enum err take_final(void *ctx, const struct db_row *row) {
    struct again *a = ctx;
    struct settled *script = script_of(a, db_int(row, 0));
    a->finals = grow(a->arena, a->finals, a->final_count, &a->final_room, sizeof *a->finals);
    if (!script || !a->finals)
        return script ? ERR_MEMORY : ERR_STATE;
    if (script->final_count++ == 0)
        script->first_final = (uint32_t)a->final_count;
    return marking_db_final(row, 1, &a->finals[a->final_count++]);
}

static enum err take_word(void *ctx, const struct db_row *row) {
    struct again *a = ctx;
    struct settled *script = script_of(a, db_int(row, 0));
    a->words = grow(a->arena, a->words, a->word_count, &a->word_room, sizeof *a->words);
    if (!script || !a->words)
        return script ? ERR_MEMORY : ERR_STATE;
    if (script->word_count++ == 0)
        script->first_word = (uint32_t)a->word_count;
    return marking_db_word(row, 1, &a->words[a->word_count++]);
}

static const char *difference(const struct settled *script, const struct marking_verdict *verdict) {
    if (verdict->next != SETTLE_NEXT_SETTLED)
        return "not-settled";
    if (script->status != (int)verdict->status)
        return "status";
    if (verdict->status == MARKING_AWARDED && script->value != verdict->value)
        return "value";
    if (strcmp(script->why, verdict->why) != 0)
        return "why";
    return script->settled_by == verdict->settled_by ? NULL : "by";
}

static enum err check_script(const struct again *a, const struct settled *script, const struct cycle_pack *pack,
                             struct marking_misfit *misfit) {
    static struct marking_final none_final;
    static struct marking_word none_word;
    const char *component = script->source_written ? "written" : "interview";
    struct settle_scheme fallback;
    const struct settle_scheme *scheme = marking_scheme(pack, component, &fallback);
    struct marking_facts facts = {.max = script->max,
                                  .step = script->step,
                                  .pass = script->question == 0 ? marking_pass_line(pack, component, script->max) : 0,
                                  .finals = script->final_count ? a->finals + script->first_final : &none_final,
                                  .final_count = script->final_count,
                                  .words = script->word_count ? a->words + script->first_word : &none_word,
                                  .word_count = script->word_count,
                                  .instead_of = script->instead_of,
                                  .suspected = script->suspected,
                                  .since_us = script->since_us,
                                  .zeroed_by = script->zeroed_by};
    struct marking_verdict verdict;
    struct rank_misfit refused = {0};
    const char *reason = NULL;
    if (!script->there)
        return ERR_NONE; /* the freeze counts it as missing */
    enum err err = marking_settle_judge(scheme, &facts, &verdict, &refused);
    if (err == ERR_RANGE)
        reason = refused.reason;
    else if (err == ERR_NONE)
        reason = difference(script, &verdict);
    else
        return err;
    if (reason) {
        misfit->blind_id = script->blind_id;
        (void)snprintf(misfit->reason, sizeof misfit->reason, "%s", reason);
    }
    return ERR_NONE;
}

enum err marking_freeze_check(struct db *db, struct arena *arena, int64_t cycle_id, const struct cycle_pack *pack,
                              struct marking_misfit *ret_misfit) {
    struct again a = {.arena = arena};
    struct marking_misfit misfit = {0};
    enum err err = db_many(db, arena, DB_MARKING_FREEZE_SCRIPTS, DB_PARAMS(P_INT(cycle_id)), SCRIPTS_MAX, take_script, &a);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_FREEZE_FINALS, DB_PARAMS(P_INT(cycle_id)), (size_t)SCRIPTS_MAX * MARKING_FINALS_MAX, take_final, &a);
    a.at = 0;
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_FREEZE_WORDS, DB_PARAMS(P_INT(cycle_id)), SCRIPTS_MAX, take_word, &a);
    for (size_t i = 0; i < a.script_count && err == ERR_NONE && misfit.blind_id == 0; i++)
        if (a.scripts[i].by_marks)
            err = check_script(&a, &a.scripts[i], pack, &misfit);
    if (err == ERR_NONE)
        *ret_misfit = misfit;
    return err;
}

enum err marking_marks_freeze(struct db *db, struct arena *arena, int64_t staff_id, int64_t cycle_id, const char *cycle_code,
                              const char *reason, int64_t now_us, bool *ret_frozen) {
    const struct db_row *row = NULL;
    char hex[65] = "";
    size_t len = 0;
    enum err err = db_one(db, arena, DB_MARKING_FREEZE, DB_PARAMS(P_INT(cycle_id), P_INT(staff_id)), &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    bool now = strcmp(outcome, "frozen") == 0;
    *ret_frozen = now || strcmp(outcome, "already") == 0;
    if (!now)
        return ERR_NONE;
    const uint8_t *sha256 = db_bytes(row, 3, &len);
    if (sha256 && len == CRYPTO_SHA256_LEN)
        text_hex(sha256, len, hex);
    const char *details = arena_printf(arena, "{\"cycle\":\"%s\",\"scripts\":%lld,\"sha256\":\"%s\"}", cycle_code,
                                       (long long)db_int(row, 2), hex);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(staff_id),
                                                .act = "marking.freeze",
                                                .subject_kind = "cycle",
                                                .subject_id = cycle_id,
                                                .reason = reason,
                                                .details = details,
                                                .at_us = now_us});
}
