#include "khoacu/sitting/minutes.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"
#include "khoacu/ledger/ledger.h"
#include "khoacu/sitting/adjust.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { BODY_MAX = 1900000, CODE_BYTES = 10 };

const char *minutes_kind_key(enum minutes_kind kind) {
    return kind == MINUTES_ATTENDANCE ? "attendance" : "incidents";
}

bool minutes_kind_parse(const char *key, enum minutes_kind *ret_kind) {
    *ret_kind = strcmp(key, "incidents") == 0 ? MINUTES_INCIDENTS : MINUTES_ATTENDANCE;
    return strcmp(key, minutes_kind_key(*ret_kind)) == 0;
}

static void format_code(const char *sha256_hex, char out[MINUTES_CODE_SIZE]) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char text[2 * CODE_BYTES];
    *out = '\0';
    if (!text_unhex(sha256_hex, sha256, sizeof sha256))
        return;
    text_base32(sha256, CODE_BYTES, text);
    (void)snprintf(out, MINUTES_CODE_SIZE, "%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12);
}

/* ---- what is frozen ---- */

static void put_facts(struct json_writer *w, const struct minutes_making *making) {
    const struct hall_room *room = making->room;
    bool english = strcmp(making->lang, "en") == 0;
    json_member_text(w, "authority", english ? room->authority_en : room->authority_vi);
    json_member_text(w, "title", english ? room->title_en : room->title_vi);
    json_member_text(w, "cycle", room->cycle_code);
    json_member_text(w, "shift", room->shift_code);
    json_member_text(w, "room", room->code);
    json_member_time(w, "starts_at", room->starts_us);
    json_member_int(w, "minutes", room->minutes);
    json_member_bool(w, "demonstration", room->demonstration);
    json_member_time(w, "made_at", making->now_us);
    json_member_int(w, "draw", random_id() & 0x7fffffff); /* two of the same second differ */
}

