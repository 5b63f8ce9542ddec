#include "marking_cases.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

static void put_value(struct json_writer *w, const char *key, bool awarded, int64_t value) {
    json_put_key(w, key);
    if (awarded)
        json_put_hundredths(w, value);
    else
        json_put_null(w);
}

static void put_mark(struct json_writer *w, const struct marking_case_mark *mark, int64_t own) {
    json_open_object(w);
    json_member_int(w, "round", mark->mark.marking_round);
    if (own)
        json_member_bool(w, "own", mark->mark.marker_id == own);
    else
        json_member_text(w, "marker", mark->login_name);
    json_member_text(w, "status", marking_status_key(mark->mark.status));
    put_value(w, "value", mark->mark.status == MARKING_AWARDED, mark->mark.value);
    json_member_text(w, "reason", mark->reason);
    json_member_bool(w, "gave_way", mark->gave_way);
    json_close_object(w);
}

static void put_waiting(struct json_writer *w, const struct marking_case *of) {
    json_put_key(w, "waiting_for");
    json_open_array(w);
    for (size_t i = 0; i < of->waiting_count; i++) {
        json_open_object(w);
        json_member_int(w, "round", of->waiting[i].marking_round);
        json_member_text(w, "login_name", of->waiting[i].login_name);
        json_member_text(w, "full_name", of->waiting[i].full_name);
        json_member_bool(w, "leased", of->waiting[i].leased);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_word(struct json_writer *w, const struct marking_word *word, const char *speaker, int64_t own) {
    bool decided = word->said == MARKING_SAID_AGREED || word->said == MARKING_SAID_DECIDED;
    json_open_object(w);
    json_member_text(w, "kind", marking_word_kind_key(word->kind));
    json_member_text(w, "said", marking_said_key(word->said));
    if (own)
        json_member_bool(w, "own", word->staff_id == own);
    else
        json_member_text(w, "by", speaker);
    json_member_text(w, "status", decided ? marking_status_key(word->status) : NULL);
    put_value(w, "value", decided && word->status == MARKING_AWARDED, word->value);
    json_member_text(w, "words", word->words);
    json_member_time(w, "said_at", word->said_us);
    json_close_object(w);
}

static void put_case(struct json_writer *w, const struct marking_case *of, int64_t own) {
    char code[MARKING_BLIND_CODE_SIZE];
    marking_blind_code(of->blind_id, code);
    json_open_object(w);
    json_member_id(w, "blind_id", of->blind_id);
    json_member_text(w, "blind_code", code);
    json_member_text(w, "cycle", of->cycle_code);
    json_member_text(w, "component", of->component);
    json_member_int(w, "question", of->question);
    json_member_hundredths(w, "mark_max", of->max);
    json_member_text(w, "next", of->settled_status ? "settled" : of->next);
    json_member_text(w, "stage", of->stage);
    json_member_int(w, "tier", of->tier);
    json_member_hundredths(w, "gap", of->gap);
    json_member_time(w, "called_at", of->called_us);
    json_put_key(w, "marks");
    json_open_array(w);
    for (size_t i = 0; i < of->mark_count; i++)
        put_mark(w, &of->marks[i], own);
    json_close_array(w);
    json_put_key(w, "words");
    json_open_array(w);
    for (size_t i = 0; i < of->word_count; i++)
        put_word(w, &of->words[i], of->speakers[i], own);
    json_close_array(w);
    put_waiting(w, of);
    json_member_text(w, "status", of->settled_status);
    put_value(w, "value", of->settled_status && marking_status_find(of->settled_status) == MARKING_AWARDED, of->settled_value);
    json_member_text(w, "why", of->why);
    json_close_object(w);
}

void marking_cases_answer(struct api *api, struct http_request *request, struct http_reply *reply, struct marking_case_query *query,
                          int64_t own) {
    struct api_page asked;
    struct marking_cases cases;
    if (!api_query_page_id(request, reply, &asked, &query->after))
        return;
    query->limit = asked.limit < 100 ? asked.limit : 100;
    enum err err = marking_cases_read(api->db, request->arena, query, &cases);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer w = api_list_open(reply);
    for (size_t i = 0; i < cases.count; i++)
        put_case(&w, &cases.list[i], own);
    char next[TEXT_ID_LEN + 1] = "";
    if (cases.more)
        text_format_id(cases.list[cases.count - 1].blind_id, next);
    api_list_next(reply, request, &w, cases.more ? next : NULL);
}
