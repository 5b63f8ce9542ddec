#include "demo_acts.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"
#include "khoacu/json/json.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

enum { OFFICERS = 3 };
#define REVIEW_ARENA_MAX ((size_t)256 << 20)

struct reviewing {
    struct demo *demo;
    struct bank_desk desk;
    int64_t officers[OFFICERS];
    int64_t *item_ids;
    size_t count;
};

static enum err take_item(void *ctx, struct arena *arena, const struct bank_entry *entry) {
    struct reviewing *reviewing = ctx;
    (void)arena;
    reviewing->item_ids[reviewing->count++] = entry->item.item_id;
    return ERR_NONE;
}

/* The act on the whole bank, as many items at a time as one act may have. */
static bool act(struct reviewing *reviewing, int officer, enum bank_act what) {
    struct bank_desk *desk = &reviewing->desk;
    desk->staff_id = reviewing->officers[officer];
    desk->now_us = clock_now_us();
    for (size_t at = 0; at < reviewing->count; at += BANK_ACT_ITEMS_MAX) {
        struct bank_act_result result;
        size_t left = reviewing->count - at;
        const struct bank_act_request request = {.act = what,
                                                 .item_ids = reviewing->item_ids + at,
                                                 .count = left < BANK_ACT_ITEMS_MAX ? left : BANK_ACT_ITEMS_MAX,
                                                 .value = "",
                                                 .reason = "Minh họa. (Demonstration.)"};
        if (bank_act(desk, &request, &result) || result.done != request.count)
            return demo_fail(reviewing->demo, bank_act_key(what));
    }
    return true;
}

/* The ids of the item officers, whom the interface tells who they are. */
static bool find_officers(struct reviewing *reviewing) {
    struct demo *demo = reviewing->demo;
    for (int i = 0; i < OFFICERS; i++) {
        if (!demo_sign_in_as(demo, "item_officer", i))
            return false;
        const char *id = json_text(json_get(json_get(demo->answer.json, "staff"), "id"));
        if (!id || !text_parse_id(id, &reviewing->officers[i]))
            return demo_fail(demo, "item officers");
    }
    return true;
}

static bool review(struct reviewing *reviewing, const char *bank) {
    struct bank_desk *desk = &reviewing->desk;
    enum bank_members_verdict verdict;
    size_t place;
    int64_t bank_id = 0;
    struct bank_member members[OFFICERS];
    for (int i = 0; i < OFFICERS; i++)
        members[i] = (struct bank_member){
            .staff_id = reviewing->officers[i],
            .topic = "",
            .rights = i == 0 ? BANK_RIGHT_OWNER | BANK_RIGHT_AUTHOR : BANK_RIGHT_REVIEWER | BANK_RIGHT_ASSEMBLER | BANK_RIGHT_AUTHOR};
    desk->staff_id = reviewing->officers[0];
    desk->now_us = clock_now_us();
    reviewing->item_ids = ARENA_ARRAY(desk->arena, BANK_ITEMS_MAX, int64_t);
    if (!reviewing->item_ids || bank_members_put(desk, bank, members, OFFICERS, &verdict, &place) || verdict != BANK_MEMBERS_DONE ||
        bank_find(desk->db, desk->arena, bank, &bank_id) || bank_index_read(desk, bank_id, 0, false, take_item, reviewing))
        return demo_fail(reviewing->demo, db_last_error(desk->db));
    return act(reviewing, 0, BANK_ACT_SUBMIT) && act(reviewing, 1, BANK_ACT_APPROVE) && act(reviewing, 1, BANK_ACT_PUBLISH);
}

bool demo_review_bank(struct demo *demo, const char *key_file, const char *bank) {
    struct arena arena CLEANUP(arena_release);
    struct reviewing reviewing = {.demo = demo, .desk = {.arena = &arena}};
    char why[400];
    arena_init(&arena, REVIEW_ARENA_MAX);
    if (!find_officers(&reviewing))
        return false;
    if (bank_vault_open(key_file, &reviewing.desk.vault, why, sizeof why))
        return demo_fail(demo, why);
    bool good = db_open(demo->bank_conninfo, DB_ROLE_BANK, &reviewing.desk.db, why, sizeof why) == ERR_NONE;
    good = good ? review(&reviewing, bank) : demo_fail(demo, why);
    db_close(reviewing.desk.db);
    bank_vault_free(reviewing.desk.vault);
    return good && demo_sign_in_as(demo, "item_officer", 0);
}
