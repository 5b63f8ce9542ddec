#include "rank_work.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* Where the pack says which share is whose, the seats of a post are just those; what was carried over stands beside it. */
static enum err check_shares(const struct rank_inputs *in, const struct rank_post *post, struct rank_misfit *misfit) {
    int32_t given[RANK_GROUPS_MAX + 1] = {0}, due[RANK_GROUPS_MAX + 1];
    int64_t places = 0;
    for (uint32_t k = 0; k < post->seat_count; k++) {
        const struct rank_seat *seat = &in->seats[post->first_seat + k];
        if (seat->carried < 0 || seat->carried > seat->quota || (seat->carried > 0 && seat->group == 0))
            return rank_refuse(misfit, seat->carried, "range", "posts[%s].seats[%u].carried", post->code, k);
        given[seat->group] = seat->quota - seat->carried;
        places += given[seat->group];
    }
    if (!rank_pack_apportions(in->pack))
        return ERR_NONE;
    if (places > 1000000)
        return rank_refuse(misfit, places, "range", "posts[%s].seats", post->code);
    rank_apportion(in->pack, (int32_t)places, due);
    for (uint8_t i = 0; i <= in->pack->group_count; i++)
        if (given[i] != due[i])
            return rank_refuse(misfit, given[i], "share-differs", "posts[%s].seats[%s].quota", post->code, i ? in->pack->groups[i - 1] : "");
    return ERR_NONE;
}

