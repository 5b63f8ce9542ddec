#include "form_private.h"

#include "khoacu/base/random.h"

#include <assert.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct drafting {
    const struct bank_desk *desk;
    const struct form_request *request; /* of a draft */
    const struct form_change *change;   /* of a change */
    int64_t bank_id;
    struct random_stream stream;
    struct form_item *pool; /* items of the topic at hand */
    size_t pool_count;
    struct form_texts texts;
    struct form_result result;
};

/* ---- drawing ---- */

static enum err add_item(void *ctx, const struct db_row *row) {
    struct drafting *drafting = ctx;
    drafting->pool[drafting->pool_count++] = (struct form_item){.item_id = db_int(row, 0), .version = db_int(row, 1)};
    return ERR_NONE;
}

static size_t lot(struct drafting *drafting, uint64_t bound) {
    return (size_t)(drafting->request->seeded ? random_stream_below(&drafting->stream, bound) : random_below(bound));
}

static void take(struct form_texts *texts, struct form_item item) {
    texts->item_ids[texts->count] = item.item_id;
    texts->versions[texts->count++] = item.version;
}

/* The items come in a fixed order, so that a seed gives the same draw everywhere. */
static enum err draw_topic(struct drafting *drafting, struct form_topic *topic) {
    const struct bank_desk *desk = drafting->desk;
    drafting->pool_count = 0;
    enum err err = db_many(desk->db, desk->arena, DB_FORM_POOL, DB_PARAMS(P_INT(drafting->bank_id), P_TEXT(topic->topic)),
                           BANK_ITEMS_MAX, add_item, drafting);
    if (err != ERR_NONE)
        return err;
    /* A topic may lie within another one of the request: nothing is drawn twice. */
    for (size_t i = 0; i < drafting->pool_count;) {
        bool taken = false;
        for (size_t k = 0; k < drafting->texts.count; k++)
            taken |= drafting->texts.item_ids[k] == drafting->pool[i].item_id;
        if (taken)
            memmove(&drafting->pool[i], &drafting->pool[i + 1], (--drafting->pool_count - i) * sizeof *drafting->pool);
        else
            i++;
    }
    topic->available = (int64_t)drafting->pool_count;
    if (topic->available < topic->count) {
        drafting->result.outcome = FORM_TOO_FEW;
        return ERR_NONE;
    }
    for (size_t i = 0; i < (size_t)topic->count; i++) {
        size_t pick = i + lot(drafting, drafting->pool_count - i);
        struct form_item drawn = drafting->pool[pick];
        drafting->pool[pick] = drafting->pool[i];
        drafting->pool[i] = drawn;
        take(&drafting->texts, drawn);
    }
    return ERR_NONE;
}

static enum err draw(struct drafting *drafting) {
    const struct form_request *request = drafting->request;
    enum err err = ERR_NONE;
    drafting->pool = ARENA_ARRAY(drafting->desk->arena, BANK_ITEMS_MAX, struct form_item);
    if (!drafting->pool)
        return ERR_MEMORY;
    random_stream_init(&drafting->stream, (uint64_t)request->seed);
    for (size_t i = 0; err == ERR_NONE && i < request->topic_count; i++)
        err = draw_topic(drafting, &request->topics[i]);
    return err;
}

/* ---- lists ---- */

static enum err take_newest(void *ctx, const struct db_row *row) {
    struct form_texts *texts = ctx;
    size_t at = (size_t)db_int(row, 0) - 1;
    if (at < texts->count && texts->versions[at] == 0)
        texts->versions[at] = db_int(row, 1);
    return ERR_NONE;
}

static enum err list_items(struct drafting *drafting, const struct form_item *items, size_t count, const struct form_sections *sections) {
    const struct bank_desk *desk = drafting->desk;
    struct form_texts *texts = &drafting->texts;
    enum err err = sections ? form_sections_text(desk->arena, sections, &texts->sections) : ERR_NONE;
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < count; i++)
        take(texts, items[i]);
    return db_many(desk->db, desk->arena, DB_FORM_NEWEST_VERSIONS, DB_PARAMS(P_INTS(texts->item_ids, count)), count, take_newest, texts);
}

