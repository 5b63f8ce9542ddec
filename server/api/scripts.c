#include "scripts.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

void api_put_criteria(struct json_writer *writer, const char *key, const int64_t *values, size_t count) {
    json_put_key(writer, key);
    if (!values || count == 0) {
        json_put_null(writer);
        return;
    }
    json_open_array(writer);
    for (size_t i = 0; i < count; i++)
        json_put_hundredths(writer, values[i]);
    json_close_array(writer);
}

bool api_read_criteria(struct http_request *request, struct http_reply *reply, const struct json *list, int64_t **ret_values,
                       size_t *ret_count) {
    size_t count = json_count(list);
    struct json_misfits misfits = {0};
    int64_t *values = ARENA_ARRAY(request->arena, count, int64_t);
    for (size_t i = 0; values && i < count; i++) {
        const char *text = json_text(json_at(list, i));
        if (text && text_parse_hundredths(text, &values[i]))
            continue;
        const char *path = arena_printf(request->arena, "criteria[%zu]", i);
        json_misfit_add(request->arena, &misfits, path ? path : "criteria", "number", 0, 0);
    }
    *ret_values = values;
    *ret_count = count;
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    return misfits.count == 0;
}

void api_put_pages(struct json_writer *writer, const struct marking_page *pages, size_t count) {
    json_put_key(writer, "pages");
    json_open_array(writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer);
        json_member_int(writer, "page", pages[i].page);
        json_member_int(writer, "question", pages[i].question);
        json_member_text(writer, "kind", pages[i].kind);
        json_member_text(writer, "body", pages[i].body);
        json_member_int(writer, "width", pages[i].width);
        json_member_int(writer, "height", pages[i].height);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void api_put_guide(struct json_writer *writer, const struct marking_guide *guide) {
    if (!guide) {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    json_member_text(writer, "component", guide->component);
    json_member_int(writer, "question", guide->question);
    json_member_int(writer, "version", guide->version);
    json_member_text(writer, "task_vi", guide->task_vi);
    json_member_text(writer, "task_en", guide->task_en);
    json_put_key(writer, "criteria");
    json_open_array(writer);
    for (size_t i = 0; i < guide->criterion_count; i++) {
        const struct marking_criterion *criterion = &guide->criteria[i];
        json_open_object(writer);
        json_member_text(writer, "title_vi", criterion->title_vi);
        json_member_text(writer, "title_en", criterion->title_en);
        json_member_hundredths(writer, "mark_max", criterion->mark_max);
        json_member_hundredths(writer, "mark_step", criterion->mark_step);
        json_put_key(writer, "levels");
        json_put_raw(writer, criterion->levels);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

void api_send_picture(struct http_reply *reply, struct http_request *request, const char *type, const uint8_t *bytes, size_t len) {
    buf_reset(&reply->body);
    buf_add(&reply->body, bytes, len);
    reply->status = 200;
    reply->type = arena_strdup(request->arena, type);
    http_reply_header(reply, "Cache-Control", "no-store");
}

bool api_component_known(const char *component) {
    return strcmp(component, "written") == 0 || strcmp(component, "interview") == 0;
}

void api_held(struct http_request *request, struct http_reply *reply, bool stopped) {
    if (stopped)
        api_problem(reply, request, 409, "marker-stopped", "You were stopped until the chief marker releases you");
    else
        api_problem(reply, request, 409, "marker-unqualified", "The qualification scripts come first");
}

bool api_act_refused(struct http_request *request, struct http_reply *reply, enum marking_act act, int32_t revision) {
    struct json_writer writer;
    switch (act) {
    case MARKING_ACT_KEPT:
    case MARKING_ACT_REPEATED:
        return false;
    case MARKING_ACT_STALE:
        writer = api_problem_open(reply, request, 409, "stale-revision", "It was changed in the meantime");
        json_member_int(&writer, "revision", revision);
        api_problem_close(reply, request, &writer);
        return true;
    case MARKING_ACT_FROZEN:
        api_problem(reply, request, 409, "frozen", "The marks of this cycle are frozen");
        return true;
    case MARKING_ACT_FINAL:
        api_problem(reply, request, 409, "mark-final", "The mark was declared final");
        return true;
    case MARKING_ACT_QUALIFY:
    case MARKING_ACT_STOPPED:
        api_held(request, reply, act == MARKING_ACT_STOPPED);
        return true;
    case MARKING_ACT_NO_PAGE:
        api_invalid_field(reply, request, "page", "unknown-value");
        return true;
    case MARKING_ACT_OFF_PAGE:
        api_invalid_field(reply, request, "place", "range");
        return true;
    case MARKING_ACT_NOT_ASSIGNED:
    case MARKING_ACT_COUNT:
        api_not_found(reply, request);
        return true;
    }
    return true;
}

void api_handed_over(struct http_request *request, struct http_reply *reply, enum marking_replace_verdict verdict) {
    switch (verdict) {
    case MARKING_REPLACED:
        api_no_content(reply);
        return;
    case MARKING_REPLACE_NOT_ASSIGNED:
        api_not_found(reply, request);
        return;
    case MARKING_REPLACE_FINAL:
        api_problem(reply, request, 409, "mark-final", "The mark of this examiner is final");
        return;
    case MARKING_REPLACE_FROZEN:
        api_problem(reply, request, 409, "frozen", "The marks of this cycle are frozen");
        return;
    case MARKING_REPLACE_LEASED:
        api_problem(reply, request, 409, "script-open", "The examiner has this script open");
        return;
    case MARKING_REPLACE_NOBODY:
        api_problem(reply, request, 409, "nobody-left", "Nobody else may mark this script: name more examiners");
        return;
    case MARKING_REPLACE_NO_DRAW:
        api_problem(reply, request, 409, "no-draw", "The draw of this part was not held");
        return;
    }
}
