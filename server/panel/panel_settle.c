#include "panel_private.h"

#include "khoacu/base/text.h"
#include "khoacu/cycle/pack.h"
#include "khoacu/settle/settle.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct reckoning {
    struct arena *arena;
    bool open;
    const char *pack_id;
    int64_t pack_version;
    struct settle_facts facts;
    const int64_t *ratings;
    size_t rating_count;
};

static void take_words(struct settle_facts *facts, const struct db_row *row) {
    bool agreed = !db_is_null(row, 8);
    if (db_bool(row, 6)) {
        facts->dialogue = agreed ? SETTLE_AGREED : SETTLE_DIFFER;
        facts->minuted = db_bool(row, 7);
        facts->agreed = agreed ? db_hundredths(row, 8) : 0;
    }
    facts->by[SETTLE_BY_HEAD].said = db_bool(row, 9);
    facts->by[SETTLE_BY_HEAD].passed_up = db_bool(row, 10);
    facts->by[SETTLE_BY_HEAD].mark = db_hundredths(row, 11);
    facts->by[SETTLE_BY_CHAIR].said = db_bool(row, 12);
    facts->by[SETTLE_BY_CHAIR].mark = db_hundredths(row, 13);
}

static enum err take_facts(void *ctx, const struct db_row *row) {
    struct reckoning *r = ctx;
    size_t count = 0;
    const int64_t *totals = db_ints(row, 4, &count);
    r->ratings = db_ints(row, 5, &r->rating_count);
    if (count == 0 || count > SETTLE_MARKS_MAX || r->rating_count % count != 0)
        return ERR_STATE;
    r->open = true;
    r->pack_id = db_text(row, 0);
    r->pack_version = db_int(row, 1);
    r->facts = (struct settle_facts){.max = db_hundredths(row, 2), .mark_count = (uint8_t)count, .members = (uint8_t)count};
    memcpy(r->facts.marks, totals, count * sizeof *totals);
    take_words(&r->facts, row);
    return ERR_NONE;
}

struct settled {
    const char *next, *why;
    int64_t gap, value;
    bool has_value;
    const char *vi, *en;
};

/* The veto of the pack comes before every sum: the factor that so many members rated low fails the candidate. */
static bool veto(const struct reckoning *r, const struct cycle_pack *pack, struct settled *s) {
    uint32_t members = r->facts.mark_count, factors = (uint32_t)(r->rating_count / members), factor = 0, low = 0;
    if (pack->veto.share_den == 0 || !settle_vetoed(&pack->veto, r->ratings, members, factors, &factor, &low))
        return false;
    s->next = "settled";
    s->why = "veto";
    s->value = 0;
    s->has_value = true;
    s->vi = arena_printf(r->arena, "Tiêu chí %u bị %u trong %u thành viên chấm ở mức thấp: không đạt, không kể tổng điểm.", factor + 1, low, members);
    s->en = arena_printf(r->arena, "Criterion %u was rated low by %u of %u members: failed, whatever the sum.", factor + 1, low, members);
    return true;
}

static enum err reckon(const struct reckoning *r, const struct cycle_pack *pack, struct settled *s) {
    const struct settle_scheme *scheme = cycle_pack_scheme(pack, CYCLE_PACK_INTERVIEW, false);
    struct settle_result result;
    struct rank_misfit misfit;
    char vi[SETTLE_TEXT_SIZE], en[SETTLE_TEXT_SIZE];
    if (!scheme)
        return ERR_STATE;
    enum err err = settle_marks(scheme, &r->facts, &result, &misfit);
    if (err != ERR_NONE)
        return err;
    s->next = settle_next_key((enum settle_next)result.next);
    s->why = settle_why_key((enum settle_why)result.why);
    s->gap = result.gap;
    s->has_value = result.next == SETTLE_NEXT_SETTLED;
    s->value = result.mark;
    settle_sentence(scheme, &r->facts, &result, "vi", vi);
    settle_sentence(scheme, &r->facts, &result, "en", en);
    s->vi = arena_strdup(r->arena, vi);
    s->en = arena_strdup(r->arena, en);
    (void)veto(r, pack, s);
    return s->vi && s->en ? ERR_NONE : ERR_MEMORY;
}

enum err panel_settle(struct db *db, const struct panel_act *act) {
    struct reckoning r = {.arena = act->arena};
    struct cycle_pack *pack = ARENA_NEW(act->arena, struct cycle_pack);
    struct settled s = {0};
    const struct db_row *row = NULL;
    if (!pack)
        return ERR_MEMORY;
    enum err err = db_many(db, act->arena, DB_PANEL_FACTS, DB_PARAMS(P_INT(act->id)), 1, take_facts, &r);
    if (err != ERR_NONE || !r.open)
        return err;
    err = cycle_pack_load(db, act->arena, r.pack_id, r.pack_version, pack);
    if (err == ERR_NONE)
        err = reckon(&r, pack, &s);
    if (err != ERR_NONE)
        return err;
    return db_one(db, act->arena, DB_PANEL_RECKON,
                  DB_PARAMS(P_INT(act->id), P_TEXT(s.next), P_TEXT(s.why), P_HUNDREDTHS(s.gap), s.has_value ? P_HUNDREDTHS(s.value) : P_NULL, P_TEXT(s.vi),
                            P_TEXT(s.en)),
                  &row);
}
