#include "handlers.h"
#include "limits.h"
#include "result_json.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/result/letter.h"

#include "khoacu/base/banned.h"

/* Letters to candidates: of a whole release in parts, of one candidate, and her own. */

struct lettering {
    struct api *api;
    struct http_request *request;
    struct http_reply *reply;
    struct arena arena;
    struct result_release release;
    const char *lang;
    bool unnamed;
};

/* The published run; false: the reply is filled. */
static bool find_run(struct lettering *l, int64_t run_id) {
    bool found = false;
    enum err err = result_run_release(l->api->db, &l->arena, run_id, &found, &l->release);
    if (err != ERR_NONE)
        api_failure(l->api, l->reply, l->request, err);
    else if (!found)
        api_not_found(l->reply, l->request);
    else if (!l->release.published_us)
        api_problem(l->reply, l->request, 409, "not-published", "Letters are written when the list is published");
    return err == ERR_NONE && found && l->release.published_us;
}

static void send_letters(struct lettering *l, const struct result_letter_filter *filter, const char *name) {
    struct result_letters letters = {0};
    struct result_terms terms;
    enum err err = result_letters_read(l->api->db, &l->arena, l->release.run_id, filter, &letters);
    if (err == ERR_NONE && letters.count == 0) {
        api_not_found(l->reply, l->request);
        return;
    }
    if (err == ERR_NONE)
        err = result_terms_read(l->api->db, &l->arena, l->release.run_id, filter->limit == 1 ? letters.letters[0].candidate_id : 0, &terms);
    buf_reset(&l->reply->body);
    if (err == ERR_NONE)
        err = result_letters_print(&l->arena,
                                   &(struct result_letters_paper){.release = &l->release, .terms = &terms, .letters = letters.letters, .count = letters.count,
                                                                  .lang = l->lang, .public_url = l->api->state->config.public_url, .unnamed = l->unnamed},
                                   &l->reply->body);
    if (err == ERR_NONE && name)
        api_attachment(l->reply, l->request, "application/pdf", name);
    else
        api_failure(l->api, l->reply, l->request, err == ERR_NONE ? ERR_MEMORY : err);
}

void api_letters_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct lettering l = {.api = api, .request = request, .reply = reply};
    int64_t run_id = 0, part = 1, unreached = 0;
    arena_init(&l.arena, API_LIST_ARENA_MAX);
    if (api_param_id(request, reply, 0, &run_id) && api_query_lang(request, reply, &l.lang) && api_query_int(request, reply, "part", 1, 10000, &part) &&
        api_query_int(request, reply, "unreached", 0, 1, &unreached) && find_run(&l, run_id))
        send_letters(&l, &(struct result_letter_filter){.after = (size_t)(part - 1) * RESULT_LETTERS_MAX, .limit = RESULT_LETTERS_MAX, .unreached = unreached},
                     arena_printf(request->arena, "%s-v%lld-%sletters-%lld.pdf", l.release.cycle_code, (long long)l.release.version, unreached ? "unreached-" : "",
                                  (long long)part));
    arena_release(&l.arena);
}

void api_letter_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct lettering l = {.api = api, .request = request, .reply = reply};
    int64_t run_id = 0;
    arena_init(&l.arena, API_LIST_ARENA_MAX);
    if (api_param_id(request, reply, 0, &run_id) && api_query_lang(request, reply, &l.lang) && find_run(&l, run_id))
        send_letters(&l, &(struct result_letter_filter){.roll_number = request->params[1], .limit = 1}, "letter.pdf");
    arena_release(&l.arena);
}

/* ---- the candidate's own ---- */

struct input {
    const char *roll_number, *birth_date, *lang;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, roll_number, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct input, birth_date, JSON_STRING, true, 8, 10),
    JSON_FIELD(struct input, lang, JSON_STRING, false, 2, 2),
    {0},
};

static void send_own(struct lettering *l, const struct input *input, const char *date) {
    struct result_row row;
    bool found = false, released = false;
    enum err err = result_lookup(l->api->db, &l->arena, l->request->params[0], input->roll_number, date, &found, &row);
    if (err == ERR_NONE && found)
        err = result_release_read(l->api->db, &l->arena, l->request->params[0], 0, &released, &l->release);
    if (err != ERR_NONE)
        api_failure(l->api, l->reply, l->request, err);
    else if (!found || !released)
        api_problem(l->reply, l->request, 404, "no-match", "No published result has this roll number and date of birth");
    else
        send_letters(l, &(struct result_letter_filter){.roll_number = row.roll_number, .limit = 1}, "letter.pdf");
}

void api_release_letter(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct lettering l = {.api = api, .request = request, .reply = reply, .lang = "vi", .unnamed = true};
    struct input input = {0};
    char date[11];
    int wait_s = api_limit_take(api->state->limits, LIMIT_LOOKUP, api_client(api->state, request), 0, clock_mono_us());
    if (wait_s > 0) {
        api_too_many(reply, request, wait_s);
        return;
    }
    if (!api_read(request, reply, FIELDS, &input))
        return;
    if (!text_parse_date(input.birth_date, date)) {
        api_invalid_field(reply, request, "birth_date", "date");
        return;
    }
    if (input.lang && input.lang[0] == 'e')
        l.lang = "en";
    arena_init(&l.arena, API_LIST_ARENA_MAX);
    send_own(&l, &input, date);
    arena_release(&l.arena);
}
