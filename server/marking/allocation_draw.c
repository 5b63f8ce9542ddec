#include "khoacu/marking/allocation.h"

#include "khoacu/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static void put_u64(uint64_t value, uint8_t out[8]) {
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (56 - 8 * i));
}

enum err marking_draw_seed(const char *exam, const char *draw, const uint8_t root[CRYPTO_SHA256_LEN], const char *entropy,
                           uint8_t out[CRYPTO_SHA256_LEN]) {
    static const char HEAD[] = "exam/draw/v1\n";
    struct crypto_sha256 *hash = crypto_sha256_new();
    if (!hash)
        return ERR_MEMORY;
    crypto_sha256_add(hash, HEAD, sizeof HEAD - 1);
    crypto_sha256_add(hash, exam, strlen(exam));
    crypto_sha256_add(hash, "\n", 1);
    crypto_sha256_add(hash, draw, strlen(draw));
    crypto_sha256_add(hash, "\n", 1);
    crypto_sha256_add(hash, root, CRYPTO_SHA256_LEN);
    crypto_sha256_add(hash, "\n", 1);
    crypto_sha256_add(hash, entropy, strlen(entropy));
    crypto_sha256_finish(hash, out);
    return ERR_NONE;
}

void marking_stream_init(struct marking_stream *stream, const uint8_t seed[CRYPTO_SHA256_LEN], const char *label) {
    memcpy(stream->seed, seed, CRYPTO_SHA256_LEN);
    (void)snprintf(stream->label, sizeof stream->label, "%s", label);
    stream->counter = 0;
}

static uint64_t next_u64(struct marking_stream *stream) {
    uint8_t bytes[CRYPTO_SHA256_LEN + MARKING_DRAW_LABEL_SIZE + 8], digest[CRYPTO_SHA256_LEN];
    size_t label = strlen(stream->label);
    memcpy(bytes, stream->seed, CRYPTO_SHA256_LEN);
    memcpy(bytes + CRYPTO_SHA256_LEN, stream->label, label);
    put_u64(stream->counter++, bytes + CRYPTO_SHA256_LEN + label);
    crypto_sha256(bytes, CRYPTO_SHA256_LEN + label + 8, digest);
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | digest[i];
    return value;
}

uint64_t marking_stream_below(struct marking_stream *stream, uint64_t bound) {
    /* 2^64 mod bound, so that what lies above the last whole multiple is thrown away. */
    uint64_t rest = (UINT64_MAX % bound + 1) % bound, value;
    do
        value = next_u64(stream);
    while (rest != 0 && value > UINT64_MAX - rest);
    return value % bound;
}

void marking_stream_shuffle(struct marking_stream *stream, int64_t *values, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)marking_stream_below(stream, i);
        int64_t kept = values[i - 1];
        values[i - 1] = values[k];
        values[k] = kept;
    }
}

size_t marking_redraw_pick(const uint8_t seed[CRYPTO_SHA256_LEN], int64_t blind_id, int marking_round, int number,
                           size_t eligible) {
    struct marking_stream stream;
    char label[MARKING_DRAW_LABEL_SIZE];
    (void)snprintf(label, sizeof label, "redraw/%016" PRIx64 "/%d/%d", (uint64_t)blind_id, marking_round, number);
    marking_stream_init(&stream, seed, label);
    return (size_t)marking_stream_below(&stream, eligible);
}

static void add_id(struct crypto_sha256 *hash, int64_t id, char end) {
    char text[TEXT_ID_LEN + 1];
    text_format_id(id, text);
    text[TEXT_ID_LEN] = end;
    crypto_sha256_add(hash, text, TEXT_ID_LEN + 1);
}

enum err marking_field_commit(const struct marking_field *field, uint8_t out[CRYPTO_SHA256_LEN]) {
    struct crypto_sha256 *hash = crypto_sha256_new();
    char head[120];
    if (!hash)
        return ERR_MEMORY;
    int len = snprintf(head, sizeof head, "khoacu-allocate/1\n%u %zu %zu %zu\n", field->per_script, field->script_count,
                       field->marker_count, field->excluded_count);
    crypto_sha256_add(hash, head, (size_t)len);
    for (size_t i = 0; i < field->script_count; i++)
        add_id(hash, field->scripts[i], '\n');
    for (size_t i = 0; i < field->marker_count; i++)
        add_id(hash, field->markers[i], '\n');
    for (size_t i = 0; i < field->excluded_count; i++) {
        add_id(hash, field->excluded[i].blind_id, ' ');
        add_id(hash, field->excluded[i].marker_id, '\n');
    }
    crypto_sha256_finish(hash, out);
    return ERR_NONE;
}

enum err marking_allocation_digest(const struct marking_field *field, const int64_t *marker_ids,
                                   uint8_t out[CRYPTO_SHA256_LEN]) {
    struct crypto_sha256 *hash = crypto_sha256_new();
    if (!hash)
        return ERR_MEMORY;
    for (size_t i = 0; i < field->script_count; i++) {
        add_id(hash, field->scripts[i], ' ');
        for (size_t k = 0; k < field->per_script; k++)
            add_id(hash, marker_ids[i * field->per_script + k], k + 1 < field->per_script ? ' ' : '\n');
    }
    crypto_sha256_finish(hash, out);
    return ERR_NONE;
}
