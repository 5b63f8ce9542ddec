#include "khoacu/form/order.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum {
    NAME_LEN = 5,
    NAMES_PER_HASH = CRYPTO_SHA256_LEN / NAME_LEN,
    BLOCKS_MAX = (FORM_MARKS_MAX + NAMES_PER_HASH - 1) / NAMES_PER_HASH,
    ROUNDS_MAX = 1000
};

struct stream {
    struct crypto_hmac *seed;
    char label[64];
    uint64_t counter;
    uint8_t block[CRYPTO_SHA256_LEN];
    size_t used;
};

static uint64_t next_u64(struct stream *stream) {
    if (stream->used + 8 > sizeof stream->block) {
        char message[96];
        int len = snprintf(message, sizeof message, "%s%llu", stream->label, (unsigned long long)stream->counter++);
        crypto_hmac_of(stream->seed, message, (size_t)len, stream->block);
        stream->used = 0;
    }
    uint64_t word = 0;
    for (int i = 0; i < 8; i++)
        word = word << 8 | stream->block[stream->used++];
    return word;
}

static size_t below(struct stream *stream, size_t bound) {
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound, word;
    do
        word = next_u64(stream);
    while (word >= limit);
    return (size_t)(word % bound);
}

static void shuffle(struct stream *stream, uint8_t *list, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = below(stream, i);
        uint8_t kept = list[i - 1];
        list[i - 1] = list[j];
        list[j] = kept;
    }
}

static void number(uint8_t *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        list[i] = (uint8_t)(i + 1);
}

static bool names_differ(const struct form_order_mark *marks, size_t count) {
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (memcmp(marks[i].name, marks[j].name, NAME_LEN) == 0)
                return false;
        }
    }
    return true;
}

static void name_marks(struct crypto_hmac *seed, const char *sitting, int canonical, struct form_order_mark *marks,
                       size_t count) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
        for (size_t first = 0; first < count; first += NAMES_PER_HASH) {
            char message[96];
            uint8_t bytes[CRYPTO_SHA256_LEN];
            int block = round * BLOCKS_MAX + (int)(first / NAMES_PER_HASH);
            int len = snprintf(message, sizeof message, "khoacu/option/v1\n%s\n%d\n%d", sitting, canonical, block);
            crypto_hmac_of(seed, message, (size_t)len, bytes);
            for (size_t i = first; i < count && i < first + NAMES_PER_HASH; i++)
                memcpy(marks[i].name, bytes + (i - first) * NAME_LEN, NAME_LEN);
        }
        if (names_differ(marks, count))
            return;
    }
    assert(false && "a keyed hash that repeats itself a thousand times");
}

int form_shape_marks(const struct form_shape *shape) {
    return shape->options + shape->columns + shape->choices;
}

/* The marks of one position in the order in which they are shown. */
static void order_marks(struct stream *stream, const struct form_shape *shape, struct form_order_mark *marks) {
    uint8_t list[FORM_MARKS_MAX];
    size_t count = (size_t)form_shape_marks(shape);
    number(list, count);
    if (shape->shuffled) {
        shuffle(stream, list, shape->options);
        shuffle(stream, list + shape->options, shape->columns);
    }
    for (size_t i = 0; i < count; i++)
        marks[i].canonical = list[i];
}

static bool heads_group(const struct form_shape *shapes, size_t at) {
    for (size_t i = 0; shapes[at].group != 0 && i < at; i++)
        if (shapes[i].group == shapes[at].group && shapes[i].section == shapes[at].section)
            return false;
    return true;
}

/* Canonical positions as they are shown: within each section, single ones and whole groups are shuffled. */
static void order_positions(struct stream *stream, const struct form_shape *shapes, size_t count, uint8_t *places) {
    uint8_t heads[FORM_POSITIONS_MAX];
    size_t at = 0;
    for (size_t first = 0, end = 0; first < count; first = end) {
        size_t units = 0;
        for (end = first; end < count && shapes[end].section == shapes[first].section; end++)
            if (heads_group(shapes, end))
                heads[units++] = (uint8_t)(end + 1);
        shuffle(stream, heads, units);
        for (size_t u = 0; u < units; u++) {
            uint8_t head = heads[u], group = shapes[head - 1].group;
            places[at++] = head;
            for (size_t i = head; group != 0 && i < end; i++)
                if (shapes[i].group == group)
                    places[at++] = (uint8_t)(i + 1);
        }
    }
}

