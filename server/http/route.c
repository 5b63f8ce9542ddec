#include "http_private.h"

#include "khoacu/base/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char *const method_names[HTTP_METHOD_COUNT] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};

static struct http_segment segment_of(const char *start, size_t len) {
    uint64_t head = 0;
    memcpy(&head, start, len < 7 ? len : 7);
    return (struct http_segment){.text = start, .len = len, .head = head | (uint64_t)(len & 0xff) << 56};
}

/* Cuts a path at '/'; the last segment of "/thi/" is empty. Returns 0 when it has too many. */
static size_t cut(const char *path, struct http_segment *segments) {
    size_t count = 0;
    while (*path == '/') {
        const char *start = ++path;
        while (*path && *path != '/')
            path++;
        if (count == SEGMENTS_MAX)
            return 0;
        segments[count++] = segment_of(start, (size_t)(path - start));
    }
    return *path ? 0 : count;
}

static enum err rule_make(const struct http_route *route, struct http_rule *rule) {
    rule->route = route;
    rule->count = cut(route->path, rule->segments);
    if (route->permission == 0 || rule->count == 0)
        return ERR_STATE;
    for (size_t k = 0; k < rule->count; k++) {
        struct http_segment *segment = &rule->segments[k];
        segment->parameter = segment->len > 0 && segment->text[0] == '{';
    }
    return ERR_NONE;
}

enum err http_rules_new(struct http_server *server, const struct http_route *routes) {
    size_t count = 0;
    while (routes[count].path)
        count++;
    server->rules = calloc(count ? count : 1, sizeof *server->rules);
    if (!server->rules)
        return ERR_MEMORY;
    for (size_t segments = 1; segments <= SEGMENTS_MAX; segments++) {
        server->rule_first[segments] = server->rule_count;
        for (size_t i = 0; i < count; i++) {
            struct http_rule rule = {0};
            enum err err = rule_make(&routes[i], &rule);
            if (err)
                return err;
            if (rule.count == segments)
                server->rules[server->rule_count++] = rule;
        }
    }
    server->rule_first[SEGMENTS_MAX + 1] = server->rule_count;
    return ERR_NONE;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool http_decode(struct arena *arena, const char *raw, size_t len, bool plus_is_blank, const char **ret_text) {
    char *text = arena_alloc(arena, len + 1);
    size_t at = 0;
    if (!text)
        return false;
    if (!memchr(raw, '%', len) && !(plus_is_blank && memchr(raw, '+', len))) {
        memcpy(text, raw, len);
        *ret_text = text;
        return text_is_utf8(text, len);
    }
    for (size_t i = 0; i < len; i++) {
        char c = raw[i];
        if (c == '%') {
            if (len - i < 3)
                return false;
            int high = hex_digit(raw[i + 1]);
            int low = hex_digit(raw[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        text[at++] = c;
    }
    text[at] = '\0';
    *ret_text = text;
    return text_is_utf8(text, at);
}

static bool fits(const struct http_rule *rule, const struct http_segment *segments) {
    for (size_t i = 0; i < rule->count; i++) {
        const struct http_segment *want = &rule->segments[i], *got = &segments[i];
        if (want->parameter ? got->len == 0 : want->head != got->head)
            return false;
    }
    for (size_t i = 0; i < rule->count; i++) {
        const struct http_segment *want = &rule->segments[i], *got = &segments[i];
        if (!want->parameter && (want->len != got->len || memcmp(want->text, got->text, got->len) != 0))
            return false;
    }
    return true;
}

static enum http_match take_params(struct http_request *request, const struct http_rule *rule, const struct http_segment *segments) {
    size_t at = 0;
    for (size_t i = 0; i < rule->count; i++) {
        if (!rule->segments[i].parameter)
            continue;
        assert(at < HTTP_PATH_PARAMS);
        if (!http_decode(request->arena, segments[i].text, segments[i].len, false, &request->params[at++]))
            return HTTP_BAD_PATH;
    }
    request->route = rule->route;
    return HTTP_MATCHED;
}

enum http_match http_match(struct http_server *server, struct http_request *request, const char *raw, char *allow, size_t allow_size) {
    struct http_segment segments[SEGMENTS_MAX];
    size_t count = cut(raw, segments), len = 0;
    enum http_method method = request->method == HTTP_HEAD ? HTTP_GET : request->method;
    allow[0] = '\0';
    if (!http_decode(request->arena, raw, strlen(raw), false, &request->path))
        return HTTP_BAD_PATH;
    for (size_t i = server->rule_first[count]; count > 0 && i < server->rule_first[count + 1]; i++) {
        const struct http_rule *rule = &server->rules[i];
        if (!fits(rule, segments))
            continue;
        if (rule->route->method == method)
            return take_params(request, rule, segments);
        int added = snprintf(allow + len, allow_size - len, "%s%s", len ? ", " : "", method_names[rule->route->method]);
        if (added > 0 && (size_t)added < allow_size - len)
            len += (size_t)added;
    }
    return len > 0 ? HTTP_NO_METHOD : HTTP_NO_PATH;
}
