#include "api.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 200
#define AFTER_MAX 200

bool api_read(struct http_request *request, struct http_reply *reply, const struct json_field *fields, void *target) {
    const struct json *tree = NULL;
    struct json_error error = {0};
    if (json_fit_flat(request->arena, request->body, request->body_len, fields, target))
        return true;
    enum err err = json_read(request->arena, request->body, request->body_len, &tree, &error);
    if (err != ERR_NONE) {
        struct json_writer writer =
            api_problem_open(reply, request, 400, "malformed-json", "The body is no acceptable JSON");
        json_member_int(&writer, "offset", (int64_t)error.offset);
        json_member_text(&writer, "detail", err == ERR_SYNTAX ? error.reason : "too large or too deep");
        api_problem_close(reply, request, &writer);
        return false;
    }
    struct json_misfits misfits = {0};
    if (json_fit(request->arena, tree, fields, target, &misfits))
        return true;
    api_invalid(reply, request, &misfits);
    return false;
}

bool api_param_id(const struct http_request *request, struct http_reply *reply, size_t index, int64_t *ret_id) {
    const char *text = request->params[index];
    if (text && text_parse_id(text, ret_id))
        return true;
    api_not_found(reply, request);
    return false;
}

bool api_param_int(const struct http_request *request, struct http_reply *reply, size_t index, int64_t min, int64_t max,
                   int64_t *ret_number) {
    const char *text = request->params[index];
    if (text && text_parse_int(text, min, max, ret_number))
        return true;
    api_not_found(reply, request);
    return false;
}

static bool refuse(const struct http_request *request, struct http_reply *reply, const char *name, const char *rule,
                   int64_t min, int64_t max) {
    struct json_misfits misfits = {.list[0] = {.path = name, .rule = rule, .min = min, .max = max}, .count = 1};
    api_invalid(reply, request, &misfits);
    return false;
}

bool api_query_id(const struct http_request *request, struct http_reply *reply, const char *name, int64_t *ret_id) {
    const char *text = http_query(request, name);
    if (!text || text_parse_id(text, ret_id))
        return true;
    return refuse(request, reply, name, "kind", 0, 0);
}

bool api_query_int(const struct http_request *request, struct http_reply *reply, const char *name, int64_t min,
                   int64_t max, int64_t *ret_number) {
    const char *text = http_query(request, name);
    if (!text || text_parse_int(text, min, max, ret_number))
        return true;
    return refuse(request, reply, name, "range", min, max);
}

bool api_query_bool(const struct http_request *request, struct http_reply *reply, const char *name, bool *ret_truth) {
    const char *text = http_query(request, name);
    if (!text)
        return true;
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return refuse(request, reply, name, "kind", 0, 0);
    *ret_truth = text[0] == 't';
    return true;
}

bool api_query_lang(struct http_request *request, struct http_reply *reply, const char **ret_lang) {
    const char *text = http_query(request, "lang");
    *ret_lang = "vi";
    if (!text || strcmp(text, "vi") == 0)
        return true;
    if (strcmp(text, "en") != 0)
        return refuse(request, reply, "lang", "unknown-value", 0, 0);
    *ret_lang = "en";
    return true;
}

bool api_query_page(const struct http_request *request, struct http_reply *reply, struct api_page *ret_page) {
    const char *after = http_query(request, "after");
    int64_t limit = PAGE_DEFAULT;
    if (after && (strlen(after) > AFTER_MAX || !text_is_utf8(after, strlen(after))))
        return refuse(request, reply, "after", "length", 0, AFTER_MAX);
    if (!api_query_int(request, reply, "limit", 1, PAGE_MAX, &limit))
        return false;
    *ret_page = (struct api_page){.after = after ? after : "", .limit = (size_t)limit};
    return true;
}

bool api_query_page_id(const struct http_request *request, struct http_reply *reply, struct api_page *ret_page, int64_t *ret_after) {
    if (!api_query_page(request, reply, ret_page))
        return false;
    *ret_after = 0;
    if (ret_page->after[0] == '\0' || text_parse_id(ret_page->after, ret_after))
        return true;
    api_invalid_field(reply, request, "after", "kind");
    return false;
}
