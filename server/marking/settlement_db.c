#include "settlement_db.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/json/json.h"

#include "khoacu/base/banned.h"

struct reading {
    struct marking_final *finals;
    struct marking_word *words;
    size_t final_count, word_count;
};

enum err marking_db_final(const struct db_row *row, int column, struct marking_final *ret_final) {
    int status = marking_status_find(db_text(row, column + 2));
    if (status < 0)
        return ERR_STATE;
    *ret_final = (struct marking_final){.marking_round = (uint8_t)db_int(row, column),
                                        .marker_id = db_int(row, column + 1),
                                        .status = (enum marking_status)status,
                                        .value = db_hundredths(row, column + 3)};
    return ERR_NONE;
}

enum err marking_db_word(const struct db_row *row, int column, struct marking_word *ret_word) {
    int kind = marking_word_kind_find(db_text(row, column)), said = marking_said_find(db_text(row, column + 1));
    const char *key = db_text(row, column + 3);
    int status = key ? marking_status_find(key) : MARKING_AWARDED;
    if (kind < 0 || said < 0 || status < 0)
        return ERR_STATE;
    *ret_word = (struct marking_word){.kind = (enum marking_word_kind)kind,
                                      .said = (enum marking_said)said,
                                      .staff_id = db_int(row, column + 2),
                                      .status = (enum marking_status)status,
                                      .value = db_hundredths(row, column + 4),
                                      .words = db_text(row, column + 5),
                                      .said_us = db_time(row, column + 6)};
    return ERR_NONE;
}

static enum err take_final(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    return marking_db_final(row, 0, &r->finals[r->final_count++]);
}

static enum err take_word(void *ctx, const struct db_row *row) {
    struct reading *r = ctx;
    return marking_db_word(row, 0, &r->words[r->word_count++]);
}

enum err marking_db_facts(struct db *db, struct arena *arena, int64_t blind_id, struct marking_facts *ret_facts) {
    struct reading r = {.finals = ARENA_ARRAY(arena, MARKING_FINALS_MAX, struct marking_final),
                        .words = ARENA_ARRAY(arena, MARKING_WORDS_MAX, struct marking_word)};
    if (arena->failed)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_MARKING_SCRIPT_FINALS, DB_PARAMS(P_INT(blind_id)), MARKING_FINALS_MAX, take_final, &r);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_MARKING_SCRIPT_WORDS, DB_PARAMS(P_INT(blind_id)), MARKING_WORDS_MAX, take_word, &r);
    if (err != ERR_NONE)
        return err;
    ret_facts->finals = r.finals;
    ret_facts->final_count = r.final_count;
    ret_facts->words = r.words;
    ret_facts->word_count = r.word_count;
    return ERR_NONE;
}

const char *marking_derivation(struct arena *arena, const struct marking_facts *facts, const struct marking_verdict *verdict) {
    struct buf text CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&text, 16000);
    json_writer_init(&w, &text);
    json_open_object(&w);
    json_member_hundredths(&w, "gap", verdict->gap);
    if (facts->instead_of)
        json_member_int(&w, "instead_of", facts->instead_of);
    json_put_key(&w, "marks");
    json_open_array(&w);
    for (size_t i = 0; i < facts->final_count; i++) {
        json_open_object(&w);
        json_member_int(&w, "round", facts->finals[i].marking_round);
        json_member_text(&w, "status", marking_status_key(facts->finals[i].status));
        if (facts->finals[i].status == MARKING_AWARDED)
            json_member_hundredths(&w, "value", facts->finals[i].value);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_member_text(&w, "stage", verdict->stage);
    json_member_int(&w, "tier", verdict->tier);
    json_close_object(&w);
    return text.failed ? NULL : arena_printf(arena, "%.*s", (int)text.len, text.data);
}
