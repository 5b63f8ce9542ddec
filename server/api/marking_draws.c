#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/marking/draw.h"
#include "khoacu/result/result.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define FILE_ARENA_MAX ((size_t)1 << 30)

struct input {
    const char *component;
    const struct json *numbers;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, component, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, numbers, JSON_ARRAY, true, 0, MARKING_GIFTS_MAX),
    {0},
};

static void put_draw(struct json_writer *w, const struct marking_draw *draw) {
    json_open_object(w);
    json_member_text(w, "component", draw->component);
    json_member_int(w, "per_script", draw->per_script);
    json_member_int(w, "scripts", draw->scripts);
    json_member_int(w, "markers", draw->markers);
    json_member_text(w, "commitment", draw->commitment);
    json_member_time(w, "committed_at", draw->committed_us);
    json_member_text(w, "entropy", draw->held ? draw->entropy : NULL);
    json_member_text(w, "seed", draw->held ? draw->seed : NULL);
    json_member_text(w, "outcome", draw->held ? draw->outcome : NULL);
    if (draw->held) {
        json_member_int(w, "least", draw->least);
        json_member_int(w, "most", draw->most);
        json_member_text(w, "drawn_by", draw->drawn_by);
        json_member_time(w, "drawn_at", draw->drawn_us);
    }
    json_close_object(w);
}

void api_marking_draw_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct marking_draws draws;
    enum err err = marking_draws_read(api->db, request->arena, request->params[0], &draws);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!draws.found) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer w = api_list_open(reply);
    for (size_t i = 0; i < draws.count; i++)
        put_draw(&w, &draws.list[i]);
    json_close_array(&w);
    json_member_bool(&w, "frozen", draws.frozen);
    json_close_object(&w);
    api_json(reply, request, 200);
}

/* The entropy, or NULL after it has filled the reply. */
static const char *read_numbers(struct api *api, struct http_request *request, struct http_reply *reply, const struct json *list) {
    struct marking_gift gifts[MARKING_GIFTS_MAX];
    size_t count = json_count(list), at = 0;
    for (size_t i = 0; i < count; i++) {
        gifts[i] = (struct marking_gift){.giver = json_text(json_get(json_at(list, i), "giver")),
                                         .number = json_text(json_get(json_at(list, i), "number"))};
        if (!gifts[i].giver || !gifts[i].number) {
            api_invalid_field(reply, request, arena_printf(request->arena, "numbers[%zu]", i), "kind");
            return NULL;
        }
    }
    const char *rule = NULL, *entropy = NULL, *path = "numbers";
    switch (marking_gifts_judge(gifts, count, &at)) {
    case MARKING_GIFTS_FINE:
        entropy = marking_entropy(request->arena, gifts, count);
        if (!entropy)
            api_failure(api, reply, request, ERR_MEMORY);
        return entropy;
    case MARKING_GIFTS_FEW:
        rule = "short";
        break;
    case MARKING_GIFTS_TWICE:
        path = arena_printf(request->arena, "numbers[%zu].giver", at);
        rule = "duplicate";
        break;
    case MARKING_GIFTS_TEXT:
        path = arena_printf(request->arena, "numbers[%zu]", at);
        rule = "form";
        break;
    }
    api_invalid_field(reply, request, path ? path : "numbers", rule);
    return NULL;
}

void api_marking_draw_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    enum result_draw_verdict verdict;
    int64_t job_id = 0;
    if (!api_read(request, reply, FIELDS, &input))
        return;
    const char *entropy = read_numbers(api, request, reply, input.numbers);
    if (!entropy)
        return;
    enum err err = result_draw_request(api->db, request->arena, api->actor.staff_id, request->params[0], input.component, entropy,
                                       api->now_us, &verdict, &job_id);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case RESULT_DRAW_REQUESTED:
        api_accepted(reply, request, job_id, NULL, 0);
        return;
    case RESULT_DRAW_NO_CYCLE:
        api_not_found(reply, request);
        return;
    case RESULT_DRAW_NONE:
        api_problem(reply, request, 409, "no-draw", "Nothing is to be drawn for this part: its scripts are not open, or panels mark it");
        return;
    case RESULT_DRAW_HELD:
        api_problem(reply, request, 409, "draw-held", "This draw was held already");
        return;
    case RESULT_DRAW_UNDER_WAY:
        api_problem(reply, request, 409, "draw-under-way", "This draw is being held with numbers that were given before");
        return;
    }
}

void api_marking_draw_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct arena arena CLEANUP(arena_release);
    struct marking_draws draws;
    const struct marking_draw *draw = NULL;
    arena_init(&arena, FILE_ARENA_MAX);
    enum err err = marking_draws_read(api->db, &arena, request->params[0], &draws);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    for (size_t i = 0; i < draws.count; i++)
        if (strcmp(draws.list[i].component, request->params[1]) == 0)
            draw = &draws.list[i];
    if (!draw || !draw->held) {
        api_not_found(reply, request);
        return;
    }
    if (!draws.frozen) {
        api_problem(reply, request, 409, "not-frozen", "A draw is shown whole when the marks are frozen");
        return;
    }
    err = marking_draw_export(api->db, &arena, request->params[0], draw, &reply->body);
    const char *name = arena_printf(request->arena, "%s-draw-%s.json", request->params[0], draw->component);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_attachment(reply, request, "application/json", name ? name : "draw.json");
}
