#include "banks.h"

#include "cycles.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <time.h>

#include "khoacu/base/banned.h"

enum { DAY_S = 86400, US = 1000000 };

bool api_desk_in(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena,
                 struct bank_desk *ret_desk) {
    if (!api_desk(api, request, reply, ret_desk))
        return false;
    ret_desk->arena = arena;
    return true;
}

bool api_find_bank(struct api *api, struct http_request *request, struct http_reply *reply, const struct bank_desk *desk,
                   struct bank **ret_bank) {
    struct bank *bank = NULL;
    const char *code = request->params[0];
    enum err err = cycle_code_valid(code) ? bank_read(desk, code, &bank) : ERR_NONE;
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!bank)
        api_not_found(reply, request);
    *ret_bank = bank;
    return bank != NULL;
}

/* ---- days ---- */

int64_t api_today(int64_t now_us) {
    return now_us / US / DAY_S;
}

void api_put_day(struct json_writer *writer, const char *key, int64_t day) {
    time_t seconds = (time_t)day * DAY_S;
    struct tm parts;
    char text[24];
    if (day <= 0 || !gmtime_r(&seconds, &parts) || strftime(text, sizeof text, "%Y-%m-%d", &parts) == 0)
        json_member_text(writer, key, NULL);
    else
        json_member_text(writer, key, text);
}

bool api_read_day(const char *text, int64_t *ret_day) {
    char day[11], moment[24];
    int64_t us;
    if (!text_parse_date(text, day))
        return false;
    snprintf(moment, sizeof moment, "%sT00:00:00Z", day);
    if (!text_parse_time(moment, &us) || us <= 0)
        return false;
    *ret_day = us / US / DAY_S;
    return true;
}

/* ---- members of replies ---- */

void api_put_rights(struct json_writer *writer, unsigned rights) {
    json_open_array(writer);
#define X(name, bit, key)                                                                                              \
    if (rights & (bit))                                                                                                \
        json_put_text(writer, key);
    BANK_RIGHT_TABLE(X)
#undef X
    json_close_array(writer);
}

void api_put_bank(struct json_writer *writer, const struct bank *bank) {
    json_member_id(writer, "id", bank->bank_id);
    json_member_text(writer, "code", bank->code);
    json_member_text(writer, "name", bank->name);
    json_member_int(writer, "reviewers_needed", bank->reviewers_needed);
    json_member_int(writer, "exposure_max", bank->exposure_max);
    json_member_int(writer, "items", bank->items);
    json_put_key(writer, "state_counts");
    json_open_object(writer);
    for (int i = 0; i < BANK_STATE_COUNT; i++)
        json_member_int(writer, bank_state_key((enum bank_state)i), bank->state_counts[i]);
    json_close_object(writer);
    json_put_key(writer, "rights");
    api_put_rights(writer, bank->rights);
    json_member_time(writer, "created_at", bank->created_at_us);
}

void api_put_item_row(struct json_writer *writer, const struct bank_index_row *row) {
    const struct bank_item *item = &row->item;
    json_member_id(writer, "id", item->item_id);
    json_member_text(writer, "bank", item->bank);
    json_member_text(writer, "code", item->code);
    json_member_int(writer, "version", item->version);
    json_member_text(writer, "kind", item->meta.kind);
    json_member_text(writer, "subject", item->meta.subject);
    json_member_text(writer, "topic", item->meta.topic);
    json_member_int(writer, "level", item->meta.level);
    json_member_text(writer, "state", bank_state_key(item->state));
    json_member_text(writer, "title", row->title);
    json_member_text(writer, "excerpt", row->excerpt);
    json_member_text(writer, "author", item->author);
    json_member_bool(writer, "own", item->own);
    json_put_key(writer, "rights");
    api_put_rights(writer, item->rights);
    json_member_time(writer, "created_at", item->created_at_us);
    json_member_time(writer, "updated_at", item->updated_at_us);
    json_member_int(writer, "exposure", item->exposure);
    json_member_int(writer, "exposure_max", item->exposure_max);
    json_put_key(writer, "facility");
    if (item->meta.facility < 0)
        json_put_null(writer);
    else
        json_put_int(writer, item->meta.facility);
    json_member_int(writer, "seconds", item->meta.seconds);
    api_put_day(writer, "source_expires_on", item->meta.source_expires_day);
    api_put_texts(writer, "tags", item->meta.tags, item->meta.tag_count);
    json_put_key(writer, "flags");
    json_open_array(writer);
    if (row->stale)
        json_put_text(writer, "stale");
    if (row->exposed)
        json_put_text(writer, "overexposed");
    json_close_array(writer);
}