/* Rights, and whether what is in the list may be drawn: before any text is opened. */
static enum err check(struct drafting *drafting) {
    const struct bank_desk *desk = drafting->desk;
    const struct form_texts *texts = &drafting->texts;
    struct form_result *result = &drafting->result;
    const struct db_row *row = NULL;
    enum err err = db_one(desk->db, desk->arena, DB_FORM_CHECK,
                          DB_PARAMS(P_INT(drafting->bank_id), P_INTS(texts->item_ids, texts->count), P_INTS(texts->versions, texts->count),
                                    P_INT(desk->staff_id)),
                          &row);
    if (err != ERR_NONE)
        return err;
    if (!(db_int(row, 0) & (BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER))) {
        result->outcome = FORM_FORBIDDEN;
    } else if (!db_is_null(row, 1)) {
        result->outcome = FORM_UNFIT;
        result->place = db_int(row, 1);
        result->why = db_text(row, 2);
    }
    return ERR_NONE;
}

/* ---- writing ---- */

/* Texts, stimuli, hash; then what they were made of is still what the function finds, or it refuses. */
static enum err compose(struct drafting *drafting) {
    struct form_texts *texts = &drafting->texts;
    enum err err = form_texts_read(drafting->desk, texts, false);
    if (err == ERR_NONE)
        err = form_texts_resolve(drafting->desk, drafting->bank_id, texts);
    if (err == ERR_NONE && texts->unresolved > 0) {
        drafting->result.outcome = FORM_STIMULUS;
        drafting->result.place = (int64_t)texts->unresolved;
        return ERR_NONE;
    }
    return err == ERR_NONE ? form_texts_hash(drafting->desk, texts) : err;
}

static void take_outcome(struct drafting *drafting, const struct db_row *row) {
    drafting->result.outcome = form_outcome_of(db_text(row, 0));
    drafting->result.place = db_int(row, 1);
    drafting->result.why = db_text(row, 2);
    drafting->result.item_count = (int64_t)drafting->texts.count;
    memcpy(drafting->result.sha256, drafting->texts.hex, sizeof drafting->result.sha256);
}

static enum err insert_draft(struct drafting *drafting) {
    const struct bank_desk *desk = drafting->desk;
    const struct form_request *request = drafting->request;
    const struct form_texts *texts = &drafting->texts;
    const struct db_row *row = NULL;
    struct form_result *result = &drafting->result;
    result->form_id = random_id();
    result->version = 1;
    enum err err = db_one(
        desk->db, desk->arena, DB_FORM_DRAFT,
        DB_PARAMS(P_INT(result->form_id), P_INT(request->cycle->cycle_id), P_INT(drafting->bank_id), P_TEXT(request->code),
                  request->assembly_id ? P_INT(request->assembly_id) : P_NULL, P_INTS(texts->item_ids, texts->count),
                  P_INTS(texts->versions, texts->count), P_INTS(&texts->item_ids[texts->count], texts->stimulus_count),
                  P_INTS(&texts->versions[texts->count], texts->stimulus_count), texts->sections ? P_TEXT(texts->sections) : P_NULL,
                  P_BYTES(texts->sha256, 32), P_INT(desk->staff_id), P_TIME(desk->now_us)),
        &row);
    if (err != ERR_NONE)
        return err;
    take_outcome(drafting, row);
    if (result->outcome != FORM_DONE)
        return DB_ROLLBACK;
    return form_note(desk, "form.draft", result->form_id,
                     arena_printf(desk->arena, "{\"code\":\"%s\",\"items\":%zu,\"seeded\":%d,\"sha256\":\"%s\",\"version\":1}", request->code,
                                  texts->count, request->topic_count > 0 && request->seeded, texts->hex));
}

static enum err draft_body(void *ctx, struct db *db) {
    struct drafting *drafting = ctx;
    const struct form_request *request = drafting->request;
    (void)db;
    memset(&drafting->texts, 0, sizeof drafting->texts);
    drafting->result = (struct form_result){.outcome = FORM_DONE};
    enum err err = list_items(drafting, request->items, request->item_count, request->sections);
    if (err == ERR_NONE)
        err = check(drafting);
    if (err == ERR_NONE && drafting->result.outcome == FORM_DONE && request->topic_count > 0)
        err = draw(drafting);
    if (err == ERR_NONE && drafting->result.outcome == FORM_DONE)
        err = compose(drafting);
    if (err == ERR_NONE && drafting->result.outcome != FORM_DONE)
        return DB_ROLLBACK;
    return err == ERR_NONE ? insert_draft(drafting) : err;
}

static int64_t wanted(const struct form_request *request) {
    int64_t total = (int64_t)request->item_count;
    for (size_t i = 0; i < request->topic_count; i++)
        total += request->topics[i].count;
    return total;
}

