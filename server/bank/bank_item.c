#include "bank_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/cycle/cycle.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { VERSIONS_MAX = 500, NOTES_MAX = 2000 };
#define ROW_MAX ((size_t)8 << 20)

/* ---- making and saving ---- */

struct saving {
    const struct bank_desk *desk;
    const char *bank, *code, *reason;
    int64_t item_id, base_version;
    const struct bank_meta *meta;
    const struct bank_text *text;
    enum bank_item_verdict verdict;
    struct bank_item_saved saved;
};

static enum err refuse(struct saving *saving, enum bank_item_verdict verdict) {
    saving->verdict = verdict;
    return DB_ROLLBACK;
}

static enum err write_one(struct saving *saving, struct db *db, int64_t bank_id) {
    const struct bank_desk *desk = saving->desk;
    struct buf rows CLEANUP(buf_release);
    uint8_t fingerprint[CRYPTO_SHA256_LEN], external[CRYPTO_SHA256_LEN];
    const char *external_id = saving->text->external_id;
    const struct db_row *row = NULL;
    int64_t generation = 0;
    const char *absent = NULL;
    struct bank_write write = {.item_id = saving->saved.item_id, .version = saving->saved.version, .code = saving->saved.code,
                               .fingerprint = fingerprint, .meta = saving->meta, .text = saving->text, .reason = saving->reason};
    buf_init(&rows, ROW_MAX);
    buf_addc(&rows, '[');
    enum err err = bank_media_adopt(desk, bank_id, saving->text->media, saving->text->media_count, &absent);
    if (err == ERR_NONE && absent)
        return refuse(saving, BANK_ITEM_MEDIA);
    if (err == ERR_NONE)
        err = bank_text_fingerprint(desk, bank_id, saving->meta, saving->text, fingerprint);
    if (err == ERR_NONE && external_id && external_id[0]) {
        err = bank_fingerprint(desk->vault, db, bank_id, external_id, strlen(external_id), external);
        write.external = external;
    }
    if (err == ERR_NONE)
        err = bank_write_row(desk, bank_id, &write, &rows, &generation);
    buf_addc(&rows, ']');
    if (err == ERR_NONE && rows.failed)
        err = ERR_LIMIT;
    if (err == ERR_NONE)
        err = db_one(db, desk->arena, DB_BANK_ITEMS_WRITE,
                     DB_PARAMS(P_INT(bank_id), P_INT(desk->staff_id), P_TIME(desk->now_us), P_INT(generation), P_TEXT(rows.data),
                               P_INT(BANK_ITEMS_MAX)),
                     &row);
    if (err != ERR_NONE)
        return err;
    const char *outcome = db_text(row, 0);
    if (strcmp(outcome, "done") == 0)
        return ERR_NONE;
    return refuse(saving, strcmp(outcome, "taken") == 0     ? BANK_ITEM_CODE_TAKEN
                          : strcmp(outcome, "full") == 0    ? BANK_ITEM_FULL
                          : strcmp(outcome, "retired") == 0 ? BANK_ITEM_RETIRED
                                                            : BANK_ITEM_STALE);
}

static enum err number_code(struct saving *saving, struct db *db, int64_t bank_id) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, saving->desk->arena, DB_BANK_NUMBER_NEXT, DB_PARAMS(P_INT(bank_id), P_INT(1)), &row);
    if (err != ERR_NONE)
        return err;
    saving->saved.code = arena_printf(saving->desk->arena, "Q-%05lld", (long long)db_int(row, 0));
    return saving->saved.code ? ERR_NONE : ERR_MEMORY;
}

