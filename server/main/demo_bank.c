#include "demo_acts.h"

#include "khoacu/json/json.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { PAGE = 200, ITEMS_MAX = 2000 };

/* The first item officer owns and writes; the others review and assemble. */
static bool name_members(struct demo *demo, const char *bank) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_put_key(&w, "members");
    json_open_array(&w);
    for (int i = 0; demo_login_of(demo, "item_officer", i); i++) {
        static const char *const rights[2][4] = {{"owner", "author"}, {"reviewer", "assembler", "author"}};
        json_open_object(&w);
        json_member_text(&w, "login_name", demo_login_of(demo, "item_officer", i)->name);
        json_put_key(&w, "rights");
        json_open_array(&w);
        for (int k = 0; rights[i > 0][k]; k++)
            json_put_text(&w, rights[i > 0][k]);
        json_close_array(&w);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "/banks/%s/members", bank);
    return demo_call_json(demo, "PUT", path, &body);
}

static bool list_items(struct demo *demo, const char *bank, const char **ids, size_t *ret_count) {
    char path[400], after[200] = "";
    size_t count = 0;
    do {
        (void)snprintf(path, sizeof path, "/items?bank=%s&limit=%d%s%s", bank, PAGE, after[0] ? "&after=" : "", after);
        if (!demo_call(demo, "GET", path))
            return false;
        const struct json *items = json_get(demo->answer.json, "items");
        for (size_t i = 0; i < json_count(items) && count < ITEMS_MAX; i++) {
            const char *id = json_text(json_get(json_at(items, i), "id"));
            ids[count] = arena_strdup(&demo->arena, id ? id : "");
            count += ids[count] != NULL;
        }
        const char *next = json_text(json_get(demo->answer.json, "next"));
        size_t len = 0;
        for (const char *c = next ? next : ""; *c && len + 4 < sizeof after; c++)
            len += (size_t)snprintf(after + len, sizeof after - len, "%%%02x", (unsigned char)*c);
        after[len] = '\0';
    } while (after[0]);
    *ret_count = count;
    return count > 0 ? true : demo_fail(demo, "the bank has no items");
}

/* One act on a part of the bank; all of it must be done. */
static bool act_on(struct demo *demo, const char *act, const char *const *ids, size_t count) {
    struct buf body;
    struct json_writer w;
    int64_t done = 0;
    demo_open_body(&body, &w);
    json_member_text(&w, "act", act);
    json_member_text(&w, "reason", "Minh họa. (Demonstration.)");
    json_put_key(&w, "ids");
    json_open_array(&w);
    for (size_t i = 0; i < count; i++)
        json_put_text(&w, ids[i]);
    json_close_array(&w);
    json_close_object(&w);
    if (!demo_call_json(demo, "POST", "/item-acts", &body))
        return false;
    (void)json_int(json_get(demo->answer.json, "done"), &done);
    return (size_t)done == count ? true : demo_fail(demo, act);
}

static bool act_on_all(struct demo *demo, const char *act, const char *const *ids, size_t count) {
    for (size_t at = 0; at < count; at += PAGE)
        if (!act_on(demo, act, ids + at, count - at < PAGE ? count - at : PAGE))
            return false;
    return true;
}

bool demo_review_bank(struct demo *demo, const char *bank) {
    const char **ids = ARENA_ARRAY(&demo->arena, ITEMS_MAX, const char *);
    size_t count = 0;
    if (!ids)
        return demo_fail(demo, "memory");
    return name_members(demo, bank) && list_items(demo, bank, ids, &count) && act_on_all(demo, "submit", ids, count) &&
           demo_sign_in_as(demo, "item_officer", 1) && act_on_all(demo, "approve", ids, count) && act_on_all(demo, "publish", ids, count);
}
