#include "khoacu/result/equating.h"

#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/rank/statistic.h"

#include <string.h>

#include "khoacu/base/banned.h"

static enum err refuse(const char *line, const char **ret_line) {
    *ret_line = line;
    return line ? ERR_RANGE : ERR_MEMORY;
}
#define REFUSE(...) refuse(arena_printf(arena, __VA_ARGS__), ret_line)

static bool takes_table(const struct rank_pack *rules, uint8_t component) {
    return component != RANK_NONE && component < rules->component_count && rules->components[component].given_table;
}

static int64_t source_max(const struct rank_pack *rules, uint8_t component) {
    return rules->components[rules->components[component].source].max;
}

/* What each score of a shift counts as, in fine marks. False: the shift or the base has nobody. */
static bool compute(const struct rank_pack *rules, uint8_t component, const struct result_shift *own, const struct result_shift *base, int64_t *ret_values) {
    const struct rank_component *c = &rules->components[component];
    int64_t max = source_max(rules, component), unit = 1;
    for (int i = c->places; i < 7; i++)
        unit *= 10;
    for (int64_t score = 0; score <= max; score++) {
        if (!rank_equipercentile(&(struct rank_scores){own->counts, max}, &(struct rank_scores){base->counts, max}, score, c->places, &ret_values[score]))
            return false;
        ret_values[score] *= unit;
    }
    return true;
}

static const struct result_shift *find_shift(const struct result_shift *shifts, size_t count, uint32_t shift) {
    for (size_t i = 0; i < count; i++)
        if (shifts[i].shift == shift)
            return &shifts[i];
    return NULL;
}

/* ---- writing ---- */

static void put_shift(struct json_writer *w, const struct rank_pack *rules, uint8_t component, const struct result_shift *shift, const int64_t *values) {
    int64_t max = source_max(rules, component);
    json_open_object(w);
    json_put_key(w, "counts");
    json_open_array(w);
    for (int64_t i = 0; i <= max; i++)
        json_put_int(w, shift->counts[i]);
    json_close_array(w);
    json_member_int(w, "shift", shift->shift);
    json_put_key(w, "values");
    json_open_array(w);
    for (int64_t i = 0; i <= max; i++)
        result_put_value(w, rules, component, values[i]);
    json_close_array(w);
    json_close_object(w);
}

enum err result_equating_make(struct arena *arena, const struct rank_pack *rules, uint8_t component, const struct result_shift *shifts,
                              size_t count, struct buf *out, const char **ret_line) {
    struct json_writer w;
    if (!takes_table(rules, component))
        return REFUSE("the component is no equipercentile statistic with \"table\": \"signed\"");
    const struct rank_component *c = &rules->components[component];
    const struct result_shift *base = find_shift(shifts, count, c->base_group);
    int64_t *values = ARENA_ARRAY(arena, (size_t)source_max(rules, component) + 1, int64_t);
    if (!base)
        return REFUSE("nobody sat in the base shift %u", c->base_group);
    if (!values)
        return ERR_MEMORY;
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, "document");
    json_open_object(&w);
    json_member_int(&w, "base", c->base_group);
    json_member_text(&w, "component", c->code);
    json_member_int(&w, "max", source_max(rules, component));
    json_member_int(&w, "places", c->places);
    json_put_key(&w, "shifts");
    json_open_array(&w);
    for (size_t i = 0; i < count; i++) {
        if (!compute(rules, component, &shifts[i], base, values))
            return REFUSE("nobody sat in shift %u", shifts[i].shift);
        put_shift(&w, rules, component, &shifts[i], values);
    }
    json_close_array(&w);
    json_close_object(&w);
    json_member_text(&w, "format", RESULT_EQUATING_FORMAT);
    json_put_key(&w, "signatures");
    json_open_array(&w);
    json_close_array(&w);
    json_close_object(&w);
    return out->failed ? ERR_LIMIT : ERR_NONE;
}

static void put_signature(struct json_writer *w, const struct result_signature *signature) {
    char hex[2 * sizeof signature->bytes + 1];
    text_hex(signature->bytes, sizeof signature->bytes, hex);
    json_open_object(w);
    json_member_text(w, "by", signature->by);
    json_member_text(w, "public_key", signature->public_key);
    json_member_text(w, "signature", hex);
    json_close_object(w);
}

enum err result_equating_sign(const struct json *file, const struct result_signature *signature, struct buf *out) {
    struct json_writer w;
    const struct json *signatures = json_get(file, "signatures");
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, "document");
    json_put_value(&w, json_get(file, "document"));
    json_member_text(&w, "format", RESULT_EQUATING_FORMAT);
    json_put_key(&w, "signatures");
    json_open_array(&w);
    for (size_t i = 0; i < json_count(signatures); i++)
        json_put_value(&w, json_at(signatures, i));
    put_signature(&w, signature);
    json_close_array(&w);
    json_close_object(&w);
    return out->failed ? ERR_LIMIT : ERR_NONE;
}