enum err api_note_rows(const struct bank_desk *desk, enum bank_purpose purpose, const struct bank_index_row *rows, size_t count) {
    int64_t *ids = ARENA_ARRAY(desk->arena, count, int64_t), *versions = ARENA_ARRAY(desk->arena, count, int64_t);
    if (!ids || !versions)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        ids[i] = rows[i].item.item_id;
        versions[i] = rows[i].item.version;
    }
    return count > 0 ? bank_access_note(desk, purpose, ids, versions, count) : ERR_NONE;
}

/* ---- verdicts ---- */

void api_right_missing(struct http_reply *reply, const struct http_request *request) {
    api_problem(reply, request, 403, "right-missing", "Your rights in this bank do not include this");
}

bool api_bank_done(struct http_reply *reply, const struct http_request *request, enum bank_verdict verdict) {
    switch (verdict) {
    case BANK_DONE:
        return true;
    case BANK_UNKNOWN:
        api_not_found(reply, request);
        return false;
    case BANK_FORBIDDEN:
        api_right_missing(reply, request);
        return false;
    }
    return false;
}

static void done(struct http_reply *reply, const struct http_request *request, enum bank_outcome outcome, enum bank_state state,
                 int64_t act_id) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "outcome", bank_outcome_key(outcome));
    json_member_text(&writer, "state", bank_state_key(state));
    json_put_key(&writer, "undo");
    if (act_id)
        json_put_id(&writer, act_id);
    else
        json_put_null(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_outcome(struct http_reply *reply, const struct http_request *request, enum bank_outcome outcome, enum bank_state state,
                 int64_t act_id) {
    const char *code = bank_outcome_key(outcome);
    switch (outcome) {
    case BANK_OUTCOME_DONE:
    case BANK_OUTCOME_ACCEPTED:
    case BANK_OUTCOME_UNCHANGED:
        done(reply, request, outcome, state, act_id);
        return;
    case BANK_OUTCOME_UNKNOWN:
        api_not_found(reply, request);
        return;
    case BANK_OUTCOME_FORBIDDEN:
        api_right_missing(reply, request);
        return;
    case BANK_OUTCOME_OWN_ITEM:
        api_problem(reply, request, 403, code, "Nobody judges an item that he has written");
        return;
    case BANK_OUTCOME_WRONG_STATE:
        api_problem(reply, request, 409, code, "The item is in another state");
        return;
    case BANK_OUTCOME_STALE:
        api_problem(reply, request, 409, code, "There is a newer version of the item");
        return;
    case BANK_OUTCOME_COMMENTS_OPEN:
        api_problem(reply, request, 409, code, "A comment waits for its answer");
        return;
    case BANK_OUTCOME_EXPIRED:
        api_problem(reply, request, 409, code, "The source of the item has expired");
        return;
    case BANK_OUTCOME_LIMIT:
        api_problem(reply, request, 409, "too-many-tags", "The item has as many tags as it may have");
        return;
    case BANK_OUTCOME_INCOMPLETE:
        api_problem(reply, request, 409, code, "Something of the item is still missing: the preview says what");
        return;
    case BANK_OUTCOME_MOVED_ON:
        api_problem(reply, request, 409, code, "The item was changed since");
        return;
    case BANK_OUTCOME_COUNT:
        break;
    }
    api_problem(reply, request, 500, "state", "An outcome that is none");
}

void api_act_one(struct api *api, struct http_request *request, struct http_reply *reply, enum bank_act act, int64_t item_id,
                 int64_t version, const char *reason) {
    struct bank_desk desk;
    struct bank_act_result result;
    const struct bank_act_request asked = {
        .act = act, .item_ids = &item_id, .versions = version ? &version : NULL, .count = 1, .value = "", .reason = reason};
    if (!api_desk(api, request, reply, &desk))
        return;
    enum err err = bank_act(&desk, &asked, &result);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_outcome(reply, request, result.outcomes[0], result.states[0], result.act_id);
}
