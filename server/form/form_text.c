#include "form_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/json/json.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define CANONICAL_MAX ((size_t)256 << 20)

enum err form_texts_read(const struct bank_desk *desk, struct form_texts *texts, bool keys) {
    size_t all = texts->count + texts->stimulus_count;
    texts->texts = ARENA_ARRAY(desk->arena, FORM_POSITIONS_MAX + FORM_STIMULI_MAX, struct bank_version_text);
    texts->stimulus_of = ARENA_ARRAY(desk->arena, FORM_POSITIONS_MAX, size_t);
    if (!texts->texts || !texts->stimulus_of)
        return ERR_MEMORY;
    return bank_texts_read(desk->db, desk->vault, desk->arena, texts->item_ids, texts->versions, all, keys, texts->texts);
}

/* The code of the stimulus that the item refers to, or NULL. */
static enum err stimulus_code(struct arena *arena, const struct bank_version_text *text, const char **ret_code) {
    const struct json *content = NULL;
    enum err err = json_read(arena, text->content, text->content_len, &content, NULL);
    if (err == ERR_NONE)
        *ret_code = json_text(json_get(content, "stimulus"));
    return err;
}

struct finding {
    struct form_texts *texts;
    const char **codes; /* of the stimuli, in the order of first use */
    size_t count;
    int64_t item_ids[FORM_STIMULI_MAX], versions[FORM_STIMULI_MAX];
};

static enum err take_stimulus(void *ctx, const struct db_row *row) {
    struct finding *finding = ctx;
    for (size_t i = 0; i < finding->count; i++) {
        if (strcmp(finding->codes[i], db_text(row, 0)) != 0)
            continue;
        finding->item_ids[i] = db_int(row, 1);
        finding->versions[i] = db_int(row, 2);
    }
    return ERR_NONE;
}

/* Notes the code an item refers to; which of the list it is, from 1. */
static size_t note_code(struct finding *finding, const char *code) {
    for (size_t i = 0; i < finding->count; i++)
        if (strcmp(finding->codes[i], code) == 0)
            return i + 1;
    if (finding->count == FORM_STIMULI_MAX)
        return 0;
    finding->codes[finding->count++] = code;
    return finding->count;
}

enum err form_texts_resolve(const struct bank_desk *desk, int64_t bank_id, struct form_texts *texts) {
    struct finding *finding = ARENA_NEW(desk->arena, struct finding);
    if (!finding || !(finding->codes = ARENA_ARRAY(desk->arena, FORM_STIMULI_MAX, const char *)))
        return ERR_MEMORY;
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < texts->count; i++) {
        const char *code = NULL;
        err = stimulus_code(desk->arena, &texts->texts[i], &code);
        if (err != ERR_NONE || !code)
            continue;
        texts->stimulus_of[i] = note_code(finding, code);
        if (texts->stimulus_of[i] == 0)
            err = ERR_LIMIT;
    }
    if (err != ERR_NONE || finding->count == 0)
        return err;
    err = db_many(desk->db, desk->arena, DB_FORM_STIMULI, DB_PARAMS(P_INT(bank_id), P_TEXTS(finding->codes, finding->count)),
                  FORM_STIMULI_MAX, take_stimulus, finding);
    for (size_t i = 0; err == ERR_NONE && i < texts->count && texts->unresolved == 0; i++)
        if (texts->stimulus_of[i] > 0 && finding->item_ids[texts->stimulus_of[i] - 1] == 0)
            texts->unresolved = i + 1;
    if (err != ERR_NONE || texts->unresolved > 0)
        return err;
    memcpy(&texts->item_ids[texts->count], finding->item_ids, finding->count * sizeof(int64_t));
    memcpy(&texts->versions[texts->count], finding->versions, finding->count * sizeof(int64_t));
    texts->stimulus_count = finding->count;
    return bank_texts_read(desk->db, desk->vault, desk->arena, &texts->item_ids[texts->count], &texts->versions[texts->count],
                           finding->count, false, &texts->texts[texts->count]);
}

enum err form_texts_link(const struct bank_desk *desk, struct form_texts *texts) {
    enum err err = ERR_NONE;
    for (size_t i = 0; texts->stimulus_count > 0 && err == ERR_NONE && i < texts->count; i++) {
        const char *code = NULL;
        err = stimulus_code(desk->arena, &texts->texts[i], &code);
        for (size_t k = 0; err == ERR_NONE && code && k < texts->stimulus_count; k++)
            if (strcmp(texts->texts[texts->count + k].code, code) == 0)
                texts->stimulus_of[i] = k + 1;
    }
    return err;
}

static void put_text(struct json_writer *writer, const struct bank_version_text *text, size_t position) {
    json_open_array(writer);
    if (position > 0)
        json_put_int(writer, (int64_t)position);
    json_put_text(writer, text->code);
    json_put_int(writer, text->version);
    json_put_raw(writer, text->content);
    json_close_array(writer);
}

/* The hash is taken of what the bank holds, not of what was meant to be in the form. */
enum err form_texts_hash(const struct bank_desk *desk, struct form_texts *texts) {
    struct buf loose CLEANUP(buf_release), canonical CLEANUP(buf_release);
    struct json_writer writer;
    const struct json *tree = NULL;
    buf_init(&loose, CANONICAL_MAX);
    buf_init(&canonical, CANONICAL_MAX);
    json_writer_init(&writer, &loose);
    json_open_object(&writer);
    json_put_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < texts->count; i++)
        put_text(&writer, &texts->texts[i], i + 1);
    json_close_array(&writer);
    if (texts->sections) {
        json_put_key(&writer, "sections");
        json_put_raw(&writer, texts->sections);
    }
    json_put_key(&writer, "stimuli");
    json_open_array(&writer);
    for (size_t i = 0; i < texts->stimulus_count; i++)
        put_text(&writer, &texts->texts[texts->count + i], 0);
    json_close_array(&writer);
    json_close_object(&writer);
    enum err err = loose.failed ? ERR_LIMIT : json_read(desk->arena, loose.data, loose.len, &tree, NULL);
    if (err == ERR_NONE)
        err = json_canonical(tree, &canonical);
    if (err != ERR_NONE)
        return err;
    crypto_sha256(canonical.data, canonical.len, texts->sha256);
    text_hex(texts->sha256, sizeof texts->sha256, texts->hex);
    return ERR_NONE;
}
