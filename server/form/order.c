#include "khoacu/form/order.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { NAME_LEN = 5, NAMES_PER_HASH = CRYPTO_SHA256_LEN / NAME_LEN, ROUNDS_MAX = 1000 };

struct stream {
    const uint8_t *seed;
    char label[64];
    uint64_t counter;
    uint8_t block[CRYPTO_SHA256_LEN];
    size_t used;
};

static uint64_t next_u64(struct stream *stream) {
    if (stream->used + 8 > sizeof stream->block) {
        char message[96];
        int len = snprintf(message, sizeof message, "%s%llu", stream->label, (unsigned long long)stream->counter++);
        crypto_hmac_sha256(stream->seed, FORM_SEED_LEN, message, (size_t)len, stream->block);
        stream->used = 0;
    }
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | stream->block[stream->used++];
    return number;
}

static size_t below(struct stream *stream, size_t bound) {
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound, number;
    do
        number = next_u64(stream);
    while (number >= limit);
    return (size_t)(number % bound);
}

static void shuffle(struct stream *stream, uint8_t *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        list[i] = (uint8_t)(i + 1);
    for (size_t i = count; i > 1; i--) {
        size_t j = below(stream, i);
        uint8_t kept = list[i - 1];
        list[i - 1] = list[j];
        list[j] = kept;
    }
}

static bool names_differ(const struct form_order_option *options, size_t count) {
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (memcmp(options[i].name, options[j].name, NAME_LEN) == 0)
                return false;
        }
    }
    return true;
}

static void name_options(const uint8_t *seed, const char *sitting, int canonical, struct form_order_option *options, size_t count) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
        uint8_t bytes[2 * CRYPTO_SHA256_LEN];
        for (int half = 0; half < (count > NAMES_PER_HASH ? 2 : 1); half++) {
            char message[96];
            int len = snprintf(message, sizeof message, "khoacu/option/v1\n%s\n%d\n%d", sitting, canonical, 2 * round + half);
            crypto_hmac_sha256(seed, FORM_SEED_LEN, message, (size_t)len, bytes + half * CRYPTO_SHA256_LEN);
        }
        for (size_t i = 0; i < count; i++) {
            size_t at = i < NAMES_PER_HASH ? i * NAME_LEN : CRYPTO_SHA256_LEN + (i - NAMES_PER_HASH) * NAME_LEN;
            memcpy(options[i].name, bytes + at, NAME_LEN);
        }
        if (names_differ(options, count))
            return;
    }
    assert(false && "a keyed hash that repeats itself a thousand times");
}

enum err form_order_new(const uint8_t seed[FORM_SEED_LEN], int64_t sitting_id, const uint8_t *option_counts, size_t count,
                        struct form_order **ret_order) {
    size_t total = 0;
    if (count < 1 || count > FORM_POSITIONS_MAX)
        return ERR_RANGE;
    for (size_t i = 0; i < count; i++) {
        if (option_counts[i] < 2 || option_counts[i] > FORM_OPTIONS_MAX)
            return ERR_RANGE;
        total += option_counts[i];
    }
    size_t head = sizeof(struct form_order) + count * sizeof(struct form_order_position);
    struct form_order *order = calloc(1, head + total * sizeof(struct form_order_option));
    if (!order)
        return ERR_MEMORY;
    struct form_order_option *options = (struct form_order_option *)((char *)order + head);
    uint8_t places[FORM_POSITIONS_MAX], choices[FORM_OPTIONS_MAX];
    char sitting[TEXT_ID_LEN + 1];
    struct stream stream = {.seed = seed, .used = CRYPTO_SHA256_LEN};
    text_format_id(sitting_id, sitting);
    snprintf(stream.label, sizeof stream.label, "khoacu/order/v1\n%s\n", sitting);
    shuffle(&stream, places, count);
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t own = option_counts[places[i] - 1];
        order->positions[i] = (struct form_order_position){.canonical = places[i], .option_count = own, .first = (uint16_t)first};
        shuffle(&stream, choices, own);
        for (size_t k = 0; k < own; k++)
            options[first + k].canonical = choices[k];
        name_options(seed, sitting, places[i], options + first, own);
        first += own;
    }
    order->count = (uint16_t)count;
    order->options = options;
    *ret_order = order;
    return ERR_NONE;
}

int form_order_canonical(const struct form_order *order, int shown) {
    return shown >= 1 && shown <= order->count ? order->positions[shown - 1].canonical : 0;
}

int form_order_shown(const struct form_order *order, int canonical) {
    for (int i = 0; i < order->count; i++) {
        if (order->positions[i].canonical == canonical)
            return i + 1;
    }
    return 0;
}

int form_order_choice(const struct form_order *order, int shown, const char *name) {
    uint8_t bytes[NAME_LEN];
    if (shown < 1 || shown > order->count || strlen(name) != FORM_OPTION_NAME - 1 || !text_unbase32(name, bytes, NAME_LEN))
        return 0;
    const struct form_order_position *position = &order->positions[shown - 1];
    for (int k = 0; k < position->option_count; k++) {
        if (memcmp(order->options[position->first + k].name, bytes, NAME_LEN) == 0)
            return order->options[position->first + k].canonical;
    }
    return 0;
}

void form_order_name(const struct form_order *order, int shown, int place, char out[FORM_OPTION_NAME]) {
    const struct form_order_position *position = &order->positions[shown - 1];
    text_base32(order->options[position->first + place - 1].name, NAME_LEN, out);
}

int form_order_option(const struct form_order *order, int shown, int place) {
    return order->options[order->positions[shown - 1].first + place - 1].canonical;
}

bool form_order_name_of(const struct form_order *order, int shown, int choice, char out[FORM_OPTION_NAME]) {
    if (shown < 1 || shown > order->count)
        return false;
    for (int place = 1; place <= order->positions[shown - 1].option_count; place++) {
        if (form_order_option(order, shown, place) == choice) {
            form_order_name(order, shown, place, out);
            return true;
        }
    }
    return false;
}