static void put_seats(struct json_writer *w, const struct hall_seats *seats) {
    json_put_key(w, "seats");
    json_open_array(w);
    for (size_t i = 0; i < seats->count; i++) {
        const struct hall_seat *seat = &seats->seats[i];
        json_open_object(w);
        json_member_int(w, "seat", seat->seat);
        json_member_text(w, "roll", seat->roll_number);
        json_member_text(w, "name", seat->full_name);
        json_member_text(w, "state", seat->state);
        json_member_text(w, "check_in", seat->check_in);
        json_member_time(w, "started_at", seat->started_us);
        json_member_time(w, "ended_at", seat->ended_us);
        json_member_int(w, "answered", seat->answered);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_incidents(struct json_writer *w, const struct hall_incidents *incidents) {
    json_put_key(w, "incidents");
    json_open_array(w);
    for (size_t i = incidents->count; i > 0; i--) {
        const struct hall_incident_entry *entry = &incidents->entries[i - 1];
        if (entry->corrected)
            continue;
        json_open_object(w);
        json_member_time(w, "at", entry->recorded_us);
        json_member_int(w, "seat", entry->seat);
        json_member_text(w, "roll", entry->roll_number);
        json_member_text(w, "category", entry->category);
        json_member_int(w, "minutes", entry->minutes);
        json_member_text(w, "words", entry->words);
        json_member_text(w, "by", entry->recorded_by);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_adjustments(struct json_writer *w, const struct adjust_list *list, const char *room) {
    json_put_key(w, "adjustments");
    json_open_array(w);
    for (size_t i = list->count; i > 0; i--) {
        const struct adjust_entry *entry = &list->entries[i - 1];
        if ((entry->room && strcmp(entry->room, room) != 0) || strcmp(entry->state, "applied") != 0)
            continue;
        json_open_object(w);
        json_member_time(w, "at", entry->requested_us);
        json_member_text(w, "kind", entry->kind);
        json_member_text(w, "cause", entry->cause);
        json_member_int(w, "seconds", entry->seconds);
        json_member_text(w, "roll", entry->roll_number);
        json_member_int(w, "sittings", entry->sittings);
        json_member_text(w, "words", entry->reason);
        json_member_text(w, "by", entry->requested_by);
        json_member_text(w, "second", entry->decided_by);
        json_close_object(w);
    }
    json_close_array(w);
}

static enum err freeze(struct db *db, struct arena *arena, const struct minutes_making *making, struct buf *body) {
    struct json_writer w;
    struct hall_seats seats;
    struct hall_incidents incidents;
    struct adjust_list adjustments;
    enum err err = hall_seats_read(db, arena, making->room->room_id, &seats);
    if (err == ERR_NONE)
        err = hall_incidents_read(db, arena, making->room->room_id, &incidents);
    if (err == ERR_NONE)
        err = adjust_list(db, arena, making->room->shift_id, 0, ADJUST_PAGE_MAX, &adjustments);
    if (err != ERR_NONE)
        return err;
    json_writer_init(&w, body);
    json_open_object(&w);
    put_facts(&w, making);
    if (making->kind == MINUTES_ATTENDANCE || seats.count > 0)
        put_seats(&w, &seats);
    if (making->kind == MINUTES_INCIDENTS) {
        put_incidents(&w, &incidents);
        put_adjustments(&w, &adjustments, making->room->code);
    }
    json_close_object(&w);
    return body->failed ? ERR_LIMIT : ERR_NONE;
}

struct making {
    struct arena *arena;
    const struct minutes_making *making;
    int64_t minutes_id;
    bool made;
};

static enum err make_body(void *ctx, struct db *db) {
    struct making *m = ctx;
    const struct minutes_making *making = m->making;
    struct buf body CLEANUP(buf_release);
    const struct db_row *row = NULL;
    buf_init(&body, BODY_MAX);
    enum err err = freeze(db, m->arena, making, &body);
    if (err == ERR_NONE)
        err = db_one(db, m->arena, DB_MINUTES_MAKE,
                     DB_PARAMS(P_INT(m->minutes_id), P_INT(making->room->room_id), P_TEXT(minutes_kind_key(making->kind)), P_TEXT(making->lang),
                               P_TEXT(body.data), P_INT(making->staff_id), P_TIME(making->now_us)),
                     &row);
    if (err != ERR_NONE)
        return err;
    m->made = strcmp(db_text(row, 0), "made") == 0;
    if (!m->made)
        return DB_ROLLBACK;
    char id[TEXT_ID_LEN + 1];
    text_format_id(m->minutes_id, id);
    const char *details = arena_printf(m->arena, "{\"kind\":\"%s\",\"minutes\":\"%s\"}", minutes_kind_key(making->kind), id);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, m->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(making->staff_id), .act = "hall.minutes", .subject_kind = "room",
                                                .subject_id = making->room->room_id, .details = details, .at_us = making->now_us});
}

enum err minutes_make(struct db *db, struct arena *arena, const struct minutes_making *making, bool *ret_made, int64_t *ret_minutes_id) {
    struct making m = {.arena = arena, .making = making, .minutes_id = random_id()};
    enum err err = db_transact(db, make_body, &m);
    if (err == ERR_NONE) {
        *ret_made = m.made;
        *ret_minutes_id = m.minutes_id;
    }
    return err;
}

/* ---- reading ---- */

enum err minutes_read(struct db *db, struct arena *arena, int64_t minutes_id, int64_t staff_id, struct minutes *ret_minutes) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_MINUTES_READ, DB_PARAMS(P_INT(minutes_id), P_INT(staff_id)), &row);
    if (err != ERR_NONE)
        return err;
    *ret_minutes = (struct minutes){.minutes_id = minutes_id, .room_id = db_int(row, 0), .shift_id = db_int(row, 1), .lang = db_text(row, 3),
                                    .body = db_text(row, 4), .made_us = db_time(row, 6), .watches = db_bool(row, 7)};
    format_code(db_text(row, 5), ret_minutes->code);
    for (int i = 0; i < 2; i++) {
        ret_minutes->confirmed[i].name = db_text(row, 8 + 2 * i);
        ret_minutes->confirmed[i].at_us = db_time(row, 9 + 2 * i);
    }
    return minutes_kind_parse(db_text(row, 2), &ret_minutes->kind) ? ERR_NONE : ERR_STATE;
}

enum err minutes_document_read(struct db *db, struct arena *arena, int64_t minutes_id, struct minutes_document *ret_document) {
    const struct db_row *row = NULL;
    size_t signature_len = 0;
    *ret_document = (struct minutes_document){0};
    enum err err = db_one(db, arena, DB_MINUTES_DOCUMENT, DB_PARAMS(P_INT(minutes_id)), &row);
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err != ERR_NONE)
        return err;
    ret_document->pdf = db_bytes(row, 0, &ret_document->pdf_len);
    ret_document->signature = db_bytes(row, 1, &signature_len);
    ret_document->public_key = db_text(row, 2);
    return signature_len == CRYPTO_SIGNATURE_LEN ? ERR_NONE : ERR_STATE;
}

static enum err add_entry(void *ctx, const struct db_row *row) {
    struct minutes_list *list = ctx;
    struct minutes_entry *entry = &list->entries[list->count++];
    *entry = (struct minutes_entry){.minutes_id = db_int(row, 0), .kind = db_text(row, 1), .lang = db_text(row, 2), .made_by = db_text(row, 4),
                                    .made_us = db_time(row, 5), .confirmed_by = {db_text(row, 6), db_text(row, 8)},
                                    .confirmed_us = {db_time(row, 7), db_time(row, 9)}, .sha256 = db_text(row, 10)};
    format_code(db_text(row, 3), entry->code);
    return ERR_NONE;
}

enum err minutes_list(struct db *db, struct arena *arena, int64_t room_id, struct minutes_list *ret_list) {
    struct minutes_list list = {.entries = ARENA_ARRAY(arena, MINUTES_LIST_MAX, struct minutes_entry)};
    if (!list.entries)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_MINUTES_LIST, DB_PARAMS(P_INT(room_id), P_INT(MINUTES_LIST_MAX)), MINUTES_LIST_MAX, add_entry, &list);
    if (err == ERR_NONE)
        *ret_list = list;
    return err;
}

