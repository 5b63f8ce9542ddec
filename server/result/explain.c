#include "khoacu/result/table.h"

#include "result_private.h"
#include "words.h"

#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define STEPS_MAX ((size_t)1 << 16)
#define SCRATCH_MAX ((size_t)1 << 20)

struct result_teller {
    struct arena arena, scratch; /* of the catalogues; of one candidate */
    struct result_words vi, en;
};

enum err result_teller_open(struct arena *arena, struct result_teller **ret_teller) {
    struct result_teller *t = ARENA_NEW(arena, struct result_teller);
    if (!t)
        return ERR_MEMORY;
    arena_init(&t->arena, SCRATCH_MAX);
    arena_init(&t->scratch, SCRATCH_MAX);
    enum err err = result_words_load(&t->arena, "vi", &t->vi);
    if (err == ERR_NONE)
        err = result_words_load(&t->arena, "en", &t->en);
    t->vi.arena = t->en.arena = &t->scratch;
    if (err == ERR_NONE)
        *ret_teller = t;
    else
        result_teller_close(t);
    return err;
}

void result_teller_close(struct result_teller *teller) {
    arena_release(&teller->arena);
    arena_release(&teller->scratch);
}

/* One step after the other: "sentence: figure". */
static void tell(const struct result_words *words, const struct json *steps, struct buf *out) {
    for (size_t i = 0; i < json_count(steps); i++) {
        const char *line = "", *figure = "";
        result_step_words(words, json_at(steps, i), &line, &figure);
        buf_addf(out, "%s%s%s%s", i ? "; " : "", line, *figure ? ": " : "", figure);
    }
}

enum err result_steps_tell(struct result_teller *teller, const struct result_field *field, const struct rank_result *result, uint32_t candidate,
                           const char **ret_vi, const char **ret_en) {
    struct buf json CLEANUP(buf_release), vi CLEANUP(buf_release), en CLEANUP(buf_release);
    struct json_writer w;
    const struct json *steps = NULL;
    buf_init(&json, STEPS_MAX);
    buf_init(&vi, STEPS_MAX);
    buf_init(&en, STEPS_MAX);
    arena_reset(&teller->scratch);
    json_writer_init(&w, &json);
    result_derivation_write(&w, field, result, candidate);
    if (json.failed)
        return ERR_LIMIT;
    enum err err = json_read(&teller->scratch, json.data, json.len, &steps, NULL);
    if (err != ERR_NONE)
        return err;
    tell(&teller->vi, steps, &vi);
    tell(&teller->en, steps, &en);
    *ret_vi = arena_strndup(&teller->scratch, vi.data ? vi.data : "", vi.len);
    *ret_en = arena_strndup(&teller->scratch, en.data ? en.data : "", en.len);
    return vi.failed || en.failed || teller->scratch.failed ? ERR_LIMIT : ERR_NONE;
}
