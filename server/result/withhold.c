#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define SALT_LEN 32

/* Marks those whose points fewer than RESULT_GROUP_MIN persons share; returns their number. */
static uint32_t mark_small_groups(const struct result_field *field, const struct rank_result *result, bool *marked) {
    uint32_t sizes[RANK_CLASSES_MAX] = {0}, count = 0;
    const struct rank_pack *rules = &field->rules;
    if (rank_pack_is_relative(rules))
        return 0; /* what others have decides on everybody: nothing can be left out and computed again */
    for (uint32_t i = 0; i < field->inputs.candidate_count; i++)
        for (uint8_t k = 0; result->decisions[i].priority > 0 && k < rules->class_count; k++)
            sizes[k] += rules->classes[k].points == result->decisions[i].priority;
    for (uint32_t i = 0; i < field->inputs.candidate_count; i++) {
        const struct rank_decision *d = &result->decisions[i];
        if (d->class_used == RANK_NONE || sizes[d->class_used] >= RESULT_GROUP_MIN || d->compared)
            continue;
        marked[i] = true;
        count++;
    }
    return count;
}

/* Draws others without priority, so that at most half of those marked belong to small groups and they are at least
 * RESULT_GROUP_MIN, as far as there are such persons. By the kernel's randomness: a draw that could be repeated would
 * tell who was not drawn. */
static enum err draw_others(struct arena *arena, const struct result_field *field, const struct rank_result *result,
                            uint32_t small, bool *marked) {
    uint32_t *others = ARENA_ARRAY(arena, field->inputs.candidate_count, uint32_t);
    uint32_t count = 0, wanted = 2 * small < RESULT_GROUP_MIN ? RESULT_GROUP_MIN - small : small;
    if (!others)
        return ERR_MEMORY;
    for (uint32_t i = 0; i < field->inputs.candidate_count; i++)
        if (result->decisions[i].passed && result->decisions[i].priority == 0 && !result->decisions[i].compared)
            others[count++] = i;
    for (; wanted > 0 && count > 0; wanted--) {
        uint32_t at = (uint32_t)random_below(count);
        marked[others[at]] = true;
        others[at] = others[--count];
    }
    return ERR_NONE;
}

/* The text that the hash commits to. */
static const char *opening_of(struct arena *arena, const struct result_field *field, const struct rank_decision *d,
                              uint32_t i) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    uint8_t salt[SALT_LEN];
    char hex[2 * SALT_LEN + 1];
    random_bytes(salt, sizeof salt);
    text_hex(salt, sizeof salt, hex);
    buf_init(&out, 8192);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_member_hundredths(&w, "priority", d->priority);
    json_put_key(&w, "results");
    result_results_write(&w, field, i);
    json_member_text(&w, "roll_number", field->candidates[i].roll);
    json_member_text(&w, "salt", hex);
    json_close_object(&w);
    return out.failed ? NULL : arena_strndup(arena, out.data, out.len);
}

static enum err state_total(struct arena *arena, const struct rank_decision *d, struct result_field *public,
                            const char *opening, uint32_t i) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    if (!opening)
        return ERR_MEMORY;
    crypto_sha256(opening, strlen(opening), sha256);
    text_hex(sha256, sizeof sha256, hex);
    public->withheld[i] = arena_strdup(arena, hex);
    public->candidates[i].stated = true;
    public->candidates[i].stated_total = d->total;
    public->candidates[i].classes = 0;
    size_t width = public->rules.component_count;
    memset(public->statuses + i * width, RANK_STATUS_NONE, width);
    memset(public->values + i * width, 0, width * sizeof *public->values);
    return public->withheld[i] ? ERR_NONE : ERR_MEMORY;
}

/* Of panels the public is told what decides by itself: projects, of whoever is not withheld. */
static enum err tell_panels(struct arena *arena, const struct result_field *field, struct result_field *public) {
    size_t count = field->inputs.candidate_count;
    public->panel_count = 0;
    public->panels = ARENA_ARRAY(arena, field->panel_count, struct result_panel);
    public->given = ARENA_ARRAY(arena, count, const struct result_given *);
    if (!public->panels || !public->given)
        return ERR_MEMORY;
    for (size_t i = 0; i < field->panel_count; i++)
        if (strcmp(field->panels[i].kind, RESULT_PANEL_PUBLIC) == 0)
            public->panels[public->panel_count++] = field->panels[i];
    for (size_t i = 0; i < count; i++)
        if (field->given[i] && !public->candidates[i].stated && strcmp(field->given[i]->panel->kind, RESULT_PANEL_PUBLIC) == 0)
            public->given[i] = field->given[i];
    return ERR_NONE;
}

enum err result_withhold(struct arena *arena, const struct result_field *field, const struct rank_result *result,
                         struct result_field *ret_public, const char ***ret_openings) {
    size_t count = field->inputs.candidate_count, width = field->rules.component_count;
    bool *marked = ARENA_ARRAY(arena, count, bool);
    const char **openings = ARENA_ARRAY(arena, count, const char *);
    *ret_public = *field;
    ret_public->candidates = ARENA_ARRAY(arena, count, struct rank_candidate);
    ret_public->values = ARENA_ARRAY(arena, count * width, int64_t);
    ret_public->statuses = ARENA_ARRAY(arena, count * width, uint8_t);
    ret_public->withheld = ARENA_ARRAY(arena, count, const char *);
    if (arena->failed)
        return ERR_MEMORY;
    memcpy(ret_public->candidates, field->candidates, count * sizeof *field->candidates);
    memcpy(ret_public->values, field->values, count * width * sizeof *field->values);
    memcpy(ret_public->statuses, field->statuses, count * width);
    ret_public->inputs.pack = &ret_public->rules;
    ret_public->inputs.candidates = ret_public->candidates;
    ret_public->inputs.values = ret_public->values;
    ret_public->inputs.statuses = ret_public->statuses;
    uint32_t small = mark_small_groups(field, result, marked);
    enum err err = small > 0 ? draw_others(arena, field, result, small, marked) : ERR_NONE;
    for (uint32_t i = 0; i < count && err == ERR_NONE; i++) {
        if (!marked[i])
            continue;
        openings[i] = opening_of(arena, field, &result->decisions[i], i);
        err = state_total(arena, &result->decisions[i], ret_public, openings[i], i);
    }
    if (err == ERR_NONE)
        err = tell_panels(arena, field, ret_public);
    if (err == ERR_NONE)
        *ret_openings = openings;
    return err;
}