static enum err check_posts(const struct rank_inputs *in, struct rank_misfit *misfit) {
    for (uint32_t i = 0; i < in->post_count; i++) {
        const struct rank_post *post = &in->posts[i];
        if (!post->code || !*post->code)
            return rank_refuse(misfit, i, "code", "posts[%u].code", i);
        if (post->first_seat > in->seat_count || post->seat_count > in->seat_count - post->first_seat)
            return rank_refuse(misfit, post->first_seat, "range", "posts[%s].seats", post->code);
        if (post->seat_count == 0)
            return rank_refuse(misfit, 0, "count", "posts[%s].seats", post->code);
        if (in->pack->allocation == RANK_ALLOCATE_POST && post->seat_count > 1)
            return rank_refuse(misfit, post->seat_count, "joint-post", "posts[%s].seats", post->code);
        const struct rank_seat *seats = &in->seats[post->first_seat];
        for (uint32_t k = 0; k < post->seat_count; k++) {
            if (seats[k].agency >= in->agency_count)
                return rank_refuse(misfit, seats[k].agency, "unknown-agency", "posts[%s].seats[%u].agency", post->code,
                                   k);
            if (seats[k].quota < 0 || seats[k].quota > 1000000)
                return rank_refuse(misfit, seats[k].quota, "range", "posts[%s].seats[%u].quota", post->code, k);
            bool reserved = in->pack->allocation == RANK_ALLOCATE_RESERVED;
            if (reserved ? seats[k].agency != seats[0].agency || seats[k].group > in->pack->group_count : seats[k].group != 0)
                return rank_refuse(misfit, seats[k].group, "unknown-group", "posts[%s].seats[%u].group", post->code, k);
            for (uint32_t j = 0; j < k; j++)
                if (seats[j].agency == seats[k].agency && seats[j].group == seats[k].group)
                    return rank_refuse(misfit, k, "duplicate", "posts[%s].seats[%u].agency", post->code, k);
        }
        enum err err = check_shares(in, post, misfit);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static bool has_seat(const struct rank_inputs *in, const struct rank_post *post, uint32_t agency) {
    for (uint32_t i = 0; i < post->seat_count; i++)
        if (in->seats[post->first_seat + i].agency == agency)
            return true;
    return false;
}

static enum err check_preferences(const struct rank_inputs *in, const struct rank_candidate *c,
                                  struct rank_misfit *misfit) {
    if (c->first_preference > in->preference_count ||
        c->preference_count > in->preference_count - c->first_preference || c->preference_count > 255)
        return rank_refuse(misfit, c->preference_count, "range", "candidates[%s].agencies", c->roll);
    const uint32_t *wanted = in->preferences + c->first_preference;
    for (int i = 0; i < c->preference_count; i++) {
        if (wanted[i] >= in->agency_count || !has_seat(in, &in->posts[c->post], wanted[i]))
            return rank_refuse(misfit, wanted[i], "unknown-agency", "candidates[%s].agencies[%d]", c->roll, i);
        for (int k = 0; k < i; k++)
            if (wanted[k] == wanted[i])
                return rank_refuse(misfit, i, "duplicate", "candidates[%s].agencies[%d]", c->roll, i);
    }
    return ERR_NONE;
}

static enum err check_results(const struct rank_inputs *in, uint32_t i, struct rank_misfit *misfit) {
    const struct rank_pack *pack = in->pack;
    const int64_t *values = in->values + (size_t)i * pack->component_count;
    const uint8_t *statuses = in->statuses + (size_t)i * pack->component_count;
    for (uint8_t k = 0; k < pack->component_count; k++) {
        const struct rank_component *component = &pack->components[k];
        const char *why = NULL;
        if (statuses[k] >= RANK_STATUS_COUNT)
            why = "unknown";
        else if (in->candidates[i].stated && statuses[k] != RANK_STATUS_NONE)
            why = "contradiction";
        else if (component->statistic != RANK_STATISTIC_GIVEN)
            continue;
        else if (component->max == 0 && statuses[k] != RANK_STATUS_NONE)
            why = "not-in-cycle";
        else if (statuses[k] == RANK_STATUS_VALUE && (values[k] < 0 || values[k] > component->max))
            why = "off-scale";
        if (why)
            return rank_refuse(misfit, values[k], why, "candidates[%s].results.%s", in->candidates[i].roll,
                               component->code);
    }
    return ERR_NONE;
}

static enum err check_candidates(const struct rank_inputs *in, struct rank_misfit *misfit) {
    for (uint32_t i = 0; i < in->candidate_count; i++) {
        const struct rank_candidate *c = &in->candidates[i];
        if (!c->roll || !*c->roll)
            return rank_refuse(misfit, i, "code", "candidates[%u].roll_number", i);
        if (c->post >= in->post_count)
            return rank_refuse(misfit, c->post, "unknown-post", "candidates[%s].post", c->roll);
        if (c->stated && (c->stated_total < -RANK_VALUE_MAX || c->stated_total > RANK_VALUE_MAX || c->classes))
            return rank_refuse(misfit, c->stated_total, "off-scale", "candidates[%s].stated_total", c->roll);
        if (in->pack->class_count < 32 && c->classes >> in->pack->class_count)
            return rank_refuse(misfit, c->classes, "unknown-class", "candidates[%s].classes", c->roll);
        if (c->groups >> in->pack->group_count || (c->relaxed && !c->groups))
            return rank_refuse(misfit, c->groups, "unknown-group", "candidates[%s].groups", c->roll);
        if (c->kept && (c->withdrawn || c->kept_agency >= in->agency_count || !has_seat(in, &in->posts[c->post], c->kept_agency)))
            return rank_refuse(misfit, c->kept_agency, "unknown-agency", "candidates[%s].kept", c->roll);
        if (c->placed && (c->placed_agency >= in->agency_count || !has_seat(in, &in->posts[c->post], c->placed_agency)))
            return rank_refuse(misfit, c->placed_agency, "unknown-agency", "candidates[%s].placed", c->roll);
        if (c->kept_group > in->pack->group_count || (c->kept_group && !(c->groups >> (c->kept_group - 1) & 1)))
            return rank_refuse(misfit, c->kept_group, "unknown-group", "candidates[%s].kept", c->roll);
        if (c->stated && rank_pack_is_relative(in->pack))
            return rank_refuse(misfit, 0, "contradiction", "candidates[%s].stated_total", c->roll);
        enum err err = check_preferences(in, c, misfit);
        if (err == ERR_NONE)
            err = check_results(in, i, misfit);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

/* FNV-1a, stirred. */
static uint32_t hash_roll(const char *roll) {
    uint64_t h = 14695981039346656037u;
    for (; *roll; roll++)
        h = (h ^ (uint8_t)*roll) * 1099511628211u;
    h ^= h >> 32;
    h *= 0x9E3779B97F4A7C15u;
    return (uint32_t)(h >> 32);
}

static enum err check_unique(const struct rank_inputs *in, struct rank_misfit *misfit) {
    size_t size = 16;
    while (size < (size_t)in->candidate_count * 2)
        size *= 2;
    uint32_t *table = calloc(size, sizeof *table); /* candidate + 1; 0 is free */
    if (!table)
        return ERR_MEMORY;
    enum err err = ERR_NONE;
    for (uint32_t i = 0; i < in->candidate_count && err == ERR_NONE; i++) {
        size_t at = hash_roll(in->candidates[i].roll) & (size - 1);
        for (; table[at]; at = (at + 1) & (size - 1))
            if (strcmp(in->candidates[table[at] - 1].roll, in->candidates[i].roll) == 0) {
                err = rank_refuse(misfit, i, "duplicate", "candidates[%s].roll_number", in->candidates[i].roll);
                break;
            }
        table[at] = i + 1;
    }
    free(table);
    return err;
}

enum err rank_check_shape(const struct rank_inputs *inputs, struct rank_misfit *ret_misfit) {
    if (inputs->candidate_count > 100000000 || inputs->post_count > 1000000)
        return rank_refuse(ret_misfit, inputs->candidate_count, "count", "candidates");
    enum err err = rank_check_pack(inputs->pack, ret_misfit);
    if (err == ERR_NONE)
        err = check_posts(inputs, ret_misfit);
    if (err == ERR_NONE)
        err = check_candidates(inputs, ret_misfit);
    return err == ERR_NONE ? check_unique(inputs, ret_misfit) : err;
}

enum err rank_check(const struct rank_inputs *inputs, struct rank_misfit *ret_misfit) {
    enum err err = rank_check_shape(inputs, ret_misfit);
    if (err != ERR_NONE)
        return err;
    struct rank_work work;
    struct rank_misfit misfit = {0};
    err = rank_work_open(&work, inputs, &misfit);
    if (err == ERR_NONE)
        err = rank_judge(&work, &misfit);
    if (err != ERR_NONE && ret_misfit)
        *ret_misfit = misfit;
    rank_work_close(&work);
    return err;
}