void result_equatings_write(struct json_writer *w, const struct result_field *field) {
    if (field->equating_count == 0)
        return;
    json_put_key(w, "equatings");
    json_open_array(w);
    for (size_t i = 0; i < field->equating_count; i++) {
        const struct result_equating *one = &field->equatings[i];
        json_open_object(w);
        json_put_key(w, "document");
        json_put_raw(w, one->text);
        json_member_text(w, "format", RESULT_EQUATING_FORMAT);
        json_member_text(w, "sha256", one->sha256);
        json_put_key(w, "signatures");
        json_open_array(w);
        for (size_t k = 0; k < one->signature_count; k++)
            put_signature(w, &one->signatures[k]);
        json_close_array(w);
        json_close_object(w);
    }
    json_close_array(w);
}

/* ---- reading ---- */

static enum err read_counts(struct arena *arena, const struct json *one, size_t scores, struct result_shift *shift, const char **ret_line) {
    static const char *const MEMBERS[] = {"counts", "shift", "values", NULL};
    const struct json *counts = json_get(one, "counts");
    int64_t number = 0, total = 0;
    shift->counts = ARENA_ARRAY(arena, scores, int64_t);
    if (!shift->counts)
        return ERR_MEMORY;
    if (!result_members_are(one, MEMBERS) || !json_int(json_get(one, "shift"), &number) || number < 0 || number > 99999)
        return REFUSE("equating table: a shift is not {counts, shift, values}");
    shift->shift = (uint32_t)number;
    if (json_count(counts) != scores || json_count(json_get(one, "values")) != scores)
        return REFUSE("equating table, shift %u: not one count and one value for each score from 0 to %zu", shift->shift, scores - 1);
    for (size_t i = 0; i < scores; i++) {
        if (!json_int(json_at(counts, i), &shift->counts[i]) || shift->counts[i] < 0 || shift->counts[i] > 10000000)
            return REFUSE("equating table, shift %u: the count of score %zu is none", shift->shift, i);
        total += shift->counts[i];
    }
    return total > 0 && total <= 10000000 ? ERR_NONE : REFUSE("equating table, shift %u: %lld persons", shift->shift, (long long)total);
}

static enum err read_values(struct arena *arena, const struct json *one, const struct rank_pack *rules, uint8_t component, const struct result_shift *shift,
                            const struct result_shift *base, struct rank_table *table, const char **ret_line) {
    size_t scores = (size_t)source_max(rules, component) + 1;
    int64_t *values = ARENA_ARRAY(arena, scores, int64_t);
    if (!values)
        return ERR_MEMORY;
    if (!compute(rules, component, shift, base, values))
        return REFUSE("equating table, shift %u: nothing follows from the counts", shift->shift);
    for (size_t i = 0; i < scores; i++) {
        char computed[RESULT_VALUE_SIZE];
        const char *stated = json_text(json_at(json_get(one, "values"), i));
        result_format_value(rules, component, values[i], computed);
        if (!stated || strcmp(stated, computed) != 0)
            return REFUSE("equating table, shift %u: score %zu is stated as %.40s, computed as %s", shift->shift, i, stated ? stated : "nothing", computed);
    }
    *table = (struct rank_table){.component = component, .group = shift->shift, .values = values, .count = (uint32_t)scores};
    return ERR_NONE;
}

/* The document against the rules; its tables go into the field. */
static enum err read_document(struct arena *arena, const struct json *document, struct result_field *f, struct result_equating *one, const char **ret_line) {
    static const char *const MEMBERS[] = {"base", "component", "max", "places", "shifts", NULL};
    const struct json *list = json_get(document, "shifts");
    const char *code = json_text(json_get(document, "component"));
    int64_t base = 0, max = 0, places = 0;
    size_t count = json_count(list);
    one->component = code ? rank_component_find(&f->rules, code) : RANK_NONE;
    if (!result_members_are(document, MEMBERS) || !json_int(json_get(document, "base"), &base) || !json_int(json_get(document, "max"), &max) ||
        !json_int(json_get(document, "places"), &places) || count < 1 || count > RESULT_SHIFTS_MAX)
        return REFUSE("equating table: the document is not {base, component, max, places, shifts}");
    if (!takes_table(&f->rules, one->component))
        return REFUSE("equating table: the pack takes none for %.40s", code ? code : "nothing");
    const struct rank_component *c = &f->rules.components[one->component];
    if (base != c->base_group || max != source_max(&f->rules, one->component) || max > RESULT_EQUATING_SCORES_MAX || places != c->places)
        return REFUSE("equating table of %s: base, max or places are not those of the pack (%u, %lld, %u)", code, c->base_group,
                      (long long)source_max(&f->rules, one->component), c->places);
    struct result_shift *shifts = ARENA_ARRAY(arena, count, struct result_shift);
    struct rank_table *tables = ARENA_ARRAY(arena, f->inputs.table_count + count, struct rank_table);
    enum err err = shifts && tables ? ERR_NONE : ERR_MEMORY;
    for (size_t i = 0; i < count && err == ERR_NONE; i++) {
        err = read_counts(arena, json_at(list, i), (size_t)max + 1, &shifts[i], ret_line);
        if (err == ERR_NONE && i > 0 && shifts[i].shift <= shifts[i - 1].shift)
            err = REFUSE("equating table: shift %u is not behind shift %u", shifts[i].shift, shifts[i - 1].shift);
    }
    const struct result_shift *scale = err == ERR_NONE ? find_shift(shifts, count, c->base_group) : NULL;
    if (err == ERR_NONE && !scale)
        err = REFUSE("equating table: the base shift %u is missing", c->base_group);
    if (err != ERR_NONE)
        return err;
    if (f->inputs.table_count > 0)
        memcpy(tables, f->inputs.tables, f->inputs.table_count * sizeof *tables);
    for (size_t i = 0; i < count && err == ERR_NONE; i++)
        err = read_values(arena, json_at(list, i), &f->rules, one->component, &shifts[i], scale, &tables[f->inputs.table_count + i], ret_line);
    if (err == ERR_NONE) {
        f->inputs.tables = tables;
        f->inputs.table_count += (uint32_t)count;
    }
    return err;
}

