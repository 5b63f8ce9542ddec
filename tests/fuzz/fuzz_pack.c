/* Any bytes as a rule pack: read without fault; a pack that is read has a canonical text that reads as the same pack, and
 * its schemes settle whatever marks there are, or say what is wrong with them. */
#include "khoacu/cycle/pack.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

/* Marks and words out of the last bytes. */
static void settle_some(const struct settle_scheme *scheme, const uint8_t *data, size_t size) {
    struct settle_facts f = {.max = 10000, .pass = 5000, .remark = scheme->tier_count[SETTLE_ROUND_CHANGE] > 0};
    struct settle_result r = {0};
    struct rank_misfit misfit = {0};
    char text[SETTLE_TEXT_SIZE];
    const uint8_t *end = data + size;
    size_t take = size < 12 ? size : 12;
    f.mark_count = take > 8 ? (uint8_t)(take - 8) : 0;
    for (uint8_t i = 0; i < f.mark_count; i++)
        f.marks[i] = end[-1 - i] * 40;
    uint8_t said = take ? end[-1] : 0;
    f.dialogue = said % 3;
    f.minuted = said & 4;
    f.before = f.agreed = said * 39;
    for (int i = 0; i < SETTLE_PERSON_COUNT; i++) {
        f.by[i].said = said >> (3 + i) & 1;
        f.by[i].passed_up = i == 0 && said & 64;
    }
    if (settle_marks(scheme, &f, &r, &misfit) != ERR_NONE) {
        must(*misfit.path && *misfit.reason);
        return;
    }
    must(r.next != SETTLE_NEXT_SETTLED || (r.mark >= 0 && r.mark <= f.max + scheme->round_to));
    settle_sentence(scheme, &f, &r, said & 1 ? "vi" : "en", text);
    must(*text && strlen(text) < SETTLE_TEXT_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena, 1 << 24);
    struct cycle_pack *pack = ARENA_NEW(&arena, struct cycle_pack), *again = ARENA_NEW(&arena, struct cycle_pack);
    struct json_misfits misfits = {0}, none = {0};
    struct json_error error = {0};
    enum err err = cycle_pack_read(&arena, (const char *)data, size, pack, &misfits, &error);
    if (err == ERR_NONE) {
        struct rank_misfit misfit;
        must(misfits.count == 0 && rank_check_pack(&pack->rank, &misfit) == ERR_NONE);
        must(cycle_pack_read(&arena, pack->text, pack->text_len, again, &none, NULL) == ERR_NONE);
        must(strcmp(pack->sha256, again->sha256) == 0 && memcmp(&pack->rank, &again->rank, sizeof pack->rank) == 0);
        for (size_t i = 0; i < pack->scheme_count; i++)
            settle_some(&pack->schemes[i].rules, data, size);
    } else {
        must(err != ERR_RANGE || misfits.count > 0);
    }
    arena_release(&arena);
    return 0;
}