static enum err make_body(void *ctx, struct db *db) {
    struct saving *saving = ctx;
    const struct bank_desk *desk = saving->desk;
    const struct db_row *row = NULL;
    int64_t bank_id = 0;
    enum err err = bank_find(db, desk->arena, saving->bank, &bank_id);
    if (err == ERR_NONE && bank_id)
        err = db_one(db, desk->arena, DB_BANK_RIGHTS, DB_PARAMS(P_INT(desk->staff_id), P_INT(bank_id), P_TEXT(saving->meta->topic)), &row);
    if (err != ERR_NONE)
        return err;
    struct bank_scope scope;
    err = bank_scope_read(desk, &scope);
    if (err != ERR_NONE)
        return err;
    bool seen = false;
    for (size_t i = 0; i < scope.count; i++)
        seen |= scope.rows[i].bank_id == bank_id;
    if (!bank_id || !seen)
        return refuse(saving, BANK_ITEM_UNKNOWN);
    if (!(db_int(row, 0) & (BANK_RIGHT_AUTHOR | BANK_RIGHT_OWNER)))
        return refuse(saving, BANK_ITEM_FORBIDDEN);
    saving->saved = (struct bank_item_saved){.item_id = random_id(), .version = 1, .code = saving->code};
    bool numbered = !saving->code;
    do { /* a number may be taken by an imported code */
        err = numbered ? number_code(saving, db, bank_id) : ERR_NONE;
        saving->verdict = BANK_ITEM_DONE;
        if (err == ERR_NONE)
            err = write_one(saving, db, bank_id);
    } while (numbered && err == DB_ROLLBACK && saving->verdict == BANK_ITEM_CODE_TAKEN &&
             !(saving->text->external_id && saving->text->external_id[0]));
    if (err != ERR_NONE)
        return err;
    return bank_event(desk, db, "bank.item_make", "item", saving->saved.item_id,
                      arena_printf(desk->arena, "{\"code\":\"%s\"}", saving->saved.code));
}

enum err bank_item_make(const struct bank_desk *desk, const char *bank, const char *code, const struct bank_meta *meta,
                        const struct bank_text *text, const char *reason, enum bank_item_verdict *ret_verdict,
                        struct bank_item_saved *ret_saved) {
    assert(bank_meta_valid(meta) && (!code || cycle_code_valid(code)));
    struct saving saving = {.desk = desk, .bank = bank, .code = code, .reason = reason, .meta = meta, .text = text};
    enum err err = db_transact(desk->db, make_body, &saving);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = saving.verdict;
    *ret_saved = saving.saved;
    return ERR_NONE;
}

static enum err save_body(void *ctx, struct db *db) {
    struct saving *saving = ctx;
    const struct bank_desk *desk = saving->desk;
    const struct db_row *row = NULL, *next = NULL;
    enum bank_state state;
    enum err err = db_one(db, desk->arena, DB_BANK_ITEM_PLACE, DB_PARAMS(P_INT(saving->item_id), P_INT(desk->staff_id)), &row);
    if (err == ERR_DB_NO_ROW)
        return refuse(saving, BANK_ITEM_UNKNOWN);
    if (err != ERR_NONE)
        return err;
    int64_t bank_id = db_int(row, 0), rights = db_int(row, 4);
    err = db_one(db, desk->arena, DB_BANK_RIGHTS, DB_PARAMS(P_INT(desk->staff_id), P_INT(bank_id), P_TEXT(saving->meta->topic)), &next);
    if (err != ERR_NONE)
        return err;
    if (!bank_state_parse(db_text(row, 3), &state))
        return ERR_STATE;
    const int64_t writing = BANK_RIGHT_AUTHOR | BANK_RIGHT_OWNER;
    saving->saved = (struct bank_item_saved){.item_id = saving->item_id, .version = db_int(row, 2), .code = db_text(row, 6)};
    if (rights == 0)
        return refuse(saving, BANK_ITEM_UNKNOWN);
    if (!(rights & writing) || !(db_int(next, 0) & writing))
        return refuse(saving, BANK_ITEM_FORBIDDEN);
    if (state == BANK_RETIRED)
        return refuse(saving, BANK_ITEM_RETIRED);
    if (saving->saved.version != saving->base_version)
        return refuse(saving, BANK_ITEM_STALE);
    saving->verdict = BANK_ITEM_DONE;
    saving->saved.version++;
    err = write_one(saving, db, bank_id);
    if (err != ERR_NONE)
        return err;
    return bank_event(desk, db, "bank.item_save", "item", saving->item_id,
                      arena_printf(desk->arena, "{\"version\":%lld}", (long long)saving->saved.version));
}

enum err bank_item_save(const struct bank_desk *desk, int64_t item_id, int64_t base_version, const struct bank_meta *meta,
                        const struct bank_text *text, const char *reason, enum bank_item_verdict *ret_verdict,
                        struct bank_item_saved *ret_saved) {
    assert(bank_meta_valid(meta));
    struct saving saving = {.desk = desk, .reason = reason, .item_id = item_id, .base_version = base_version, .meta = meta, .text = text};
    enum err err = db_transact(desk->db, save_body, &saving);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = saving.verdict;
    *ret_saved = saving.saved;
    return ERR_NONE;
}

