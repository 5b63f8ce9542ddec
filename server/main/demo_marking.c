#include "demo_acts.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { EXAMINERS_MAX = 20, TURNS_MAX = 6, PAGE = 200, CASES = 100 };
#define MINUTES "Hai giám khảo đã đối thoại và thống nhất điểm. (The two examiners conferred and agree.)"

static bool hold_draw(struct demo *demo, const struct demo_cycle *cycle, const char *component) {
    static const char *const NUMBERS[][2] = {{"Trần Chủ Tịch", "70142"}, {"Đặng Giám Sát", "40918"}};
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, "component", component);
    json_put_key(&w, "numbers");
    json_open_array(&w);
    for (size_t i = 0; i < 2; i++) {
        json_open_object(&w);
        json_member_text(&w, "giver", NUMBERS[i][0]);
        json_member_text(&w, "number", NUMBERS[i][1]);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    snprintf(path, sizeof path, "/cycles/%s/draws", cycle->code);
    return demo_call_json(demo, "POST", path, &body) && demo_wait(demo);
}

/* What a script is worth follows from its code, so that all who mark it see about the same; few candidates did not come. */
static void put_mark(struct demo *demo, int64_t blind_id, int64_t max, int64_t step, int least, struct json_writer *w) {
    struct random_stream worth;
    random_stream_init(&worth, (uint64_t)blind_id);
    if (random_stream_below(&worth, 100) < 2 && least == 0) {
        json_member_text(w, "status", "absent");
        return;
    }
    double share = 0.63 + 0.13 * random_stream_normal(&worth), floor = least / 100.0, error = 1.5 * random_stream_normal(&demo->stream);
    if (random_stream_below(&demo->stream, 300) == 0)
        error += 12;
    share = share < floor ? floor : share;
    int64_t steps = max / step, at = (int64_t)(share * (double)steps + error * 100.0 / (double)step + 0.5);
    at = at < 0 ? 0 : at > steps ? steps : at;
    json_member_text(w, "status", "awarded");
    json_member_hundredths(w, "value", at * step);
}

struct waiting {
    char id[32];
    int64_t blind_id, max, step, revision;
};

static bool read_waiting(struct demo *demo, struct waiting *list, size_t *ret_count) {
    if (!demo_call(demo, "GET", "/scripts?state=waiting&limit=200"))
        return false;
    const struct json *items = json_get(demo->answer.json, "items");
    *ret_count = json_count(items) < PAGE ? json_count(items) : PAGE;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct json *item = json_at(items, i);
        const char *id = json_text(json_get(item, "blind_id")), *max = json_text(json_get(item, "mark_max")), *step = json_text(json_get(item, "mark_step"));
        if (!id || !max || !step || !text_parse_id(id, &list[i].blind_id) || !text_parse_hundredths(max, &list[i].max) ||
            !text_parse_hundredths(step, &list[i].step) || list[i].step == 0)
            return demo_fail(demo, "a script without bounds");
        snprintf(list[i].id, sizeof list[i].id, "%s", id);
        list[i].revision = 0;
        (void)json_int(json_get(item, "revision"), &list[i].revision);
    }
    return true;
}

static bool declare(struct demo *demo, const struct waiting *list, size_t count) {
    struct buf body;
    struct json_writer w;
    demo_open_body(&body, &w);
    json_put_key(&w, "scripts");
    json_open_array(&w);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&w);
        json_member_text(&w, "blind_id", list[i].id);
        json_member_int(&w, "revision", list[i].revision + 1);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    return demo_call_json(demo, "POST", "/script-finals", &body);
}

/* Marks all that waits for the examiner who is signed in. */
static bool mark_waiting(struct demo *demo, int least, size_t *total) {
    struct waiting *list CLEANUP(cleanup_free) = calloc(PAGE, sizeof *list);
    size_t count = 1;
    while (list && count > 0) {
        if (!read_waiting(demo, list, &count))
            return false;
        for (size_t i = 0; i < count; i++) {
            struct buf body;
            struct json_writer w;
            char path[100];
            demo_open_body(&body, &w);
            put_mark(demo, list[i].blind_id, list[i].max, list[i].step, least, &w);
            json_member_int(&w, "revision", list[i].revision);
            json_close_object(&w);
            snprintf(path, sizeof path, "/scripts/%s/mark", list[i].id);
            if (!demo_call_json(demo, "PUT", path, &body))
                return false;
        }
        if (count > 0 && !declare(demo, list, count))
            return false;
        *total += count;
        demo_progress((int)*total, 0, "marks");
    }
    return list != NULL;
}

/* ---- where marks stand apart ---- */

struct apart {
    char id[32];
    int64_t middle; /* of the marks, to a tenth */
    bool signed_by_other, signed_by_me;
};