enum err form_draft(const struct bank_desk *desk, const struct form_request *request, struct form_result *ret_result) {
    struct drafting *drafting = ARENA_NEW(desk->arena, struct drafting);
    assert(cycle_short_code_valid(request->code) && request->topic_count <= FORM_TOPICS_MAX);
    if (!drafting)
        return ERR_MEMORY;
    drafting->desk = desk;
    drafting->request = request;
    enum err err = bank_find(desk->db, desk->arena, request->bank_code, &drafting->bank_id);
    if (err != ERR_NONE)
        return err;
    int64_t total = wanted(request);
    if (request->cycle->state > CYCLE_ROUND1)
        drafting->result.outcome = FORM_CYCLE_LATE;
    else if (drafting->bank_id == 0)
        drafting->result.outcome = FORM_BANK_UNKNOWN;
    else if (total < 1 || total > FORM_POSITIONS_MAX || (request->questions > 0 && total != request->questions))
        drafting->result = (struct form_result){.outcome = FORM_SIZE_WRONG, .item_count = request->questions};
    else
        err = db_transact(desk->db, draft_body, drafting);
    if (err == ERR_NONE)
        *ret_result = drafting->result;
    return err;
}

/* ---- changes ---- */

static enum err insert_version(struct drafting *drafting) {
    const struct bank_desk *desk = drafting->desk;
    const struct form_change *change = drafting->change;
    const struct form_texts *texts = &drafting->texts;
    const struct db_row *row = NULL;
    struct form_result *result = &drafting->result;
    enum err err = db_one(
        desk->db, desk->arena, DB_FORM_CHANGE,
        DB_PARAMS(P_INT(change->form_id), P_INT(change->base_version), P_INTS(texts->item_ids, texts->count),
                  P_INTS(texts->versions, texts->count), P_INTS(&texts->item_ids[texts->count], texts->stimulus_count),
                  P_INTS(&texts->versions[texts->count], texts->stimulus_count), texts->sections ? P_TEXT(texts->sections) : P_NULL,
                  P_BYTES(texts->sha256, 32), P_TEXT(change->reason), P_INT(desk->staff_id), P_TIME(desk->now_us)),
        &row);
    if (err != ERR_NONE)
        return err;
    take_outcome(drafting, row);
    if (result->outcome != FORM_DONE)
        return DB_ROLLBACK;
    result->form_id = change->form_id;
    result->version = change->base_version + 1;
    return form_note(desk, "form.change", change->form_id,
                     arena_printf(desk->arena, "{\"items\":%zu,\"sha256\":\"%s\",\"version\":%lld}", texts->count, texts->hex,
                                  (long long)result->version));
}

/* The bank of the form, when who asks may see it. */
static enum err find_bank(struct drafting *drafting) {
    const struct bank_desk *desk = drafting->desk;
    const struct db_row *row = NULL;
    enum err err = db_one(desk->db, desk->arena, DB_FORM_TURN, DB_PARAMS(P_INT(drafting->change->form_id), P_INT(desk->staff_id)), &row);
    if (err == ERR_DB_NO_ROW || (err == ERR_NONE && db_int(row, 2) == 0)) {
        drafting->result.outcome = FORM_UNKNOWN;
        return ERR_NONE;
    }
    if (err == ERR_NONE)
        drafting->bank_id = db_int(row, 1);
    return err;
}

static enum err change_body(void *ctx, struct db *db) {
    struct drafting *drafting = ctx;
    (void)db;
    memset(&drafting->texts, 0, sizeof drafting->texts);
    drafting->result = (struct form_result){.outcome = FORM_DONE};
    enum err err = find_bank(drafting);
    if (err == ERR_NONE && drafting->result.outcome == FORM_DONE)
        err = list_items(drafting, drafting->change->items, drafting->change->item_count, drafting->change->sections);
    if (err == ERR_NONE && drafting->result.outcome == FORM_DONE)
        err = check(drafting);
    if (err == ERR_NONE && drafting->result.outcome == FORM_DONE)
        err = compose(drafting);
    if (err == ERR_NONE && drafting->result.outcome != FORM_DONE)
        return DB_ROLLBACK;
    return err == ERR_NONE ? insert_version(drafting) : err;
}

enum err form_change(const struct bank_desk *desk, const struct form_change *change, struct form_result *ret_result) {
    struct drafting *drafting = ARENA_NEW(desk->arena, struct drafting);
    assert(change->item_count >= 1 && change->item_count <= FORM_POSITIONS_MAX);
    if (!drafting)
        return ERR_MEMORY;
    drafting->desk = desk;
    drafting->change = change;
    enum err err = db_transact(desk->db, change_body, drafting);
    if (err == ERR_NONE)
        *ret_result = drafting->result;
    return err;
}