static enum err read_signatures(struct arena *arena, const struct json *list, size_t least, struct result_equating *one, const char **ret_line) {
    static const char *const MEMBERS[] = {"by", "public_key", "signature", NULL};
    if (json_kind(list) != JSON_ARRAY || json_count(list) < least || json_count(list) > RESULT_SIGNATURES_MAX)
        return REFUSE("equating table: %zu signatures, %zu to %d are wanted", json_count(list), least, RESULT_SIGNATURES_MAX);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *from = json_at(list, i);
        struct result_signature *to = &one->signatures[one->signature_count++];
        const char *hex = json_text(json_get(from, "signature"));
        to->by = json_text(json_get(from, "by"));
        to->public_key = json_text(json_get(from, "public_key"));
        if (!result_members_are(from, MEMBERS) || !to->by || !*to->by || !to->public_key || !hex || !text_unhex(hex, to->bytes, sizeof to->bytes))
            return REFUSE("equating table: signature %zu is not {by, public_key, signature}", i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(one->signatures[k].public_key, to->public_key) == 0 || strcmp(one->signatures[k].by, to->by) == 0)
                return REFUSE("equating table: signatures %zu and %zu are of one person or one key", k + 1, i + 1);
    }
    return ERR_NONE;
}

static enum err keep_text(struct arena *arena, const struct json *document, struct result_equating *one) {
    struct buf text CLEANUP(buf_release);
    uint8_t sha256[CRYPTO_SHA256_LEN];
    buf_init(&text, (size_t)256 << 20);
    enum err err = json_canonical(document, &text);
    if (err != ERR_NONE)
        return err;
    one->text = arena_strndup(arena, text.data, text.len);
    one->text_len = text.len;
    crypto_sha256(text.data, text.len, sha256);
    text_hex(sha256, sizeof sha256, one->sha256);
    return one->text ? ERR_NONE : ERR_MEMORY;
}

enum err result_equating_read(struct arena *arena, const struct json *file, size_t least, struct result_field *field, const char **ret_line) {
    static const char *const MEMBERS[] = {"document", "format", "?sha256", "signatures", NULL};
    const char *format = json_text(json_get(file, "format"));
    struct result_equating *list = ARENA_ARRAY(arena, field->equating_count + 1, struct result_equating), *one = list ? &list[field->equating_count] : NULL;
    if (!list)
        return ERR_MEMORY;
    if (!result_members_are(file, MEMBERS) || !format || strcmp(format, RESULT_EQUATING_FORMAT) != 0)
        return REFUSE("equating table: not {document, format, signatures} of " RESULT_EQUATING_FORMAT);
    if (field->equating_count == RESULT_EQUATINGS_MAX)
        return REFUSE("equating table: more than %d of them", RESULT_EQUATINGS_MAX);
    enum err err = read_document(arena, json_get(file, "document"), field, one, ret_line);
    if (err == ERR_NONE)
        err = read_signatures(arena, json_get(file, "signatures"), least, one, ret_line);
    if (err == ERR_NONE)
        err = keep_text(arena, json_get(file, "document"), one);
    for (size_t i = 0; i < field->equating_count && err == ERR_NONE; i++) {
        list[i] = field->equatings[i];
        if (list[i].component == one->component)
            err = REFUSE("equating table: two of them for %s", field->rules.components[one->component].code);
    }
    if (err != ERR_NONE)
        return err;
    field->equatings = list;
    field->equating_count++;
    return ERR_NONE;
}

enum err result_equatings_read(struct arena *arena, const struct json *list, struct result_field *field, const char **ret_line) {
    enum err err = ERR_NONE;
    for (size_t i = 0; i < json_count(list) && err == ERR_NONE; i++) {
        err = result_equating_read(arena, json_at(list, i), 2, field, ret_line);
        const char *stated = json_text(json_get(json_at(list, i), "sha256"));
        if (err == ERR_NONE && (!stated || strcmp(stated, field->equatings[i].sha256) != 0))
            err = REFUSE("equating table: sha256 is stated as %.70s, computed as %s", stated ? stated : "nothing", field->equatings[i].sha256);
    }
    return err;
}
