#include "appeals.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

#define LETTER_ARENA_MAX ((size_t)16 << 20)

struct refusal {
    const char *code, *title;
};
static const struct refusal REFUSALS[APPEAL_OUTCOME_COUNT] = {
    [APPEAL_FORBIDDEN] = {"not-yours", "This falls to another office"},
    [APPEAL_NO_PART] = {"no-part", "The examination has no such part"},
    [APPEAL_NO_REMARK] = {"no-remark", "This part is not marked again: the rules of the examination say so"},
    [APPEAL_NOT_RELEASED] = {"not-released", "The results of this examination are not published"},
    [APPEAL_EXISTS] = {"exists", "An appeal against this part was lodged already"},
    [APPEAL_LATE] = {"too-late", "The last day for appeals has passed"},
    [APPEAL_NO_MARK] = {"no-mark", "There is no mark of this part that could be given again"},
    [APPEAL_REPEATED] = {"decided", "It is done already"},
    [APPEAL_BEGUN] = {"begun", "Re-marking has begun; the appeal can no longer be taken back"},
    [APPEAL_DECIDED] = {"decided", "It has been decided already"},
    [APPEAL_SAME_PERSON] = {"same-person", "Another person has to decide it"},
    [APPEAL_MARKED] = {"had-a-hand", "Whoever had a hand in the script decides nothing about it"},
    [APPEAL_NOBODY] = {"nobody-left", "No examiner is left who may mark the script again"},
    [APPEAL_NO_DRAW] = {"no-draw", "The part has no draw of markers that could be continued"},
    [APPEAL_PROPOSED] = {"proposed", "A proposal waits for the chair"},
    [APPEAL_NOT_PROPOSED] = {"not-proposed", "Nothing was proposed"},
    [APPEAL_MARKS_MISSING] = {"marks-missing", "Marks or words that the rules ask for are missing"},
    [APPEAL_OFF_SCALE] = {"off-scale", "The mark is not on the scale"},
    [APPEAL_OFF_STEP] = {"off-step", "The mark is not on the step of the script, nor rounded as the scheme rounds"},
    [APPEAL_NO_MINUTES] = {"no-minutes", "So large a change needs a dialogue whose minutes all its markers signed"},
    [APPEAL_NO_WORD] = {"no-word", "Nobody decided this mark"},
    [APPEAL_OUTSIDE] = {"outside", "The mark lies outside what the markers gave"},
    [APPEAL_NO_PREVIEW] = {"no-preview", "The effect on the list has not been computed yet"},
    [APPEAL_NOT_ASKED] = {"not-asked", "The rules ask for something else now"},
    [APPEAL_SIGNED] = {"signed", "You signed this already"},
    [APPEAL_SETTLED] = {"settled", "The script is settled"},
    [APPEAL_TOO_LONG] = {"too-long", "The limit is extended by at most 15 days in all"},
};

void api_appeal_refuse(struct http_reply *reply, const struct http_request *request, enum appeal_outcome outcome) {
    const struct refusal *r = &REFUSALS[outcome];
    if (r->code)
        api_problem(reply, request, 409, r->code, r->title);
    else
        api_not_found(reply, request);
}

void api_appeal_send(struct api *api, struct http_request *request, struct http_reply *reply, enum err err, const char *json) {
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!json) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_put_raw(&writer, json);
    api_json(reply, request, 200);
}

static void put_law(struct json_writer *w, const struct appeal_receipt *receipt) {
    json_member_text(w, "basis", receipt->basis);
    json_put_key(w, "article");
    json_put_raw(w, receipt->article);
}

void api_appeal_receipt(struct http_reply *reply, const struct http_request *request, const struct appeal_receipt *receipt) {
    if (receipt->outcome == APPEAL_DONE || receipt->outcome == APPEAL_REPEATED) {
        struct json_writer w = api_writer(reply);
        json_open_object(&w);
        json_member_text(&w, "number", receipt->number);
        json_member_time(&w, "lodged_at", receipt->lodged_us);
        json_member_text(&w, "last_day", receipt->last_day);
        put_law(&w, receipt);
        json_close_object(&w);
        api_json(reply, request, 201);
        return;
    }
    const struct refusal *r = &REFUSALS[receipt->outcome];
    if (!r->code) {
        api_not_found(reply, request);
        return;
    }
    struct json_writer w = api_problem_open(reply, request, 409, r->code, r->title);
    json_member_text(&w, "last_day", receipt->last_day);
    put_law(&w, receipt);
    json_member_text(&w, "part", receipt->part);
    api_problem_close(reply, request, &w);
}

void api_appeal_letter(struct api *api, struct http_request *request, struct http_reply *reply, int64_t candidate_id) {
    struct arena arena CLEANUP(arena_release);
    struct appeal_place place;
    int64_t appeal_id = 0;
    bool written = false;
    arena_init(&arena, LETTER_ARENA_MAX);
    if (!api_param_id(request, reply, 0, &appeal_id))
        return;
    enum err err = appeal_place_read(api->db, &arena, appeal_id, &place);
    if (err == ERR_DB_NO_ROW || (err == ERR_NONE && candidate_id != 0 && place.candidate_id != candidate_id)) {
        api_not_found(reply, request);
        return;
    }
    buf_reset(&reply->body);
    if (err == ERR_NONE)
        err = appeal_letter_print(&arena, &place, &reply->body, &written);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (!written)
        api_problem(reply, request, 409, "not-decided", "There is no answer to this appeal yet");
    else
        api_attachment(reply, request, "application/pdf", "appeal.pdf");
}
