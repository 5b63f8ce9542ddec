/* The index of items in memory: words with and without marks, phrases, filters, orders and places, likeness, scope. */
#include "unit.h"

#include "bank/bank_index_private.h"

#include "khoacu/doc/fold.h"
#include "khoacu/base/banned.h"

static struct bank_scope_row WHOLE[] = {{.bank_id = 1, .bank_code = "NH-1", .topic = "", .rights = BANK_RIGHT_REVIEWER},
                                        {.bank_id = 2, .bank_code = "NH-2", .topic = "law", .rights = BANK_RIGHT_AUTHOR}};
static const struct bank_scope SCOPE = {.rows = WHOLE, .count = 2};

struct sample {
    int64_t id, bank;
    const char *code, *topic, *text;
    enum bank_state state;
    int64_t updated;
};
static const struct sample SAMPLES[] = {
    {1, 1, "C-0001", "law/civil", "Luật Cán bộ, công chức được ban hành năm nào?", BANK_LIVE, 100},
    {2, 1, "C-0002", "law/labour", "Đức tính nào là của người cán bộ?", BANK_IN_REVIEW, 200},
    {3, 1, "C-0003", "management", "Nguyễn Đức trình bày kế hoạch", BANK_DRAFT, 300},
    {4, 2, "D-0001", "law/civil", "Luật Cán bộ, công chức được ban hành vào năm nào?", BANK_LIVE, 400},
    {5, 2, "D-0002", "secret", "Nội dung không ai khác được xem: cán bộ", BANK_LIVE, 500},
};

static enum err put(struct index_store *store, const struct sample *sample, int64_t version) {
    struct buf plain, marked;
    int64_t author = 70 + sample->id;
    const char *tags[] = {"hot", sample->id % 2 ? "odd" : "even"};
    buf_init(&plain, 65536);
    buf_init(&marked, 65536);
    fold_words(sample->text, strlen(sample->text), &plain, &marked);
    struct bank_item item = {.item_id = sample->id,
                             .bank_id = sample->bank,
                             .bank = sample->bank == 1 ? "NH-1" : "NH-2",
                             .code = sample->code,
                             .state = sample->state,
                             .version = version,
                             .meta = {.kind = "single", .subject = "", .topic = sample->topic, .level = 1, .facility = -1, .tags = tags, .tag_count = 2},
                             .authors = &author,
                             .author_count = 1,
                             .author = "Nguyễn Văn A",
                             .updated_at_us = sample->updated};
    if (sample->id == 1) {
        item.meta.source_expires_day = 10;
        item.exposure = item.exposure_max = 2;
    }
    struct index_text text = {.title = "", .excerpt = sample->text, .plain = plain.data, .marked = marked.data, .plain_len = plain.len,
                              .marked_len = marked.len, .said_len = plain.len};
    enum err err = index_store_put(store, &item, &text);
    buf_release(&plain);
    buf_release(&marked);
    return err;
}

static struct index_store *filled(void) {
    struct index_store *store = NULL;
    assert_int_equal(index_store_new(&store), ERR_NONE);
    for (size_t i = 0; i < LENGTH(SAMPLES); i++)
        assert_int_equal(put(store, &SAMPLES[i], 1), ERR_NONE);
    assert_int_equal(index_store_settle(store), ERR_NONE);
    return store;
}

static struct bank_index_query whole(void) {
    return (struct bank_index_query){
        .search = "", .bank = "", .topic = "", .kind = "", .tag = "", .level = -1, .today = 20, .sort = BANK_SORT_CODE, .after = "", .limit = 50};
}

/* Codes found, with blanks between. */
static const char *find(struct index_store *store, struct arena *arena, struct bank_index_query query) {
    static struct index_view view;
    struct bank_index_page page = {0};
    struct buf out;
    view = (struct index_view){.store = store, .scope = &SCOPE, .staff_id = 72};
    assert_int_equal(index_page(&view, arena, &query, &page), ERR_NONE);
    buf_init(&out, 1000);
    for (size_t i = 0; i < page.count; i++)
        buf_addf(&out, "%s%s", i ? " " : "", page.rows[i].item.code);
    const char *codes = arena_strdup(arena, out.data ? out.data : "");
    buf_release(&out);
    return codes;
}

static const struct {
    const char *search, *codes;
} SEARCHES[] = {
    {"", "C-0001 C-0002 C-0003 D-0001"},
    {"can bo", "C-0001 C-0002 D-0001"},
    {"CÁN BỘ", "C-0001 C-0002 D-0001"},
    {"cân bộ", ""},
    {"duc", "C-0002 C-0003"},
    {"đức", "C-0002 C-0003"},
    {"đưc", ""},
    {"nguyen d", "C-0003"},
    {"nguyễn", "C-0003"},
    {"nguyê", "C-0003"},
    {"nguyen duc trinh", "C-0003"},
    {"ngu duc", ""}, /* only the last word may be unfinished */
    {"\"cong chuc duoc\"", "C-0001 D-0001"},
    {"\"chuc cong\"", ""},
    {"\"ban hanh nam\"", "C-0001"},
    {"\"ban hanh", "C-0001 D-0001"}, /* a quotation that is not closed is words */
    {"?!%", ""},
    {"khong ai", ""}, /* not in scope */
};

