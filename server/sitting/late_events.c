#include "khoacu/sitting/late.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/form/answer.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define SECOND_US 1000000LL
#define EVENT_TEXT_MAX 400000
#define HEX_LEN ((size_t)2 * CRYPTO_SHA256_LEN)

enum late_time_verdict late_time_judge(const struct sitting *sitting, int32_t late_s, int64_t now_us) {
    switch (sitting->state) {
    case SITTING_ASSIGNED:
    case SITTING_ABSENT:
        return LATE_NOT_OPEN;
    case SITTING_OPEN:
        if (sitting_time_judge(&sitting->times, sitting->shift_closed, sitting->state, sitting->closes_us, now_us) != SITTING_TIME_ENDED)
            return LATE_STILL_OPEN;
        break;
    case SITTING_SUBMITTED:
    case SITTING_CLOSED:
    case SITTING_STATE_COUNT:
        break;
    }
    return now_us <= sitting_last_us(&sitting->times, sitting->closes_us) + late_s * SECOND_US ? LATE_TAKEN : LATE_TOO_LATE;
}

struct shape {
    int64_t n, seq, made_ms, position;
    const char *prev, *hash, *choice;
    bool flagged;
};
static const struct json_field SHAPE[] = {
    JSON_FIELD(struct shape, n, JSON_INT, true, 1, 1000000),
    JSON_FIELD(struct shape, seq, JSON_INT, true, 1, 1000000),
    JSON_FIELD(struct shape, made_ms, JSON_INT, true, 0, INT64_C(4102444800000)),
    JSON_FIELD(struct shape, position, JSON_INT, true, 1, FORM_POSITIONS_MAX),
    JSON_FIELD(struct shape, prev, JSON_STRING, true, HEX_LEN, HEX_LEN),
    JSON_FIELD(struct shape, hash, JSON_STRING, true, HEX_LEN, HEX_LEN),
    JSON_FIELD(struct shape, choice, JSON_STRING, false, 1, 32),
    JSON_FIELD(struct shape, flagged, JSON_BOOL, false, 0, 1),
    {0},
};

/* A copy of the object without one of its members, written anew: what the hash and the table of fields are about. */
static enum err without(struct arena *arena, const struct json *object, const char *member, const struct json **ret_rest) {
    struct buf text CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&text, EVENT_TEXT_MAX);
    json_writer_init(&writer, &text);
    json_open_object(&writer);
    for (size_t i = 0; i < json_count(object); i++) {
        const char *key = json_key_at(object, i);
        if (strcmp(key, member) == 0)
            continue;
        json_put_key(&writer, key);
        json_put_value(&writer, json_at(object, i));
    }
    json_close_object(&writer);
    return text.failed ? ERR_LIMIT : json_read(arena, text.data, text.len, ret_rest, NULL);
}

static enum err hash_of(struct arena *arena, const struct json *object, uint8_t out[CRYPTO_SHA256_LEN]) {
    const struct json *bare = NULL;
    struct buf text CLEANUP(buf_release);
    buf_init(&text, EVENT_TEXT_MAX);
    enum err err = without(arena, object, "hash", &bare);
    if (err == ERR_NONE)
        err = json_canonical(bare, &text);
    if (err == ERR_NONE)
        crypto_sha256(text.data, text.len, out);
    return err;
}

/* The answer in canonical places. */
static const char *place_answer(struct arena *arena, const struct form_order *order, const struct shape *shape, const struct json *answer, struct late_event *event) {
    event->shown = (int32_t)shape->position;
    event->position = (int16_t)form_order_canonical(order, event->shown);
    if (event->position == 0)
        return "position";
    if (!form_answer_is_choice(form_order_shape(order, event->shown)->kind)) {
        const char *rule = shape->choice ? "kind" : form_answer_read(arena, order, event->shown, answer, &event->answer);
        return rule ? "answer" : NULL;
    }
    if (json_kind(answer) != JSON_NULL)
        return "answer";
    if (!shape->choice)
        return NULL;
    event->choice = (int16_t)form_order_mark(order, event->shown, shape->choice);
    return event->choice == 0 ? "choice" : NULL;
}

/* *ret_rule NULL: the event stands for itself. */
static enum err read_event(struct arena *arena, const struct form_order *order, const struct json *value, struct late_event *event,
                           const char **ret_rule) {
    struct shape shape = {0};
    struct json_misfits misfits = {0};
    const struct json *rest = NULL;
    uint8_t hash[CRYPTO_SHA256_LEN];
    *ret_rule = "form";
    if (json_kind(value) != JSON_OBJECT)
        return ERR_NONE;
    enum err err = without(arena, value, "answer", &rest);
    if (err == ERR_NONE)
        err = hash_of(arena, value, hash);
    if (err != ERR_NONE)
        return err == ERR_MEMORY ? err : ERR_NONE;
    if (!json_fit(arena, rest, SHAPE, &shape, &misfits) || !text_unhex(shape.hash, event->hash, sizeof event->hash) ||
        !text_unhex(shape.prev, event->prev, sizeof event->prev))
        return ERR_NONE;
    event->n = shape.n;
    event->seq = shape.seq;
    event->made_ms = shape.made_ms;
    event->flagged = shape.flagged;
    *ret_rule = memcmp(hash, event->hash, sizeof hash) == 0 ? place_answer(arena, order, &shape, json_get(value, "answer"), event) : "hash";
    return ERR_NONE;
}

/* Whether an event follows the one before it in its list; `before` NULL: it is the first there. */
static bool follows(const struct late_event *event, const struct late_event *before) {
    static const uint8_t NONE[CRYPTO_SHA256_LEN];
    if (event->n == 1 && memcmp(event->prev, NONE, sizeof NONE) != 0)
        return false;
    return !before || (event->n == before->n + 1 && memcmp(event->prev, before->hash, sizeof before->hash) == 0);
}

enum err late_events_read(struct arena *arena, const struct form_order *order, const struct json *array,
                          struct late_events *ret_events, struct late_fault *ret_fault) {
    size_t count = json_count(array);
    *ret_fault = (struct late_fault){.rule = "count"};
    if (json_kind(array) != JSON_ARRAY || count == 0 || count > LATE_EVENTS_MAX)
        return ERR_NONE;
    struct late_event *events = ARENA_ARRAY(arena, count, struct late_event);
    if (!events)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        events[i] = (struct late_event){0};
        enum err err = read_event(arena, order, json_at(array, i), &events[i], &ret_fault->rule);
        if (err != ERR_NONE)
            return err;
        if (!ret_fault->rule && !follows(&events[i], i > 0 ? &events[i - 1] : NULL))
            ret_fault->rule = "chain";
        if (ret_fault->rule) {
            ret_fault->n = events[i].n;
            return ERR_NONE;
        }
    }
    *ret_events = (struct late_events){.list = events, .count = count};
    return ERR_NONE;
}
