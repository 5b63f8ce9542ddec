/* Paper scripts by bag: sheets, the register of counterfoils, scans, pages that a person looks at. */
#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/marking/scan.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define IMPORT_ARENA_MAX ((size_t)64 << 20)
#define PICTURE_ARENA_MAX ((size_t)128 << 20)

static struct scan_actor actor_of(const struct api *api, const char *reason) {
    return (struct scan_actor){.staff_id = api->actor.staff_id, .now_us = api->now_us, .reason = reason && *reason ? reason : NULL};
}

/* What refuses any act; the verdicts of one act alone are answered by it. */
static void put_refusal(struct http_reply *reply, const struct http_request *request, enum scan_verdict verdict) {
    switch (verdict) {
    case SCAN_TAKEN:
        api_problem(reply, request, 409, "scan-taken", "There is one already");
        return;
    case SCAN_DECIDED:
        api_problem(reply, request, 409, "decided", "It has been decided already");
        return;
    case SCAN_OPENED:
        api_problem(reply, request, 409, "scan-opened", "The scripts of the cycle are open: no sheet is taken any more");
        return;
    case SCAN_FORBIDDEN:
        api_problem(reply, request, 403, "forbidden", "Only a script officer does this");
        return;
    case SCAN_NO_SHEET:
        api_problem(reply, request, 422, "scan-no-sheet", "The bag has no sheet with this code");
        return;
    case SCAN_BROKEN:
        api_problem(reply, request, 422, "scan-broken", "The page cannot be drawn this way");
        return;
    case SCAN_UNKNOWN:
    case SCAN_KEPT:
    case SCAN_KNOWN:
    case SCAN_NO_CANDIDATE:
    case SCAN_REGISTERED:
    case SCAN_CORRECTED:
    case SCAN_FORM:
    case SCAN_VERDICT_COUNT:
        api_not_found(reply, request);
        return;
    }
}

/* ---- bags ---- */

static void put_bag(struct json_writer *writer, const struct scan_bag *bag) {
    json_member_id(writer, "bag_id", bag->bag_id);
    json_member_text(writer, "code", bag->code);
    json_member_text(writer, "cycle", bag->cycle_code);
    json_member_time(writer, "made_at", bag->made_us);
    json_member_int(writer, "issued", bag->sheets);
    json_member_int(writer, "registered", bag->registered);
    json_member_int(writer, "scanned", bag->scanned);
    json_member_int(writer, "unscanned", bag->unscanned);
    json_member_int(writer, "unregistered", bag->unregistered);
    json_member_int(writer, "aside", bag->aside);
}

void api_scan_bag_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct scan_bag *bags = NULL;
    size_t count = 0;
    bool found = false;
    enum err err = scan_bags_read(api->db, request->arena, request->params[0], &found, &bags, &count);
    if (err != ERR_NONE || !found) {
        if (err != ERR_NONE)
            api_failure(api, reply, request, err);
        else
            api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_list_open(reply);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        put_bag(&writer, &bags[i]);
        json_close_object(&writer);
    }
    api_list_close(reply, request, &writer);
}

struct bag_input {
    const char *code;
    int64_t sheets;
};
static const struct json_field BAG_FIELDS[] = {
    JSON_FIELD(struct bag_input, code, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct bag_input, sheets, JSON_INT, true, 1, SCAN_SHEETS_MAX),
    {0},
};