enum err minutes_find(struct db *db, struct arena *arena, const char *code, bool *ret_found, struct minutes_known *ret_known) {
    uint8_t lowest[CRYPTO_SHA256_LEN] = {0}, highest[CRYPTO_SHA256_LEN];
    const struct db_row *row = NULL;
    *ret_found = false;
    if (!text_unbase32(code, lowest, CODE_BYTES))
        return ERR_NONE;
    memset(highest, 0xFF, sizeof highest);
    memcpy(highest, lowest, CODE_BYTES);
    enum err err = db_one(db, arena, DB_MINUTES_CODED, DB_PARAMS(P_BYTES(lowest, sizeof lowest), P_BYTES(highest, sizeof highest)), &row);
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err != ERR_NONE)
        return err;
    *ret_found = true;
    *ret_known = (struct minutes_known){.kind = db_text(row, 0), .room = db_text(row, 1), .shift = db_text(row, 2), .cycle = db_text(row, 3),
                                        .made_us = db_time(row, 4), .signed_us = db_time(row, 5), .sha256 = db_text(row, 6), .replaced = db_bool(row, 7)};
    return ERR_NONE;
}

/* ---- the two persons ---- */

struct confirming {
    struct arena *arena;
    const struct minutes_confirming *by;
    enum minutes_confirm_verdict verdict;
};

static enum err seal(struct db *db, const struct confirming *confirming) {
    const struct minutes_confirming *by = confirming->by;
    struct buf pdf CLEANUP(buf_release), pem CLEANUP(buf_release);
    struct minutes minutes;
    struct crypto_sign_key *key = NULL;
    uint8_t signature[CRYPTO_SIGNATURE_LEN];
    const struct db_row *row = NULL;
    buf_init(&pdf, MINUTES_PDF_MAX);
    buf_init(&pem, 4096);
    enum err err = minutes_read(db, confirming->arena, by->minutes_id, by->staff_id, &minutes);
    if (err == ERR_NONE)
        err = minutes_print(&minutes, by->origin, &pdf);
    if (err == ERR_NONE)
        err = crypto_sign_open(by->sign_key, &key);
    if (err == ERR_NONE)
        err = crypto_sign(key, pdf.data, pdf.len, signature);
    if (err == ERR_NONE)
        err = crypto_sign_public(key, &pem);
    crypto_sign_free(key);
    if (err != ERR_NONE)
        return err;
    err = db_one(db, confirming->arena, DB_MINUTES_SEAL,
                 DB_PARAMS(P_INT(by->minutes_id), P_BYTES(pdf.data, pdf.len), P_BYTES(signature, sizeof signature), P_TEXT(pem.data), P_TIME(by->now_us)), &row);
    return err != ERR_NONE ? err : strcmp(db_text(row, 0), "sealed") == 0 ? ERR_NONE : ERR_STATE;
}

static enum err read_verdict(const char *outcome, enum minutes_confirm_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"first", MINUTES_FIRST},     {"second", MINUTES_SIGNED},      {"same_person", MINUTES_SAME_PERSON},
                                           {"decided", MINUTES_DECIDED}, {"not_yours", MINUTES_NOT_YOURS}, {"unknown", MINUTES_UNKNOWN}};
    int meaning = DB_MEANING(WORDS, outcome);
    *ret_verdict = (enum minutes_confirm_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}

static enum err confirm_body(void *ctx, struct db *db) {
    struct confirming *confirming = ctx;
    const struct minutes_confirming *by = confirming->by;
    const struct db_row *row = NULL;
    enum err err = db_one(db, confirming->arena, DB_MINUTES_CONFIRM, DB_PARAMS(P_INT(by->minutes_id), P_INT(by->staff_id), P_TIME(by->now_us)), &row);
    if (err == ERR_NONE)
        err = read_verdict(db_text(row, 0), &confirming->verdict);
    if (err != ERR_NONE)
        return err;
    if (confirming->verdict != MINUTES_FIRST && confirming->verdict != MINUTES_SIGNED)
        return DB_ROLLBACK;
    if (confirming->verdict == MINUTES_SIGNED)
        err = seal(db, confirming);
    if (err != ERR_NONE)
        return err;
    return ledger_append(db, confirming->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(by->staff_id), .act = "hall.minutes_confirm", .subject_kind = "minutes",
                                                .subject_id = by->minutes_id, .details = confirming->verdict == MINUTES_SIGNED ? "{\"number\":2}" : "{\"number\":1}",
                                                .at_us = by->now_us});
}

enum err minutes_confirm(struct db *db, struct arena *arena, const struct minutes_confirming *by, enum minutes_confirm_verdict *ret_verdict) {
    struct confirming confirming = {.arena = arena, .by = by};
    enum err err = db_transact(db, confirm_body, &confirming);
    if (err == ERR_NONE)
        *ret_verdict = confirming.verdict;
    return err;
}
