#include "result_private.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

/* Persons by row of seats. A post whose seats are reserved has one agency, so that the group tells the row. */
static void count_taken(const struct result_field *field, const struct rank_result *result, uint32_t *taken) {
    const struct rank_inputs *in = &field->inputs;
    for (uint32_t i = 0; i < in->candidate_count; i++) {
        const struct rank_decision *d = &result->decisions[i];
        const struct rank_post *post = &in->posts[in->candidates[i].post];
        uint8_t group = d->group == RANK_NONE ? 0 : (uint8_t)(d->group + 1);
        for (uint32_t k = post->first_seat; d->agency != RANK_NO_AGENCY && k < post->first_seat + post->seat_count; k++)
            taken[k] += in->seats[k].agency == d->agency && in->seats[k].group == group;
    }
}

static bool has_open(const struct result_field *field, const struct rank_post *post) {
    for (uint32_t k = post->first_seat; k < post->first_seat + post->seat_count; k++)
        if (field->seats[k].group == 0)
            return true;
    return false;
}

enum err result_reservations_each(const struct result_field *field, const struct rank_result *result, result_reservation_fn *each, void *ctx) {
    const struct rank_inputs *in = &field->inputs;
    uint32_t *taken = calloc((size_t)in->seat_count + 1, sizeof *taken);
    enum err err = taken ? ERR_NONE : ERR_MEMORY;
    if (taken)
        count_taken(field, result, taken);
    for (uint32_t i = 0; i < in->post_count && err == ERR_NONE; i++) {
        const struct rank_post *post = &in->posts[i];
        bool settled = result->posts[i].unresolved == 0, opens = field->rules.reserved_to_open && has_open(field, post);
        for (uint32_t k = post->first_seat; k < post->first_seat + post->seat_count && err == ERR_NONE; k++) {
            const struct rank_seat *seat = &field->seats[k];
            int64_t left = settled && taken[k] < (uint32_t)seat->quota ? seat->quota - (int64_t)taken[k] : 0;
            if (seat->group)
                err = each(ctx, &(struct result_reservation){.post = post->code,
                                                             .agency = field->agencies[seat->agency],
                                                             .group = field->rules.groups[seat->group - 1],
                                                             .seats = seat->quota,
                                                             .brought = seat->carried,
                                                             .filled = taken[k],
                                                             .opened = opens ? left : 0,
                                                             .carried = field->pack->unfilled_carried ? left : 0});
        }
    }
    free(taken);
    return err;
}

static enum err put(void *ctx, const struct result_reservation *one) {
    struct json_writer *w = ctx;
    json_open_object(w);
    json_member_text(w, "agency", one->agency);
    json_member_int(w, "brought", one->brought);
    json_member_int(w, "carried", one->carried);
    json_member_int(w, "filled", one->filled);
    json_member_text(w, "group", one->group);
    json_member_int(w, "opened", one->opened);
    json_member_text(w, "post", one->post);
    json_member_int(w, "seats", one->seats);
    json_close_object(w);
    return ERR_NONE;
}

void result_reservations_write(struct json_writer *writer, const struct result_field *field, const struct rank_result *result) {
    json_open_array(writer);
    if (result_reservations_each(field, result, put, writer) != ERR_NONE)
        writer->out->failed = true;
    json_close_array(writer);
}