static void words_are_found_with_and_without_marks(void **state) {
    struct index_store *store = filled();
    (void)state;
    for (size_t i = 0; i < LENGTH(SEARCHES); i++) {
        struct arena arena;
        struct bank_index_query query = whole();
        arena_init(&arena, 1 << 22);
        query.search = SEARCHES[i].search;
        const char *codes = find(store, &arena, query);
        if (strcmp(codes, SEARCHES[i].codes) != 0)
            fail_msg("%s: found %s, not %s", SEARCHES[i].search, codes, SEARCHES[i].codes);
        arena_release(&arena);
    }
    index_store_free(store);
}

static void filters_and_queues(void **state) {
    struct index_store *store = filled();
    struct arena arena;
    struct bank_index_query query;
    (void)state;
    arena_init(&arena, 1 << 22);
#define FINDS(codes, ...)                                                                                              \
    do {                                                                                                               \
        query = whole();                                                                                               \
        __VA_ARGS__;                                                                                                   \
        assert_string_equal(find(store, &arena, query), codes);                                                        \
    } while (0)
    FINDS("D-0001", query.bank = "NH-2");
    FINDS("", query.bank = "NH-3");
    FINDS("C-0001 D-0001", query.topic = "law/civil");
    FINDS("C-0001 C-0002 D-0001", query.topic = "law");
    FINDS("", query.topic = "la");
    FINDS("C-0001 C-0003", query.tag = "odd");
    FINDS("C-0002 C-0003", query.states = 1u << BANK_DRAFT | 1u << BANK_IN_REVIEW);
    FINDS("C-0001", query.stale = true);
    FINDS("", query.stale = true; query.today = 9);
    FINDS("C-0001", query.exposed = true);
    FINDS("C-0002", query.author = 72);
    FINDS("C-0002", query.queue = BANK_QUEUE_MINE);
    FINDS("", query.queue = BANK_QUEUE_REVIEW); /* his own */
    FINDS("", query.level = 2);
    FINDS("C-0001 C-0002 C-0003 D-0001", query.sort = BANK_SORT_UPDATED);
    FINDS("D-0001 C-0003 C-0002 C-0001", query.sort = BANK_SORT_UPDATED; query.down = true);
    FINDS("D-0001 C-0003 C-0002 C-0001", query.down = true);
    FINDS("C-0001 D-0001 C-0002 C-0003", query.sort = BANK_SORT_TOPIC);
    FINDS("C-0002 C-0003 D-0001 C-0001", query.sort = BANK_SORT_EXPOSURE);
    arena_release(&arena);
    index_store_free(store);
}

static void pages_follow_each_other_in_every_order(void **state) {
    struct index_store *store = filled();
    (void)state;
    for (int sort = 0; sort < 2 * BANK_SORT_COUNT; sort++) {
        struct arena arena;
        struct index_view view = {.store = store, .scope = &SCOPE, .staff_id = 72};
        struct bank_index_query query = whole();
        struct bank_index_page page = {0};
        int64_t seen = 0, turns = 0;
        arena_init(&arena, 1 << 24);
        query.sort = (enum bank_sort)(sort / 2);
        query.down = sort % 2;
        query.limit = 1;
        for (bool more = true; more; more = page.next != NULL, query.after = page.next ? page.next : "", turns++) {
            assert_int_equal(index_page(&view, &arena, &query, &page), ERR_NONE);
            assert_int_equal(page.total, 4);
            assert_int_equal(page.count, 1);
            seen |= INT64_C(1) << page.rows[0].item.item_id;
        }
        assert_int_equal(seen, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4);
        assert_int_equal(turns, 4);
        query.after = "nowhere";
        assert_int_equal(index_page(&view, &arena, &query, &page), ERR_NONE);
        assert_true(page.place_wrong);
        arena_release(&arena);
    }
    index_store_free(store);
}

static void a_new_version_takes_the_place_of_the_old(void **state) {
    struct index_store *store = filled();
    struct arena arena;
    struct bank_index_query query = whole();
    struct sample changed = SAMPLES[2];
    (void)state;
    arena_init(&arena, 1 << 22);
    changed.text = "Hoàn toàn khác";
    assert_int_equal(put(store, &changed, 2), ERR_NONE);
    assert_int_equal(index_store_settle(store), ERR_NONE);
    query.search = "hoan toan";
    assert_string_equal(find(store, &arena, query), "C-0003");
    query.search = "ke hoach";
    assert_string_equal(find(store, &arena, query), "");
    assert_int_equal(index_store_find(store, 3)->item.version, 2);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(put(store, &changed, 3 + i), ERR_NONE);
    assert_true(index_store_worn(store));
    struct index_store *next = NULL;
    assert_int_equal(index_store_renew(store, &next), ERR_NONE);
    index_store_free(store);
    assert_int_equal(next->count, 5);
    assert_false(index_store_worn(next));
    query.search = "";
    assert_string_equal(find(next, &arena, query), "C-0001 C-0002 C-0003 D-0001");
    arena_release(&arena);
    index_store_free(next);
}

