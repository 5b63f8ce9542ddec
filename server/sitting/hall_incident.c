#include "khoacu/sitting/hall.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

bool hall_category_known(const char *key) {
    static const char *const keys[] = {
#define X(name, key) key,
        HALL_CATEGORY_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

struct adding {
    struct arena *arena;
    const struct hall_incident *incident;
    int64_t incident_id;
    enum hall_incident_verdict verdict;
};

static enum err read_verdict(const char *outcome, enum hall_incident_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"recorded", HALL_INCIDENT_RECORDED},
                                           {"corrected", HALL_INCIDENT_CORRECTED},
                                           {"not_yours", HALL_INCIDENT_NOT_YOURS},
                                           {"unknown_sitting", HALL_INCIDENT_SITTING_UNKNOWN},
                                           {"unknown_adjustment", HALL_INCIDENT_ADJUSTMENT_UNKNOWN},
                                           {"unknown_incident", HALL_INCIDENT_UNKNOWN}};
    int meaning = DB_MEANING(WORDS, outcome);
    *ret_verdict = (enum hall_incident_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}

static struct db_param id_or_null(int64_t id) {
    return id != 0 ? P_INT(id) : P_NULL;
}

static enum err add_body(void *ctx, struct db *db) {
    struct adding *adding = ctx;
    const struct hall_incident *incident = adding->incident;
    const struct db_row *row = NULL;
    enum err err = db_one(db, adding->arena, DB_HALL_INCIDENT,
                          DB_PARAMS(P_INT(adding->incident_id), P_INT(incident->room_id), id_or_null(incident->sitting_id), P_TEXT(incident->category),
                                    P_INT(incident->minutes), P_TEXT(incident->words), id_or_null(incident->adjustment_id),
                                    id_or_null(incident->corrects), P_INT(incident->staff_id), P_TIME(incident->now_us)),
                          &row);
    if (err == ERR_NONE)
        err = read_verdict(db_text(row, 0), &adding->verdict);
    if (err != ERR_NONE)
        return err;
    if (adding->verdict != HALL_INCIDENT_RECORDED)
        return DB_ROLLBACK;
    char id[TEXT_ID_LEN + 1], room[TEXT_ID_LEN + 1];
    text_format_id(adding->incident_id, id);
    text_format_id(incident->room_id, room);
    const char *details = arena_printf(adding->arena, "{\"category\":\"%s\",\"incident\":\"%s\",\"minutes\":%lld,\"room\":\"%s\"}", incident->category, id,
                                       (long long)incident->minutes, room);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, adding->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(incident->staff_id),
                                                .act = incident->corrects != 0 ? "hall.incident_correct" : "hall.incident",
                                                .subject_kind = incident->sitting_id != 0 ? "sitting" : "room",
                                                .subject_id = incident->sitting_id != 0 ? incident->sitting_id : incident->room_id,
                                                .reason = incident->words,
                                                .details = details,
                                                .at_us = incident->now_us});
}

enum err hall_incident_add(struct db *db, struct arena *arena, const struct hall_incident *incident, enum hall_incident_verdict *ret_verdict,
                           int64_t *ret_incident_id) {
    struct adding adding = {.arena = arena, .incident = incident, .incident_id = random_id()};
    enum err err = db_transact(db, add_body, &adding);
    if (err == ERR_NONE) {
        *ret_verdict = adding.verdict;
        *ret_incident_id = adding.incident_id;
    }
    return err;
}

static enum err add_entry(void *ctx, const struct db_row *row) {
    struct hall_incidents *list = ctx;
    list->entries[list->count++] = (struct hall_incident_entry){.incident_id = db_int(row, 0),
                                                                .roll_number = db_text(row, 1),
                                                                .seat = db_int(row, 2),
                                                                .category = db_text(row, 3),
                                                                .minutes = db_int(row, 4),
                                                                .words = db_text(row, 5),
                                                                .recorded_by = db_text(row, 6),
                                                                .recorded_us = db_time(row, 7),
                                                                .corrects = db_int(row, 8),
                                                                .corrected = db_bool(row, 9),
                                                                .adjustment_id = db_int(row, 10)};
    return ERR_NONE;
}

enum err hall_incidents_read(struct db *db, struct arena *arena, int64_t room_id, struct hall_incidents *ret_incidents) {
    struct hall_incidents list = {.entries = ARENA_ARRAY(arena, HALL_INCIDENTS_MAX, struct hall_incident_entry)};
    if (!list.entries)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_HALL_INCIDENTS, DB_PARAMS(P_INT(room_id), P_INT(HALL_INCIDENTS_MAX)), HALL_INCIDENTS_MAX, add_entry, &list);
    if (err == ERR_NONE)
        *ret_incidents = list;
    return err;
}