enum err form_order_new(const uint8_t seed[FORM_SEED_LEN], int64_t sitting_id, const struct form_shape *shapes,
                        size_t count, struct form_order **ret_order) {
    size_t total = 0;
    if (count < 1 || count > FORM_POSITIONS_MAX)
        return ERR_RANGE;
    for (size_t i = 0; i < count; i++) {
        if (form_shape_marks(&shapes[i]) > FORM_MARKS_MAX)
            return ERR_RANGE;
        total += (size_t)form_shape_marks(&shapes[i]);
    }
    size_t head = sizeof(struct form_order) + count * sizeof(struct form_order_position);
    struct form_order *order = calloc(1, head + total * sizeof(struct form_order_mark));
    if (!order)
        return ERR_MEMORY;
    struct form_order_mark *marks = (struct form_order_mark *)((char *)order + head);
    uint8_t places[FORM_POSITIONS_MAX];
    char sitting[TEXT_ID_LEN + 1];
    struct crypto_hmac *keyed = crypto_hmac_new(seed, FORM_SEED_LEN);
    struct stream stream = {.seed = keyed, .used = CRYPTO_SHA256_LEN};
    text_format_id(sitting_id, sitting);
    snprintf(stream.label, sizeof stream.label, "khoacu/order/v1\n%s\n", sitting);
    order_positions(&stream, shapes, count, places);
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        const struct form_shape *shape = &shapes[places[i] - 1];
        order->positions[i] = (struct form_order_position){.canonical = places[i], .first = (uint16_t)first};
        order_marks(&stream, shape, marks + first);
        name_marks(keyed, sitting, places[i], marks + first, (size_t)form_shape_marks(shape));
        first += (size_t)form_shape_marks(shape);
    }
    crypto_hmac_free(keyed);
    order->count = (uint16_t)count;
    order->shapes = shapes;
    order->marks = marks;
    *ret_order = order;
    return ERR_NONE;
}

static const struct form_order_position *position_of(const struct form_order *order, int shown) {
    return shown >= 1 && shown <= order->count ? &order->positions[shown - 1] : NULL;
}

const struct form_shape *form_order_shape(const struct form_order *order, int shown) {
    const struct form_order_position *position = position_of(order, shown);
    return position ? &order->shapes[position->canonical - 1] : NULL;
}

int form_order_canonical(const struct form_order *order, int shown) {
    const struct form_order_position *position = position_of(order, shown);
    return position ? position->canonical : 0;
}

int form_order_shown(const struct form_order *order, int canonical) {
    for (int i = 0; i < order->count; i++) {
        if (order->positions[i].canonical == canonical)
            return i + 1;
    }
    return 0;
}

int form_order_mark(const struct form_order *order, int shown, const char *name) {
    uint8_t bytes[NAME_LEN];
    const struct form_order_position *position = position_of(order, shown);
    if (!position || strlen(name) != FORM_OPTION_NAME - 1 || !text_unbase32(name, bytes, NAME_LEN))
        return 0;
    for (int k = 0; k < form_shape_marks(&order->shapes[position->canonical - 1]); k++) {
        if (memcmp(order->marks[position->first + k].name, bytes, NAME_LEN) == 0)
            return order->marks[position->first + k].canonical;
    }
    return 0;
}

void form_order_name(const struct form_order *order, int shown, int place, char out[FORM_OPTION_NAME]) {
    text_base32(order->marks[order->positions[shown - 1].first + place - 1].name, NAME_LEN, out);
}

int form_order_mark_at(const struct form_order *order, int shown, int place) {
    return order->marks[order->positions[shown - 1].first + place - 1].canonical;
}

bool form_order_name_of(const struct form_order *order, int shown, int mark, char out[FORM_OPTION_NAME]) {
    const struct form_shape *shape = form_order_shape(order, shown);
    for (int place = 1; shape && place <= form_shape_marks(shape); place++) {
        if (form_order_mark_at(order, shown, place) == mark) {
            form_order_name(order, shown, place, out);
            return true;
        }
    }
    return false;
}
