#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define LISTED_MAX 200

struct input {
    const char *scope;
    const struct json *roll_numbers;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, scope, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, roll_numbers, JSON_ARRAY, false, 1, LISTED_MAX),
    {0},
};

static bool read_scope(const char *text, enum cycle_codes_scope *ret_scope) {
    static const char *const KEYS[] = {
        [CYCLE_CODES_MISSING] = "missing", [CYCLE_CODES_ALL] = "all", [CYCLE_CODES_LISTED] = "listed"};
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (strcmp(KEYS[i], text) == 0) {
            *ret_scope = (enum cycle_codes_scope)i;
            return true;
        }
    return false;
}

/* Roll numbers stand there when, and only when, the scope is the list; each once. */
static bool read_rolls(struct http_request *request, struct http_reply *reply, const struct input *input,
                       struct cycle_codes *codes) {
    size_t count = json_count(input->roll_numbers);
    const char **rolls = ARENA_ARRAY(request->arena, count + 1, const char *);
    if ((codes->scope == CYCLE_CODES_LISTED) != (count > 0) || !rolls) {
        api_invalid_field(reply, request, "roll_numbers", count > 0 ? "unknown" : "required");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        rolls[i] = json_text(json_at(input->roll_numbers, i));
        bool fits = rolls[i] && cycle_roll_number_valid(rolls[i]);
        for (size_t k = 0; fits && k < i; k++)
            fits = strcmp(rolls[k], rolls[i]) != 0;
        if (!fits) {
            api_invalid_field(reply, request, "roll_numbers", "form");
            return false;
        }
    }
    codes->roll_numbers = rolls;
    codes->roll_count = count;
    return true;
}

void api_access_codes_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct cycle cycle;
    struct cycle_codes codes = {.cycle = &cycle, .staff_id = api->actor.staff_id, .now_us = api->now_us};
    if (!api_read(request, reply, FIELDS, &input))
        return;
    if (!read_scope(input.scope, &codes.scope)) {
        api_invalid_field(reply, request, "scope", "form");
        return;
    }
    if (!read_rolls(request, reply, &input, &codes) || !api_find_cycle(api, request, reply, &cycle))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_CYCLE_ARENA_MAX);
    enum cycle_codes_verdict verdict;
    enum err err = cycle_codes_issue(api->db, &arena, api->state->config.secret, &codes, &verdict, &reply->body);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case CYCLE_CODES_ISSUED: {
        const char *name = arena_printf(request->arena, "%s-access-codes.csv", cycle.code);
        api_attachment(reply, request, "text/csv; charset=utf-8", name ? name : "access-codes.csv");
        return;
    }
    case CYCLE_CODES_ROLL_UNKNOWN:
        api_invalid_field(reply, request, "roll_numbers", "unknown-value");
        return;
    }
}
