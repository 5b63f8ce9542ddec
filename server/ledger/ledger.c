#include "khoacu/ledger/ledger.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/json/json.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PAYLOAD_MAX 65000
#define LIST_MAX 200

static void format_actor(const struct ledger_actor *actor, char out[32]) {
    static const char *const KINDS[] = {"system", "command", "staff", "candidate"};
    char id[TEXT_ID_LEN + 1];
    text_format_id(actor->id, id);
    bool person = actor->kind == LEDGER_ACTOR_STAFF || actor->kind == LEDGER_ACTOR_CANDIDATE;
    (void)snprintf(out, 32, person ? "%s:%s" : "%s", KINDS[actor->kind], id);
}

static const char *format_subject(struct arena *arena, const struct ledger_event *event) {
    char id[TEXT_ID_LEN + 1];
    if (event->subject_id == 0)
        return event->subject_kind;
    text_format_id(event->subject_id, id);
    return arena_printf(arena, "%s:%s", event->subject_kind, id);
}

/* Writes the payload in canonical form into `payload`. */
static enum err build_payload(struct arena *arena, const struct ledger_event *event, const char *actor,
                              const char *subject, struct buf *payload) {
    struct buf loose CLEANUP(buf_release);
    buf_init(&loose, PAYLOAD_MAX * 2);
    struct json_writer w;
    json_writer_init(&w, &loose);
    json_open_object(&w);
    json_member_int(&w, "v", 1);
    json_member_text(&w, "t", event->act);
    json_member_text(&w, "actor", actor);
    json_member_text(&w, "subject", subject);
    if (event->reason)
        json_member_text(&w, "reason", event->reason);
    json_member_int(&w, "at", event->at_us);
    json_put_key(&w, "d");
    json_put_raw(&w, event->details ? event->details : "{}");
    json_close_object(&w);
    if (loose.failed)
        return ERR_LIMIT;
    const struct json *tree = NULL;
    enum err err = json_read(arena, loose.data, loose.len, &tree, NULL);
    if (err == ERR_NONE && json_kind(json_get(tree, "d")) != JSON_OBJECT)
        err = ERR_SYNTAX;
    if (err == ERR_NONE)
        err = json_canonical(tree, payload);
    return err == ERR_NONE && payload->failed ? ERR_LIMIT : err;
}

enum err ledger_compose(struct arena *arena, const struct ledger_event *event, struct ledger_row *ret_row) {
    char actor[32];
    format_actor(&event->actor, actor);
    struct ledger_row row = {.event_id = random_id(),
                             .actor = arena_strdup(arena, actor),
                             .subject = format_subject(arena, event)};
    if (!row.actor || !row.subject)
        return ERR_MEMORY;
    struct buf payload CLEANUP(buf_release);
    buf_init(&payload, PAYLOAD_MAX);
    enum err err = build_payload(arena, event, row.actor, row.subject, &payload);
    if (err != ERR_NONE)
        return err;
    crypto_sha256(payload.data, payload.len, row.payload_sha256);
    row.payload = arena_strndup(arena, payload.data, payload.len);
    if (!row.payload)
        return ERR_MEMORY;
    *ret_row = row;
    return ERR_NONE;
}

enum err ledger_append(struct db *db, struct arena *arena, const struct ledger_event *event) {
    struct ledger_row row;
    enum err err = ledger_compose(arena, event, &row);
    if (err != ERR_NONE)
        return err;
    return db_run(db, DB_LEDGER_EVENT_INSERT,
                  DB_PARAMS(P_INT(row.event_id), P_TIME(event->at_us), P_TEXT(row.actor), P_TEXT(event->act),
                            P_TEXT(row.subject), P_TEXT(event->reason), P_TEXT(row.payload),
                            P_BYTES(row.payload_sha256, sizeof row.payload_sha256)),
                  NULL);
}

struct listing {
    struct ledger_page *page;
    size_t limit;
};

static enum err take_entry(void *ctx, const struct db_row *row) {
    struct listing *listing = ctx;
    struct ledger_page *page = listing->page;
    if (page->count == listing->limit) {
        page->more = true;
        return ERR_NONE;
    }
    struct ledger_entry *entry = &page->entries[page->count++];
    *entry = (struct ledger_entry){.event_id = db_int(row, 0),
                                   .at_us = db_time(row, 1),
                                   .actor = db_text(row, 2),
                                   .act = db_text(row, 3),
                                   .subject = db_text(row, 4),
                                   .reason = db_text(row, 5),
                                   .payload = db_text(row, 6)};
    size_t len = 0;
    const uint8_t *sha256 = db_bytes(row, 7, &len);
    if (sha256 && len == CRYPTO_SHA256_LEN)
        text_hex(sha256, len, entry->sha256);
    const uint8_t *salt = db_is_null(row, 9) ? NULL : db_bytes(row, 9, &len);
    if (salt && len == CRYPTO_SHA256_LEN) {
        text_hex(salt, len, entry->log_salt);
        entry->log_index = db_int(row, 8);
    }
    page->next = (struct ledger_place){.at_us = entry->at_us, .event_id = entry->event_id};
    return ERR_NONE;
}

enum err ledger_list(struct db *db, struct arena *arena, const struct ledger_filter *filter, struct ledger_place after, size_t limit,
                     struct ledger_page *ret_page) {
    if (limit < 1 || limit > LIST_MAX)
        return ERR_RANGE;
    struct ledger_page page = {.entries = ARENA_ARRAY(arena, limit, struct ledger_entry)};
    if (!page.entries)
        return ERR_MEMORY;
    struct listing listing = {.page = &page, .limit = limit};
    const struct db_row *row = NULL;
    struct db_param which[] = {P_TEXT(filter->actor), P_TEXT(filter->act), P_TIME(filter->from_us), P_TIME(filter->until_us), P_TEXT(filter->subject)};
    size_t which_count = filter->subject ? 5 : 4;
    struct db_param paged[] = {which[0],   which[1], which[2], which[3], P_TIME(after.at_us), P_INT(after.event_id),
                               P_INT((int64_t)limit + 1), which[4]};
    enum err err = db_many(db, arena, filter->subject ? DB_LEDGER_EVENTS_OF_SUBJECT : DB_LEDGER_EVENTS_PAGE, paged, which_count + 3,
                           limit + 1, take_entry, &listing);
    if (err == ERR_NONE)
        err = db_one(db, arena, filter->subject ? DB_LEDGER_EVENTS_OF_SUBJECT_COUNT : DB_LEDGER_EVENTS_COUNT, which, which_count, &row);
    if (err != ERR_NONE)
        return err;
    page.total = db_int(row, 0);
    *ret_page = page;
    return ERR_NONE;
}