static void likeness_across_banks_and_within_scope(void **state) {
    struct index_store *store = filled();
    struct arena arena;
    struct index_view view = {.store = store, .scope = &SCOPE, .staff_id = 72};
    struct bank_like *likes = NULL;
    size_t count = 9;
    (void)state;
    arena_init(&arena, 1 << 24);
    const struct index_item *item = index_store_find(store, 1);
    assert_int_equal(index_like(&view, &arena, item->text.plain, item->text.said_len, 1, &likes, &count), ERR_NONE);
    assert_int_equal(count, 1);
    assert_string_equal(likes[0].row.item.code, "D-0001");
    assert_in_range(likes[0].likeness, 800, 999);
    item = index_store_find(store, 5);
    assert_int_equal(index_like(&view, &arena, item->text.plain, item->text.said_len, 0, &likes, &count), ERR_NONE);
    assert_int_equal(count, 0); /* the item itself is not in scope */
    arena_release(&arena);
    index_store_free(store);
}

static void twins_of_a_bank(void **state) {
    struct index_store *store = NULL;
    struct arena arena;
    struct index_view view = {.scope = &SCOPE, .staff_id = 72};
    struct bank_index_health health;
    char texts[40][200], codes[40][10];
    (void)state;
    arena_init(&arena, 1 << 26);
    assert_int_equal(index_store_new(&store), ERR_NONE);
    for (int i = 0; i < 40; i++) {
        int other = i == 39 ? 5 : i; /* the last says what the sixth says */
        snprintf(codes[i], sizeof codes[i], "E-%04d", i);
        snprintf(texts[i], sizeof texts[i], "%c%d%c item %d about %c%d and %c%d or %d%d%d", 'a' + other % 26, other * 7919, 'k' + other % 9, other * 104729,
                 'q' - other % 11, other * 1299709, 'c' + other % 13, other * 15485863, other * 31, other * 57, other * 91);
        struct sample sample = {100 + i, 1, codes[i], "law", texts[i], BANK_DRAFT, i};
        assert_int_equal(put(store, &sample, 1), ERR_NONE);
    }
    assert_int_equal(index_store_settle(store), ERR_NONE);
    view.store = store;
    assert_int_equal(index_health(&view, &arena, "NH-1", 20, &health), ERR_NONE);
    assert_int_equal(health.items, 40);
    assert_int_equal(health.drafts, 40);
    assert_int_equal(health.waiting_count, 40);
    assert_int_equal(health.twin_total, 1);
    assert_string_equal(health.twins[0].code, "E-0005");
    assert_string_equal(health.twins[0].other_code, "E-0039");
    assert_int_equal(health.twins[0].likeness, 1000);
    arena_release(&arena);
    index_store_free(store);
}

static void words_are_folded(void **state) {
    static const struct {
        const char *text, *plain, *marked;
    } ROWS[] = {
        {"", "", ""},
        {"  A-b, C!", "a b c", "a b c"},
        {"Nguyễn ĐỨC", "nguyen duc", "nguye\xcc\x82\xcc\x83n \xc4\x91u\xcc\x9b\xcc\x81" "c"},
        {"nguy\x65\xcc\x82\xcc\x83n", "nguyen", "nguye\xcc\x82\xcc\x83n"}, /* taken apart already */
        {"a\xff" "b", "a b", "a b"},
        {"5²", "5²", "5²"},
        {"中文 😀", "中文", "中文"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        struct buf plain, marked;
        buf_init(&plain, 1000);
        buf_init(&marked, 1000);
        fold_words(ROWS[i].text, strlen(ROWS[i].text), &plain, &marked);
        if (strcmp(ROWS[i].plain, plain.data ? plain.data : "") != 0 || strcmp(ROWS[i].marked, marked.data ? marked.data : "") != 0)
            fail_msg("%s: %s, %s", ROWS[i].text, plain.data, marked.data);
        buf_release(&plain);
        buf_release(&marked);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded),
        cmocka_unit_test(words_are_found_with_and_without_marks),
        cmocka_unit_test(filters_and_queues),
        cmocka_unit_test(pages_follow_each_other_in_every_order),
        cmocka_unit_test(a_new_version_takes_the_place_of_the_old),
        cmocka_unit_test(likeness_across_banks_and_within_scope),
        cmocka_unit_test(twins_of_a_bank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