void api_scan_bag_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bag_input input = {0};
    enum scan_verdict verdict;
    int64_t bag_id = 0;
    const struct scan_actor actor = actor_of(api, NULL);
    if (!api_read(request, reply, BAG_FIELDS, &input))
        return;
    if (strspn(input.code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(input.code) || input.code[0] == '-') {
        api_invalid_field(reply, request, "code", "form");
        return;
    }
    enum err err = scan_bag_make(api->db, request->arena, &actor, request->params[0], input.code, input.sheets, &verdict, &bag_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (verdict != SCAN_KEPT) {
        put_refusal(reply, request, verdict);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_id(&writer, "bag_id", bag_id);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

void api_scan_bag_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t bag_id = 0;
    struct scan_state *state = NULL;
    char code[SCAN_CODE_SIZE];
    if (!api_param_id(request, reply, 0, &bag_id))
        return;
    enum err err = scan_state_read(api->db, request->arena, bag_id, &state);
    if (err != ERR_NONE || !state) {
        if (err != ERR_NONE)
            api_failure(api, reply, request, err);
        else
            api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    put_bag(&writer, &state->bag);
    json_put_key(&writer, "odd");
    json_open_array(&writer);
    for (size_t i = 0; i < state->odd_count; i++) {
        scan_code_format(state->odd[i].sheet_id, code);
        json_open_object(&writer);
        json_member_text(&writer, "sheet", code);
        json_member_text(&writer, "missing", state->odd[i].registered ? "page" : "register");
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_put_key(&writer, "asides");
    json_open_array(&writer);
    for (size_t i = 0; i < state->aside_count; i++) {
        json_open_object(&writer);
        json_member_id(&writer, "aside_id", state->asides[i].aside_id);
        json_member_text(&writer, "why", state->asides[i].why);
        json_member_int(&writer, "page", state->asides[i].page);
        json_member_text(&writer, "file_sha256", state->asides[i].sha256);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_scan_sheets_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t bag_id = 0;
    const char *code = NULL;
    if (!api_param_id(request, reply, 0, &bag_id))
        return;
    enum err err = scan_sheets_print(api->db, request->arena, bag_id, api->now_us, &reply->body, &code);
    if (err != ERR_NONE || !code) {
        if (err != ERR_NONE)
            api_failure(api, reply, request, err);
        else
            api_not_found(reply, request);
        return;
    }
    const char *name = arena_printf(request->arena, "%s-sheets.pdf", code);
    api_attachment(reply, request, "application/pdf", name ? name : "sheets.pdf");
}

/* ---- the register ---- */

struct register_input {
    const char *lines, *reason;
};
static const struct json_field REGISTER_FIELDS[] = {
    JSON_FIELD(struct register_input, lines, JSON_STRING, true, 1, 40000),
    JSON_FIELD(struct register_input, reason, JSON_STRING, false, 10, 2000),
    {0},
};

static void put_lines(struct http_reply *reply, const struct http_request *request, const struct scan_lines *lines) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_int(&writer, "kept", (int64_t)lines->kept);
    json_put_key(&writer, "lines");
    json_open_array(&writer);
    for (size_t i = 0; i < lines->count; i++) {
        json_open_object(&writer);
        json_member_int(&writer, "line", (int64_t)lines->lines[i].number);
        json_member_text(&writer, "outcome", scan_verdict_key(lines->lines[i].verdict));
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_scan_register_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct register_input input = {0};
    struct scan_lines *lines = ARENA_NEW(request->arena, struct scan_lines);
    int64_t bag_id = 0;
    if (!api_param_id(request, reply, 0, &bag_id) || !api_read(request, reply, REGISTER_FIELDS, &input))
        return;
    const struct scan_actor actor = actor_of(api, input.reason);
    enum err err = lines ? scan_register(api->db, request->arena, &actor, bag_id, input.lines, lines) : ERR_MEMORY;
    if (err == ERR_LIMIT || (err == ERR_NONE && lines->count == 0)) {
        api_invalid_field(reply, request, "lines", "length");
        return;
    }
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    enum scan_verdict first = lines->lines[0].verdict;
    if (first == SCAN_UNKNOWN || first == SCAN_FORBIDDEN || first == SCAN_OPENED)
        put_refusal(reply, request, first);
    else
        put_lines(reply, request, lines);
}

/* ---- scans ---- */

void api_scan_file_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    struct scan_report report = {0};
    struct scan_state *state = NULL;
    const struct scan_actor actor = actor_of(api, NULL);
    const char *name = "";
    int64_t bag_id = 0;
    arena_init(&arena, IMPORT_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &bag_id) || !api_query_text(request, reply, "name", 200, &name))
        return;
    enum err err = scan_state_read(api->db, &arena, bag_id, &state);
    if (err == ERR_NONE && !state) {
        api_not_found(reply, request);
        return;
    }
    if (err == ERR_NONE)
        err = scan_import(api->db, &actor, &arena, bag_id, name, request->body, request->body_len, &report);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    size_t shown = sizeof report.refusals / sizeof *report.refusals;
    json_open_object(&writer);
    json_member_int(&writer, "files", report.files);
    json_member_int(&writer, "known", report.known);
    json_member_int(&writer, "pages", report.pages);
    json_member_int(&writer, "kept", report.kept);
    json_member_int(&writer, "aside", report.aside);
    json_member_int(&writer, "refused", report.refused);
    json_put_key(&writer, "refusals");
    json_open_array(&writer);
    for (size_t i = 0; i < (size_t)report.refused && i < shown; i++) {
        json_open_object(&writer);
        json_member_text(&writer, "name", report.refusals[i].name);
        json_member_text(&writer, "outcome", scan_verdict_key(report.refusals[i].verdict));
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_scan_aside_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    const uint8_t *bytes = NULL;
    size_t len = 0;
    int64_t aside_id = 0;
    arena_init(&arena, PICTURE_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &aside_id))
        return;
    enum err err = scan_aside_read(api->db, &arena, aside_id, &bytes, &len);
    if (err != ERR_NONE || !bytes) {
        if (err != ERR_NONE)
            api_failure(api, reply, request, err);
        else
            api_not_found(reply, request);
        return;
    }
    buf_add(&reply->body, bytes, len);
    reply->status = 200;
    reply->type = "image/jpeg";
}

struct decide_input {
    const char *sheet, *reason;
    int64_t turns, cut;
};
static const struct json_field DECIDE_FIELDS[] = {
    JSON_FIELD(struct decide_input, sheet, JSON_STRING, true, 0, 20),
    JSON_FIELD(struct decide_input, turns, JSON_INT, false, 0, 3),
    JSON_FIELD(struct decide_input, cut, JSON_INT, false, 0, 9000),
    JSON_FIELD(struct decide_input, reason, JSON_STRING, true, 10, 2000),
    {0},
};

void api_scan_aside_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    struct decide_input input = {0};
    enum scan_verdict verdict;
    int64_t aside_id = 0, sheet_id = 0;
    arena_init(&arena, PICTURE_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &aside_id) || !api_read(request, reply, DECIDE_FIELDS, &input))
        return;
    if (*input.sheet && !scan_code_parse(input.sheet, &sheet_id)) {
        api_invalid_field(reply, request, "sheet", "form");
        return;
    }
    const struct scan_actor actor = actor_of(api, input.reason);
    enum err err = scan_aside_decide(api->db, &arena, &actor, aside_id, sheet_id, (int)input.turns, (int)input.cut, &verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (verdict != SCAN_KEPT)
        put_refusal(reply, request, verdict);
    else
        api_no_content(reply);
}