static bool read_cases(struct demo *demo, const char *path, struct apart *list, size_t *ret_count) {
    if (!demo_call(demo, "GET", path))
        return false;
    const struct json *items = json_get(demo->answer.json, "items");
    *ret_count = json_count(items) < CASES ? json_count(items) : CASES;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct json *item = json_at(items, i), *marks = json_get(item, "marks"), *words = json_get(item, "words");
        const char *id = json_text(json_get(item, "blind_id"));
        int64_t sum = 0, value = 0, marked = 0;
        for (size_t k = 0; k < json_count(marks); k++) {
            const char *text = json_text(json_get(json_at(marks, k), "value"));
            if (text && text_parse_hundredths(text, &value)) {
                sum += value;
                marked++;
            }
        }
        list[i] = (struct apart){.middle = marked ? sum / marked / 10 * 10 : 0};
        snprintf(list[i].id, sizeof list[i].id, "%s", id ? id : "");
        for (size_t k = 0; k < json_count(words); k++) {
            bool own = false;
            if (json_bool(json_get(json_at(words, k), "own"), &own))
                *(own ? &list[i].signed_by_me : &list[i].signed_by_other) = true;
        }
    }
    return true;
}

static bool say(struct demo *demo, const struct apart *of, const char *what, const char *said, const char *words) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, "said", said);
    if (strcmp(said, "passed_up") != 0)
        json_member_hundredths(&w, "value", of->middle);
    json_member_text(&w, "words", words);
    json_close_object(&w);
    snprintf(path, sizeof path, "/scripts/%s/%s", of->id, what);
    return demo_call_json(demo, "POST", path, &body);
}

/* Signs each dialogue that the examiner has not signed yet. */
static bool confer(struct demo *demo, size_t *total) {
    struct apart *list CLEANUP(cleanup_free) = calloc(CASES, sizeof *list);
    size_t count = 0;
    if (!list || !read_cases(demo, "/dialogues?limit=100", list, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (list[i].signed_by_me)
            continue;
        if (!say(demo, &list[i], "dialogue", "agreed", MINUTES))
            return false;
        (*total)++;
    }
    return true;
}

/* The head decides all that waits for her, and passes the first one up; the chair decides what was passed up. */
static bool decide(struct demo *demo, const struct demo_cycle *cycle, size_t *total) {
    struct apart *list CLEANUP(cleanup_free) = calloc(CASES, sizeof *list);
    char path[120];
    size_t count = 0;
    snprintf(path, sizeof path, "/cycles/%s/marking-cases?state=head&limit=100", cycle->code);
    if (!list || !demo_sign_in_as(demo, "chief_marker", 0) || !read_cases(demo, path, list, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(i == 0 ? say(demo, &list[i], "decision", "passed_up", "Xin ý kiến Chủ tịch hội đồng. (For the chair to decide.)")
                     : say(demo, &list[i], "decision", "decided", "Theo biên bản đối thoại. (As in the minutes.)")))
            return false;
    *total += count;
    if (!demo_sign_in_as(demo, "council_chair", 0) || !read_cases(demo, "/chair-cases?limit=100", list, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!say(demo, &list[i], "chair-decision", "decided", "Chủ tịch hội đồng quyết định. (The chair decides.)"))
            return false;
    return true;
}

/* ---- all of it ---- */

struct desk {
    struct client *clients[EXAMINERS_MAX];
    int count;
};

static void close_desk(struct desk *desk) {
    for (int i = 0; i < desk->count; i++)
        client_free(desk->clients[i]);
}

/* Each examiner signs in once and comes back until nothing waits. */
static bool examiners_work(struct demo *demo, struct desk *desk, int least, size_t *ret_marks, size_t *ret_signed) {
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        size_t before = *ret_marks + *ret_signed;
        for (int i = 0; i < EXAMINERS_MAX && demo_login_of(demo, "examiner", i); i++) {
            if (i == desk->count) {
                if (client_new(demo->base, &desk->clients[i]))
                    return demo_fail(demo, "examiners");
                desk->count++;
            }
            struct client *other = demo->client;
            demo->client = desk->clients[i];
            bool good = (turn > 0 || demo_sign_in_as(demo, "examiner", i)) && mark_waiting(demo, least, ret_marks) && confer(demo, ret_signed);
            demo->client = other;
            if (!good)
                return false;
        }
        if (*ret_marks + *ret_signed == before)
            return true;
    }
    return true;
}

bool demo_mark(struct demo *demo, const struct demo_cycle *cycle) {
    struct desk desk CLEANUP(close_desk) = {.count = 0};
    size_t marks = 0, signatures = 0, decisions = 0;
    if (!demo_sign_in_as(demo, "chief_marker", 0) || !hold_draw(demo, cycle, "written") ||
        (!cycle->written_only && !hold_draw(demo, cycle, "interview")))
        return false;
    if (!examiners_work(demo, &desk, cycle->least, &marks, &signatures) || !decide(demo, cycle, &decisions))
        return false;
    printf("%s    %zu marks, %zu signatures under dialogues, %zu decisions of the head of the board\n", isatty(STDOUT_FILENO) ? "\r" : "", marks, signatures, decisions);
    return true;
}
