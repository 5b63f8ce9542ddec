#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

static void put_ints(struct json_writer *w, const char *name, const int64_t *numbers, size_t count) {
    json_put_key(w, name);
    json_open_array(w);
    for (size_t i = 0; i < count; i++)
        json_put_int(w, numbers[i]);
    json_close_array(w);
}

static void put_words(struct json_writer *w, const struct cycle_words *words) {
    json_member_text(w, "title_vi", words->vi);
    json_member_text(w, "title_en", words->en);
}

static void put_ballot(struct json_writer *w, const struct ballot *b) {
    json_open_object(w);
    json_member_id(w, "id", b->ballot_id);
    json_member_int(w, "step", b->step);
    put_words(w, &b->title);
    put_ints(w, "names", b->names, b->name_count);
    json_member_int(w, "summoned", b->summoned);
    json_member_int(w, "excused", b->excused);
    json_member_text(w, "prepared_by", b->prepared_by);
    json_member_time(w, "opened_at", b->opened_us);
    json_member_time(w, "closed_at", b->closed_us);
    json_member_text(w, "closed_by", b->closed_by);
    json_member_int(w, "present", b->present);
    put_ints(w, "votes", b->votes, b->vote_count);
    json_member_text(w, "outcome", *b->outcome ? b->outcome : NULL);
    put_ints(w, "goes_on", b->goes_on, b->goes_count);
    json_member_int(w, "picked", b->picked);
    json_member_text(w, "picked_by", b->picked_by);
    json_member_text(w, "pick_reason", b->pick_reason);
    json_close_object(w);
}

static void put_appointment(struct json_writer *w, const struct ballot_appointment *a) {
    json_open_object(w);
    json_member_id(w, "id", a->appointment_id);
    json_member_text(w, "post", a->post);
    json_member_text(w, "title", a->title);
    json_member_text(w, "state", a->state);
    json_member_text(w, "reason", a->reason);
    json_member_time(w, "opened_at", a->opened_us);
    json_member_text(w, "chosen", a->chosen);
    json_put_key(w, "names");
    json_open_array(w);
    for (size_t i = 0; i < a->count; i++) {
        json_open_object(w);
        json_member_int(w, "number", (int64_t)i + 1);
        json_member_text(w, "roll_number", a->rolls[i]);
        json_member_text(w, "full_name", a->names[i]);
        json_close_object(w);
    }
    json_close_array(w);
    json_put_key(w, "ballots");
    json_open_array(w);
    for (size_t i = 0; i < a->ballot_count; i++)
        put_ballot(w, &a->ballots[i]);
    json_close_array(w);
    json_close_object(w);
}

void api_appointment_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct ballot_appointments list;
    bool found = false;
    enum err err = ballot_list(api->db, request->arena, request->params[0], &found, &list);
    if (err != ERR_NONE || !found) {
        if (err == ERR_NONE)
            api_not_found(reply, request);
        else
            api_failure(api, reply, request, err);
        return;
    }
    struct json_writer w = api_list_open(reply);
    for (size_t i = 0; i < list.count; i++)
        put_appointment(&w, &list.list[i]);
    json_close_array(&w);
    json_put_key(&w, "steps");
    json_open_array(&w);
    for (size_t i = 0; i < list.steps; i++) {
        json_open_object(&w);
        put_words(&w, &list.titles[i]);
        json_close_object(&w);
    }
    api_list_close(reply, request, &w);
}
