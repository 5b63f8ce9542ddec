#include "result_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum err result_field_init(struct arena *arena, const struct result_sizes *sizes, struct result_field *field) {
    size_t width = field->rules.component_count;
    if (sizes->candidates > UINT32_MAX / 64 || sizes->preferences > UINT32_MAX || sizes->seats > UINT32_MAX ||
        sizes->posts > UINT32_MAX || sizes->agencies > UINT32_MAX)
        return ERR_LIMIT;
    field->agencies = ARENA_ARRAY(arena, sizes->agencies, const char *);
    field->agency_names = ARENA_ARRAY(arena, sizes->agencies, const char *);
    field->post_titles = ARENA_ARRAY(arena, sizes->posts, const char *);
    field->seats = ARENA_ARRAY(arena, sizes->seats, struct rank_seat);
    field->posts = ARENA_ARRAY(arena, sizes->posts, struct rank_post);
    field->preferences = ARENA_ARRAY(arena, sizes->preferences, uint32_t);
    field->candidates = ARENA_ARRAY(arena, sizes->candidates, struct rank_candidate);
    field->values = ARENA_ARRAY(arena, sizes->candidates * width, int64_t);
    field->statuses = ARENA_ARRAY(arena, sizes->candidates * width, uint8_t); /* zeroed: RANK_STATUS_NONE */
    field->groups = ARENA_ARRAY(arena, sizes->candidates * width, uint32_t);
    field->given = ARENA_ARRAY(arena, sizes->candidates, const struct result_given *);
    field->withheld = ARENA_ARRAY(arena, sizes->candidates, const char *);
    field->ties = ARENA_ARRAY(arena, sizes->ties, struct result_tie);
    field->tie_count = sizes->ties;
    if (arena->failed)
        return ERR_MEMORY;
    field->inputs = (struct rank_inputs){.pack = &field->rules,
                                         .agencies = field->agencies,
                                         .seats = field->seats,
                                         .posts = field->posts,
                                         .preferences = field->preferences,
                                         .candidates = field->candidates,
                                         .values = field->values,
                                         .statuses = field->statuses,
                                         .groups = field->groups,
                                         .agency_count = (uint32_t)sizes->agencies,
                                         .seat_count = (uint32_t)sizes->seats,
                                         .post_count = (uint32_t)sizes->posts,
                                         .preference_count = (uint32_t)sizes->preferences,
                                         .candidate_count = (uint32_t)sizes->candidates};
    return ERR_NONE;
}

uint32_t result_code_find(const char *const *codes, uint32_t count, const char *code) {
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(codes[middle], code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && strcmp(codes[low], code) == 0 ? low : UINT32_MAX;
}

uint32_t result_roll_find(const struct rank_candidate *candidates, uint32_t count, const char *roll) {
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(candidates[middle].roll, roll) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && strcmp(candidates[low].roll, roll) == 0 ? low : UINT32_MAX;
}

bool result_field_apply_ties(struct result_field *field, const char **ret_roll) {
    for (size_t i = 0; i < field->tie_count; i++) {
        const struct result_tie *tie = &field->ties[i];
        for (size_t k = 0; k < tie->count; k++) {
            uint32_t at = result_roll_find(field->candidates, field->inputs.candidate_count, tie->order[k]);
            if (at == UINT32_MAX || field->candidates[at].manual_set == (uint32_t)tie->number) {
                *ret_roll = tie->order[k];
                return false;
            }
            field->candidates[at].manual = (uint32_t)k + 1;
            field->candidates[at].manual_set = (uint32_t)tie->number;
        }
    }
    return true;
}

bool result_field_apply_placements(struct result_field *field, const char **ret_roll) {
    for (size_t i = 0; i < field->placement_count; i++) {
        const struct result_placement *one = &field->placements[i];
        uint32_t at = result_roll_find(field->candidates, field->inputs.candidate_count, one->roll);
        *ret_roll = one->roll;
        if (at == UINT32_MAX)
            return false;
        field->candidates[at].placed = (uint32_t)one->number;
        field->candidates[at].placed_agency = one->agency;
    }
    return true;
}
