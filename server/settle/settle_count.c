#include "khoacu/settle/settle.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

/* Vetoes, ballots, keys and credentials: what is counted rather than weighed. */

static bool holds(uint8_t op, int64_t value, int64_t bound) {
    return op == RANK_OP_GE ? value >= bound : op == RANK_OP_GT ? value > bound : op == RANK_OP_LE ? value <= bound : value < bound;
}

bool settle_vetoed(const struct settle_veto *veto, const int64_t *ratings, uint32_t members, uint32_t factors,
                   uint32_t *ret_factor, uint32_t *ret_low) {
    for (uint32_t factor = 0; factor < factors; factor++) {
        uint32_t low = 0;
        for (uint32_t member = 0; member < members; member++)
            low += holds(veto->op, ratings[(size_t)member * factors + factor], veto->low);
        if (holds(veto->share_op, (int64_t)low * veto->share_den, (int64_t)members * veto->share_num)) {
            *ret_factor = factor;
            *ret_low = low;
            return true;
        }
    }
    return false;
}

static enum err refuse(struct rank_misfit *misfit, const char *path, const char *reason, int64_t value) {
    if (misfit) {
        *misfit = (struct rank_misfit){.value = value};
        (void)snprintf(misfit->path, sizeof misfit->path, "%s", path);
        (void)snprintf(misfit->reason, sizeof misfit->reason, "%s", reason);
    }
    return ERR_RANGE;
}

static enum err check_ballot(const struct settle_ballot *b, const struct settle_ballot_facts *f, struct rank_misfit *misfit) {
    uint64_t votes = 0;
    if (f->names == 0 || f->names > SETTLE_NAMES_MAX)
        return refuse(misfit, "votes", "count", f->names);
    if (b->above_den <= 0 || b->above_num < 0 || b->above_num > b->above_den)
        return refuse(misfit, "above", "range", b->above_num);
    if (f->excused > f->summoned)
        return refuse(misfit, "excused", "range", f->excused);
    if (f->present > f->summoned - f->excused)
        return refuse(misfit, "present", "range", f->present);
    for (uint32_t i = 0; i < f->names; i++)
        votes += f->votes[i];
    return votes > f->present ? refuse(misfit, "votes", "more-than-present", (int64_t)votes) : ERR_NONE;
}

enum err settle_ballot_count(const struct settle_ballot *b, const struct settle_ballot_facts *f,
                             struct settle_ballot_result *ret_result, struct rank_misfit *ret_misfit) {
    struct settle_ballot_result r = {.end = SETTLE_BALLOT_STOPPED, .of = b->of_present ? f->present : f->summoned - f->excused};
    enum err err = check_ballot(b, f, ret_misfit);
    if (err != ERR_NONE)
        return err;
    r.bar = (uint32_t)((int64_t)r.of * b->above_num / b->above_den + 1);
    if (b->fallback_den)
        r.fallback_bar = (uint32_t)(((int64_t)r.of * b->fallback_num + b->fallback_den - 1) / b->fallback_den);
    uint32_t exact = 0, best = 0;
    for (uint32_t i = 0; i < f->names; i++) {
        best = f->votes[i] > f->votes[best] ? i : best;
        exact += f->votes[i] > 0 && (int64_t)f->votes[i] * b->above_den == (int64_t)r.of * b->above_num;
    }
    if (f->votes[best] >= r.bar) {
        r.end = SETTLE_BALLOT_WON;
        r.goes_on[best] = true;
    } else if (b->half_to_head && exact == 2) {
        r.end = SETTLE_BALLOT_HEAD_PICKS;
        for (uint32_t i = 0; i < f->names; i++)
            r.goes_on[i] = f->votes[i] > 0 && (int64_t)f->votes[i] * b->above_den == (int64_t)r.of * b->above_num;
    } else if (b->fallback_den) {
        for (uint32_t i = 0; i < f->names; i++) {
            r.goes_on[i] = f->votes[i] > 0 && f->votes[i] >= r.fallback_bar;
            r.end = r.goes_on[i] ? SETTLE_BALLOT_FALLBACK : r.end;
        }
    }
    *ret_result = r;
    return ERR_NONE;
}

static int32_t days_in(int32_t year, int32_t month) {
    static const int32_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : DAYS[month - 1];
}

static int64_t day_order(struct settle_date date) {
    return ((int64_t)date.year * 12 + date.month - 1) * 31 + date.day;
}

bool settle_credential_holds(struct settle_date issued, int32_t months, struct settle_date on) {
    int64_t month = (int64_t)issued.year * 12 + issued.month - 1 + months;
    struct settle_date end = {.year = (int32_t)(month / 12), .month = (int32_t)(month % 12 + 1), .day = issued.day};
    int32_t last = days_in(end.year, end.month);
    end.day = end.day > last ? last : end.day;
    return day_order(issued) <= day_order(on) && day_order(on) <= day_order(end);
}