/* ---- reading ---- */

struct reading {
    const struct bank_desk *desk;
    struct bank_document *document;
};

static enum err take_version(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    struct bank_document *document = reading->document;
    const struct bank_desk *desk = reading->desk;
    struct bank_version *version = &document->versions[document->version_count++];
    *version = (struct bank_version){
        .version = db_int(row, 0), .created_at_us = db_time(row, 1), .staff_id = db_int(row, 2), .author = db_text(row, 3)};
    struct bank_sealed sealed = bank_sealed_at(row, 4, 5);
    struct bank_extra extra;
    enum err err = bank_extra_open(desk->db, desk->vault, desk->arena, document->item.bank_id, document->item.item_id, version->version,
                                   &sealed, &extra);
    if (err == ERR_NONE)
        version->reason = extra.reason;
    return err;
}

static enum err take_comment(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    struct bank_document *document = reading->document;
    struct bank_comment *comment = &document->comments[document->comment_count++];
    int64_t bank_id = document->item.bank_id, item_id = document->item.item_id;
    *comment = (struct bank_comment){.number = db_int(row, 0),
                                     .version = db_int(row, 1),
                                     .at_us = db_time(row, 2),
                                     .staff_id = db_int(row, 3),
                                     .author = db_text(row, 4),
                                     .answerer = db_text(row, 9),
                                     .answered_at_us = db_time(row, 10)};
    enum err err = bank_note_open(reading->desk, bank_id, item_id, comment->number, "comment", row, 5, &comment->text);
    if (err == ERR_NONE)
        err = bank_note_open(reading->desk, bank_id, item_id, comment->number, "answer", row, 7, &comment->answer);
    return err;
}

static enum err take_review(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    struct bank_document *document = reading->document;
    struct bank_review *review = &document->reviews[document->review_count++];
    *review = (struct bank_review){.review_id = db_int(row, 0),
                                   .version = db_int(row, 1),
                                   .at_us = db_time(row, 2),
                                   .staff_id = db_int(row, 3),
                                   .reviewer = db_text(row, 4),
                                   .verdict = db_text(row, 5)};
    return bank_note_open(reading->desk, document->item.bank_id, document->item.item_id, review->review_id, "reason", row, 6,
                          &review->reason);
}

static enum err take_passage(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    struct bank_document *document = reading->document;
    struct bank_passage *passage = &document->passages[document->passage_count++];
    *passage = (struct bank_passage){.from = db_text(row, 1),
                                     .to = db_text(row, 2),
                                     .staff = db_text(row, 3),
                                     .version = db_int(row, 4),
                                     .at_us = db_time(row, 5)};
    return bank_note_open(reading->desk, document->item.bank_id, document->item.item_id, db_int(row, 0), "reason", row, 6,
                          &passage->reason);
}

static void say_what_may_be_done(struct bank_document *document, bool comments_open) {
    unsigned rights = document->item.rights;
    enum bank_state state = document->item.state;
    bool own = document->item.own, writes = (rights & (BANK_RIGHT_AUTHOR | BANK_RIGHT_OWNER)) != 0;
    bool manages = (rights & (BANK_RIGHT_REVIEWER | BANK_RIGHT_OWNER)) != 0;
    document->may_edit = writes && state != BANK_RETIRED;
    document->may_submit = writes && state == BANK_DRAFT;
    document->may_withdraw = state == BANK_IN_REVIEW && (own || (rights & BANK_RIGHT_OWNER)) && writes;
    document->may_review = (rights & BANK_RIGHT_REVIEWER) && !own && state == BANK_IN_REVIEW;
    document->may_publish = manages && !own && state == BANK_APPROVED;
    document->may_retire = manages && state != BANK_RETIRED;
    document->may_restore = manages && state == BANK_RETIRED;
    document->may_comment = true;
    document->comments_open = comments_open;
}

static enum err open_text(const struct bank_desk *desk, const struct db_row *row, struct bank_document *document) {
    const struct bank_item *item = &document->item;
    struct bank_text *text = &document->text;
    struct bank_label label = {.part = "content", .bank_id = item->bank_id, .id = item->item_id, .number = document->version};
    struct bank_sealed content = bank_sealed_at(row, BANK_ITEM_COLUMN_TEXT, BANK_ITEM_COLUMN_TEXT + 1);
    struct bank_sealed extra = bank_sealed_at(row, BANK_ITEM_COLUMN_TEXT, BANK_ITEM_COLUMN_TEXT + 2);
    struct bank_sealed key = bank_sealed_at(row, BANK_ITEM_COLUMN_TEXT + 5, BANK_ITEM_COLUMN_TEXT + 6);
    struct bank_extra words;
    enum err err = bank_unseal(desk->vault, desk->db, desk->arena, &label, &content, &text->content, &text->content_len);
    label.part = "key";
    if (err == ERR_NONE)
        err = bank_unseal(desk->vault, desk->db, desk->arena, &label, &key, &text->key, &text->key_len);
    if (err == ERR_NONE)
        err = bank_extra_open(desk->db, desk->vault, desk->arena, item->bank_id, item->item_id, document->version, &extra, &words);
    if (err == ERR_NONE) {
        text->source = words.source;
        text->external_id = words.external_id;
    }
    return err;
}

static enum err read_notes(const struct bank_desk *desk, struct bank_document *document) {
    struct reading reading = {.desk = desk, .document = document};
    const struct db_param id = P_INT(document->item.item_id);
    document->versions = ARENA_ARRAY(desk->arena, VERSIONS_MAX, struct bank_version);
    document->comments = ARENA_ARRAY(desk->arena, NOTES_MAX, struct bank_comment);
    document->reviews = ARENA_ARRAY(desk->arena, NOTES_MAX, struct bank_review);
    document->passages = ARENA_ARRAY(desk->arena, NOTES_MAX, struct bank_passage);
    if (desk->arena->failed)
        return ERR_MEMORY;
    enum err err = db_many(desk->db, desk->arena, DB_BANK_VERSIONS, DB_PARAMS(id, P_INT(VERSIONS_MAX)), VERSIONS_MAX, take_version, &reading);
    if (err == ERR_NONE)
        err = db_many(desk->db, desk->arena, DB_BANK_COMMENTS, DB_PARAMS(id, P_INT(NOTES_MAX)), NOTES_MAX, take_comment, &reading);
    if (err == ERR_NONE)
        err = db_many(desk->db, desk->arena, DB_BANK_REVIEWS, DB_PARAMS(id, P_INT(NOTES_MAX)), NOTES_MAX, take_review, &reading);
    if (err == ERR_NONE)
        err = db_many(desk->db, desk->arena, DB_BANK_PASSAGES, DB_PARAMS(id, P_INT(NOTES_MAX)), NOTES_MAX, take_passage, &reading);
    return err;
}

enum err bank_item_read(const struct bank_desk *desk, int64_t item_id, int64_t version, enum bank_purpose purpose,
                        struct bank_document **ret_document) {
    const struct db_row *row = NULL;
    enum err err =
        db_one(desk->db, desk->arena, DB_BANK_ITEM, DB_PARAMS(P_INT(item_id), P_INT(version), P_INT(desk->staff_id)), &row);
    if (err == ERR_DB_NO_ROW || (err == ERR_NONE && db_int(row, BANK_ITEM_COLUMN_TEXT + 4) == 0)) {
        *ret_document = NULL;
        return ERR_NONE;
    }
    struct bank_document *document = ARENA_NEW(desk->arena, struct bank_document);
    if (err != ERR_NONE || !document)
        return err != ERR_NONE ? err : ERR_MEMORY;
    if (!bank_take_item(row, &document->item))
        return ERR_STATE;
    document->version = db_int(row, BANK_ITEM_COLUMN_TEXT + 3);
    document->item.rights = (unsigned)db_int(row, BANK_ITEM_COLUMN_TEXT + 4);
    for (size_t i = 0; i < document->item.author_count; i++)
        document->item.own |= document->item.authors[i] == desk->staff_id;
    say_what_may_be_done(document, db_bool(row, BANK_ITEM_COLUMN_TEXT + 7));
    err = bank_access_note(desk, purpose, &item_id, &document->version, 1); /* before anything is opened */
    if (err == ERR_NONE)
        err = open_text(desk, row, document);
    if (err == ERR_NONE)
        err = read_notes(desk, document);
    if (err == ERR_NONE)
        *ret_document = document;
    return err;
}
