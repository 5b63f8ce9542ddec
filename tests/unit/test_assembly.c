#include "unit.h"

#include "assembly/work.h"

#include "khoacu/assembly/solve.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/item/item.h"

#include <stdlib.h>

#include "khoacu/base/banned.h"

static void decimals(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t nano;
        const char *again;
    } rows[] = {
        {"0", true, 0, "0"},
        {"0.62", true, 620000000, "0.62"},
        {"-1.25", true, -1250000000, "-1.25"},
        {"123456", true, 123456 * ASSEMBLY_NANO, "123456"},
        {"0.000000001", true, 1, "0.000000001"},
        {"-0.5", true, -500000000, "-0.5"},
        {"1.50", true, 1500000000, "1.5"},
        {"", false, 0, ""},
        {"-", false, 0, ""},
        {".5", false, 0, ""},
        {"1.", false, 0, ""},
        {"1,5", false, 0, ""},
        {"1e3", false, 0, ""},
        {"+1", false, 0, ""},
        {" 1", false, 0, ""},
        {"1234567", false, 0, ""},
        {"0.1234567891", false, 0, ""},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char text[24];
        int64_t nano = -7;
        ROW_TRUE(assembly_decimal_parse(rows[i].text, &nano) == rows[i].good, rows[i].text);
        if (!rows[i].good)
            continue;
        ROW_TRUE(nano == rows[i].nano, rows[i].text);
        assembly_decimal_format(nano, text);
        ROW_TRUE(strcmp(text, rows[i].again) == 0, rows[i].text);
    }
}

static void topics(void **state) {
    (void)state;
    assert_true(assembly_topic_valid("law/public-service"));
    assert_false(assembly_topic_valid(""));
    assert_false(assembly_topic_valid("/law"));
    assert_false(assembly_topic_valid("law/"));
    assert_false(assembly_topic_valid("law//x"));
    assert_false(assembly_topic_valid("Law"));
    assert_true(assembly_topic_within("law/public-service", "law"));
    assert_true(assembly_topic_within("law", "law"));
    assert_true(assembly_topic_within("law", ""));
    assert_false(assembly_topic_within("lawful", "law"));
    assert_false(assembly_topic_within("law", "law/x"));
}

/* Values by hand: 2PL at its difficulty is P = 1/2, I = a²/4; 3PL there (1+c)/2. */
static void curves(void **state) {
    (void)state;
    struct assembly_item item = {
        .calibrated = true, .a = ASSEMBLY_NANO * 2, .b = ASSEMBLY_NANO / 2, .facility = ASSEMBLY_UNKNOWN};
    assert_int_equal(assembly_item_curve(&item, ASSEMBLY_NANO / 2, ASSEMBLY_NANO), ASSEMBLY_NANO / 2);
    assert_int_equal(assembly_item_information(&item, ASSEMBLY_NANO / 2, ASSEMBLY_NANO), ASSEMBLY_NANO);
    item.c = ASSEMBLY_NANO / 5;
    assert_int_equal(assembly_item_curve(&item, ASSEMBLY_NANO / 2, ASSEMBLY_NANO), ASSEMBLY_NANO * 6 / 10);
    /* (D a)² (Q/P) ((P-c)/(1-c))² = 4 · (0.4/0.6) · 0.25 */
    assert_int_equal(assembly_item_information(&item, ASSEMBLY_NANO / 2, ASSEMBLY_NANO), 666666667);
    item = (struct assembly_item){.facility = ASSEMBLY_NANO * 62 / 100};
    assert_int_equal(assembly_item_curve(&item, 0, ASSEMBLY_NANO), 620000000);
    assert_int_equal(assembly_item_information(&item, 0, ASSEMBLY_NANO), ASSEMBLY_UNKNOWN);
    item.facility = ASSEMBLY_UNKNOWN;
    assert_int_equal(assembly_item_curve(&item, 0, ASSEMBLY_NANO), ASSEMBLY_UNKNOWN);
}

/* ---- reading ---- */

static bool read_text(struct arena *arena, const char *text, struct assembly_blueprint *blueprint,
                      struct json_misfits *misfits) {
    const struct json *document = NULL;
    assert_int_equal(json_read(arena, text, strlen(text), &document, NULL), ERR_NONE);
    return assembly_blueprint_read(arena, document, blueprint, misfits);
}

static void refused_blueprints(void **state) {
    (void)state;
#define HEAD "{\"format\":\"khoacu-blueprint/1\",\"items\":5"
    static const struct {
        const char *text, *path, *rule;
    } rows[] = {
        {"[]", "", "kind"},
        {"{\"items\":5}", "format", "required"},
        {"{\"format\":\"khoacu-blueprint/2\",\"items\":5}", "format", "form"},
        {"{\"format\":\"khoacu-blueprint/1\"}", "items", "required"},
        {HEAD ",\"item\":1}", "item", "unknown"},
        {HEAD ",\"forms\":41}", "forms", "range"},
        {HEAD ",\"counts\":[{\"topic\":\"law\"}]}", "counts[0].min", "required"},
        {HEAD ",\"counts\":[{\"topic\":\"Law\",\"min\":1}]}", "counts[0].topic", "form"},
        {HEAD ",\"counts\":[{\"min\":3,\"max\":2}]}", "counts[0].min", "order"},
        {HEAD ",\"counts\":[{\"kind\":\"x y\",\"max\":2}]}", "counts[0].kind", "form"},
        {HEAD ",\"seconds\":{\"min\":3,\"max\":2}}", "seconds.min", "order"},
        {HEAD ",\"sections\":[{\"code\":\"a\"},{\"code\":\"a\"}]}", "sections[1].code", "unique"},
        {HEAD ",\"sections\":[{\"code\":\"a\",\"levels\":[9]}]}", "sections[0].levels", "range"},
        {HEAD ",\"sections\":[{\"code\":\"a\",\"counts\":[{\"min\":1,\"level\":5}]}]}", "sections[0].counts[0].level",
         "range"},
        {HEAD ",\"facility\":{\"mean\":{\"target\":\"1.2\"}}}", "facility.mean.target", "decimal"},
        {HEAD ",\"facility\":{\"mean\":{\"target\":\"0.6\",\"min\":\"0.5\"}}}", "facility.mean.target",
         "contradiction"},
        {HEAD ",\"facility\":{\"mean\":{\"tolerance\":\"0.6\"}}}", "facility.mean.target", "contradiction"},
        {HEAD ",\"facility\":{\"curve\":[{\"target\":\"0.6\"}]}}", "facility.curve[0].theta", "required"},
        {HEAD ",\"facility\":{\"curve\":[{\"theta\":\"0\",\"min\":\"0.6\"},{\"theta\":\"0.0\",\"min\":\"0.6\"}]}}",
         "facility.curve[1].theta", "unique"},
        {HEAD ",\"information\":{}}", "information.points", "required"},
        {HEAD ",\"information\":{\"points\":[{\"theta\":\"0\",\"target\":\"4\"}],\"maximise\":true}}",
         "information.maximise", "contradiction"},
        {HEAD ",\"anchors\":[{\"item\":\"Q 1\"},{\"item\":\"Q 1\"}]}", "anchors[1].item", "unique"},
        {HEAD ",\"anchors\":[{\"item\":\"Q1\",\"section\":\"z\"}]}", "anchors[0].section", "absent"},
        {HEAD ",\"sections\":[{\"code\":\"a\"},{\"code\":\"b\"}],\"anchors\":[{\"item\":\"Q1\"}]}",
         "anchors[0].section", "required"},
        {HEAD ",\"leave_out\":[7]}", "leave_out[0]", "form"},
        {HEAD ",\"previous\":[{\"code\":\"x\",\"items\":[\"Q1\"]}]}", "previous[0].overlap_max", "required"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena CLEANUP(arena_release);
        struct assembly_blueprint blueprint;
        struct json_misfits misfits = {0};
        bool found = false;
        arena_init(&arena, 1 << 22);
        ROW_TRUE(!read_text(&arena, rows[i].text, &blueprint, &misfits), rows[i].text);
        for (size_t k = 0; k < misfits.count; k++)
            found |= strcmp(misfits.list[k].path, rows[i].path) == 0 && strcmp(misfits.list[k].rule, rows[i].rule) == 0;
        if (!found)
            fail_msg("%s: %s %s", rows[i].text, misfits.list[0].path, misfits.list[0].rule);
    }
}

static void pool_files(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *column, *rule;
    } rows[] = {
        {"code,level\nQ1,1\n", 1, "topic", "required"},
        {"code,topic,colour\nQ1,law,red\n", 1, "colour", "unknown"},
        {"code,topic,level\nQ1,law,5\n", 2, "level", "range"},
        {"code,topic\nQ 1,law\n", 2, "code", "form"},
        {"code,topic\n,law\n", 2, "code", "required"},
        {"code,topic\nQ1,Law\n", 2, "topic", "form"},
        {"code,topic,facility\nQ1,law,1.2\n", 2, "facility", "range"},
        {"code,topic,a\nQ1,law,1.2\n", 2, "b", "required"},
        {"code,topic,seconds\nQ1,law,-1\n", 2, "seconds", "range"},
        {"code,topic,enemies\nQ1,law,Q 2\n", 2, "enemies", "form"},
        {"code,topic\nQ1,law\nQ1,law\n", 0, "code", "unique"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct arena arena CLEANUP(arena_release);
        struct assembly_pool pool;
        struct assembly_pool_faults faults = {0};
        arena_init(&arena, 1 << 22);
        ROW_TRUE(assembly_pool_read_csv(&arena, rows[i].text, strlen(rows[i].text), &pool, &faults) == ERR_SYNTAX,
                 rows[i].text);
        ROW_TRUE(faults.count > 0 && faults.list[0].line == rows[i].line, rows[i].text);
        ROW_TRUE(strcmp(faults.list[0].column, rows[i].column) == 0 && strcmp(faults.list[0].rule, rows[i].rule) == 0,
                 rows[i].text);
    }
    struct arena arena CLEANUP(arena_release);
    struct assembly_pool pool;
    struct assembly_pool_faults faults = {0};
    const char *good = "topic;code;facility;enemies\nlaw/a;Q2;0.5;Q1;Q3\nlaw;Q1;;\n";
    arena_init(&arena, 1 << 22);
    assert_int_equal(assembly_pool_read_csv(&arena, good, strlen(good), &pool, &faults),
                     ERR_SYNTAX); /* ';' separates the columns here */
    good = "topic,code,facility,enemies\nlaw/a,Q2,0.5, Q1 ;Q3\nlaw,Q1,,\n";
    faults.count = 0;
    assert_int_equal(assembly_pool_read_csv(&arena, good, strlen(good), &pool, &faults), ERR_NONE);
    assert_int_equal(pool.count, 2);
    assert_string_equal(pool.items[0].code, "Q1");
    assert_true(pool.items[0].facility == ASSEMBLY_UNKNOWN);
    assert_int_equal(pool.items[1].enemy_count, 2);
}

/* ---- solving ---- */

struct solved {
    struct arena arena;
    struct assembly_pool pool;
    struct assembly_blueprint blueprint;
    struct assembly_result result;
};

static void solve(struct solved *s, const char *pool, const char *blueprint) {
    struct assembly_pool_faults faults = {0};
    struct json_misfits misfits = {0};
    arena_init(&s->arena, (size_t)256 << 20);
    assert_int_equal(assembly_pool_read_csv(&s->arena, pool, strlen(pool), &s->pool, &faults), ERR_NONE);
    if (!read_text(&s->arena, blueprint, &s->blueprint, &misfits))
        fail_msg("%s %s", misfits.list[0].path, misfits.list[0].rule);
    assert_int_equal(assembly_solve(&s->arena, &s->pool, &s->blueprint, &(struct assembly_options){0}, &s->result),
                     ERR_NONE);
    if (s->result.verdict == ASSEMBLY_NO_SOLVER)
        skip();
}

static const char POOL[] =
    "code,topic,level,kind,facility,seconds,words,exposure,enemies,enemy_group,stimulus\n"
    "A1,law/x,1,single,0.5,60,10,0,,g,\nA2,law/x,2,single,0.6,60,10,0,A3,g,\nA3,law/y,3,multiple,0.7,60,10,0,,,\n"
    "A4,law/y,3,single,0.4,60,10,5,,,\nB1,lang,1,single,0.5,30,50,0,,,s1\nB2,lang,1,single,0.6,30,50,0,,,s1\n"
    "B3,lang,2,single,0.7,30,50,0,,,s1\nB4,lang,2,single,0.8,30,50,0,,,s2\nB5,lang,2,single,0.8,30,50,0,,,s2\n";

static const char *clash_of(const char *blueprint, bool english, struct solved *s) {
    solve(s, POOL, blueprint);
    assert_int_equal(s->result.verdict, ASSEMBLY_INFEASIBLE);
    return assembly_clash_words(&s->arena, &s->blueprint, &s->result, english);
}

static void clashes_in_words(void **state) {
    (void)state;
    struct solved s;
    assert_string_equal(clash_of(HEAD ",\"counts\":[{\"topic\":\"law\",\"level\":3,\"min\":3}]}", true, &s),
                        "topic law needs 3 live items of level 3, the bank has 2");
    assert_string_equal(assembly_clash_words(&s.arena, &s.blueprint, &s.result, false),
                        "chủ đề law cần 3 câu hỏi đang dùng mức 3, ngân hàng có 2");
    assert_true(s.result.clash_smallest);
    arena_release(&s.arena);
    assert_string_equal(
        clash_of(HEAD ",\"exposure_max\":5,\"counts\":[{\"topic\":\"law\",\"level\":3,\"min\":2}]}", true, &s),
        "topic law needs 2 live items of level 3, the bank has 1. Not counted are 1 that were used as often as they may");
    arena_release(&s.arena);
    assert_string_equal(clash_of(HEAD ",\"information\":{\"points\":[{\"theta\":\"0\",\"min\":\"1\"}]}}", false, &s),
                        "đề cần 5 câu hỏi đang dùng, ngân hàng có 0. Không tính 9 câu chưa có tham số");
    arena_release(&s.arena);
    assert_non_null(strstr(clash_of(HEAD ",\"sections\":[{\"code\":\"A\",\"title_vi\":\"Phần luật\",\"title_en\":\"Law\",\"topics\":[\"law\"],\"items\":{\"min\":5}},{\"code\":\"B\",\"topics\":[\"lang\"]}]}", false, &s),
                           "Phần luật: đề cần"));
    assert_null(strstr(assembly_clash_words(&s.arena, &s.blueprint, &s.result, false), "Phần Phần"));
    assert_non_null(strstr(assembly_clash_words(&s.arena, &s.blueprint, &s.result, true), "Section Law"));
    arena_release(&s.arena);
    (void)clash_of(HEAD ",\"counts\":[{\"topic\":\"law\",\"min\":3},{\"topic\":\"lang\",\"min\":3}]}", true, &s);
    assert_int_equal(s.result.clash_count, 3);
    assert_true(s.result.clash_smallest);
    arena_release(&s.arena);
    /* A1 and A2 are of one group, A2 and A3 enemies: of A1, A2, A3 two at most */
    (void)clash_of(HEAD ",\"leave_out\":[\"A4\"],\"counts\":[{\"topic\":\"law\",\"min\":3}]}", true, &s);
    assert_int_equal(s.result.clash_count, 2);
    arena_release(&s.arena);
    (void)clash_of(HEAD ",\"forms\":2}", true, &s);
    assert_int_equal(s.result.clash_count, 2);
    assert_true(s.result.clash_smallest);
    arena_release(&s.arena);
}

/* Every kind of item by its name, never by its key; a kind that only the pool knows by what it says. */
static void kinds_in_words(void **state) {
    (void)state;
    struct solved s;
    assert_string_equal(clash_of(HEAD ",\"counts\":[{\"topic\":\"law\",\"kind\":\"multiple\",\"min\":2}]}", true, &s),
                        "topic law needs 2 live items of kind multiple choice, the bank has 1");
    assert_string_equal(assembly_clash_words(&s.arena, &s.blueprint, &s.result, false),
                        "chủ đề law cần 2 câu hỏi đang dùng loại nhiều đáp án, ngân hàng có 1");
    struct assembly_constraint *constraint = &s.result.constraints[s.result.clash[0]];
    assert_string_equal(assembly_constraint_words(&s.arena, &s.blueprint, constraint, true), "topic law, kind multiple choice: at least 2 items");
    assert_string_equal(assembly_constraint_words(&s.arena, &s.blueprint, constraint, false), "chủ đề law, loại nhiều đáp án: ít nhất 2 câu hỏi");
    const char *other[2];
    for (int kind = -1; kind < ITEM_KIND_COUNT; kind++) {
        char plain[80];
        const char *key = kind < 0 ? "zebra" : item_kind_key((enum item_kind)kind);
        s.blueprint.counts[0].kind = key;
        snprintf(plain, sizeof plain, "loại %s:", key);
        other[0] = assembly_constraint_words(&s.arena, &s.blueprint, constraint, false);
        other[1] = assembly_constraint_words(&s.arena, &s.blueprint, constraint, true);
        ROW_TRUE((strstr(other[0], plain) != NULL) == (kind < 0), key);
        ROW_TRUE(strcmp(other[0], other[1]) != 0 && !strstr(other[1], "(null)"), key);
    }
    arena_release(&s.arena);
}

static void unknown_anchor(void **state) {
    (void)state;
    struct solved s;
    solve(&s, POOL, HEAD ",\"anchors\":[{\"item\":\"Z9\"}]}");
    assert_int_equal(s.result.verdict, ASSEMBLY_UNKNOWN_ITEM);
    assert_string_equal(s.result.unknown_item, "Z9");
    arena_release(&s.arena);
}

static void stimuli_and_sections(void **state) {
    (void)state;
    struct solved s;
    solve(&s, POOL,
          HEAD ",\"sections\":[{\"code\":\"one\",\"topics\":[\"law\"],\"items\":{\"min\":1,\"max\":2}},{\"code\":"
               "\"two\",\"kinds\":[\"single\"],"
               "\"items\":{\"min\":3}}],\"stimuli\":{\"items\":{\"min\":3},\"count\":{\"max\":1}},\"anchors\":[{"
               "\"item\":\"A4\",\"section\":\"two\"}]}");
    assert_int_equal(s.result.verdict, ASSEMBLY_ASSEMBLED);
    /* one item of law in the first section, then the anchor and a whole stimulus */
    assert_int_equal(s.result.forms[0].items[0].section, 0);
    assert_int_equal(s.result.forms[0].items[1].section, 1);
    arena_release(&s.arena);
}

/* The check stands by itself: forms that break something do not pass it. */
static void check_finds_breaches(void **state) {
    (void)state;
    struct solved s;
    solve(&s, POOL,
          HEAD ",\"counts\":[{\"topic\":\"law\",\"min\":2,\"max\":2}],\"seconds\":{\"max\":215},\"anchors\":[{\"item\":"
               "\"B4\"}]}");
    assert_int_equal(s.result.verdict, ASSEMBLY_ASSEMBLED);
    struct assembly_form *form = &s.result.forms[0];
    assert_true(assembly_check(&s.arena, &s.pool, &s.blueprint, &s.result));
    size_t kept = form->items[0].item;
    for (size_t i = 0; i < s.pool.count; i++) { /* a third item of law, an item twice, the anchor gone */
        bool stands = false;
        for (size_t k = 1; k < form->item_count; k++)
            stands |= form->items[k].item == i;
        form->items[0].item = i;
        if (stands || strncmp(s.pool.items[i].topic, "law", 3) == 0)
            assert_false(assembly_check(&s.arena, &s.pool, &s.blueprint, &s.result));
    }
    form->items[0].item = kept;
    assert_true(assembly_check(&s.arena, &s.pool, &s.blueprint, &s.result));
    form->item_count--;
    assert_false(assembly_check(&s.arena, &s.pool, &s.blueprint, &s.result));
    form->item_count++;
    s.result.form_count = 0;
    assert_false(assembly_check(&s.arena, &s.pool, &s.blueprint, &s.result));
    arena_release(&s.arena);
}

static bool stop(void *ctx) {
    (void)ctx;
    return false;
}

static void same_seed_same_forms_and_a_stop_gives_none(void **state) {
    (void)state;
    struct solved a, b;
    solve(&a, POOL, HEAD ",\"seed\":7}");
    solve(&b, POOL, HEAD ",\"seed\":7}");
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(a.result.forms[0].items[i].item, b.result.forms[0].items[i].item);
    struct assembly_options options = {.keep_on = stop};
    assert_int_equal(assembly_solve(&a.arena, &a.pool, &a.blueprint, &options, &a.result), ERR_NONE);
    assert_int_equal(a.result.verdict, ASSEMBLY_STOPPED);
    assert_int_equal(a.result.form_count, 0);
    arena_release(&a.arena);
    arena_release(&b.arena);
}

/* ---- the reference problems, where KHOACU_TEST_DATA names the folder that has them ---- */

static char *reference_pool(void) {
    const char *folder = getenv("KHOACU_TEST_DATA");
    char path[512], line[512];
    snprintf(path, sizeof path, "%s/psychometrics/data/sim_pool.csv", folder ? folder : "/nowhere");
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    struct buf out;
    buf_init(&out, 1 << 20);
    buf_adds(&out, "code,topic,a,b,c,words,seconds,enemy_group\n");
    (void)fgets(line, sizeof line, file);
    while (fgets(line, sizeof line, file)) {
        char item[32], area[4], a[32], b[32], g[32], seconds[32], words[32], enemy[32] = "";
        assert_true(sscanf(line, "%31[^,],%3[^,],%31[^,],%31[^,],%31[^,],%31[^,],%31[^,],%31[^,\r\n]", item, area, a, b,
                           g, seconds, words, enemy) >= 7);
        buf_addf(&out, "%s,%c,%s,%s,%s,%s,%s,%s\n", item, area[0] + 32, a, b, g, words, seconds, enemy);
    }
    (void)fclose(file);
    return out.data;
}

#define CELL(topic, min, max) "{\"topic\":\"" topic "\",\"min\":" #min ",\"max\":" #max "}"
#define BLUEPRINT(items) "{\"format\":\"khoacu-blueprint/1\",\"items\":" #items ","

static const char MAXIMIN[] =
    BLUEPRINT(40) "\"counts\":[" CELL("a", 11, 13) "," CELL("b", 9, 11) "," CELL("c", 7, 9) "," CELL("d", 5, 7) "," CELL("e", 3, 5) "],"
    "\"seconds\":{\"max\":2160},\"words\":{\"max\":2800},"
    "\"information\":{\"points\":[{\"theta\":\"-1\"},{\"theta\":\"0\"},{\"theta\":\"1\"}],\"maximise\":true}}";
static const char PARALLEL[] =
    BLUEPRINT(30) "\"forms\":4,\"counts\":[" CELL("a", 8, 10) "," CELL("b", 7, 8) "," CELL("c", 5, 7) "," CELL("d", 4, 5) "," CELL("e", 2, 4) "],"
    "\"seconds\":{\"min\":1600,\"max\":1750},"
    "\"information\":{\"points\":[{\"theta\":\"-1\",\"target\":\"5\"},{\"theta\":\"0\",\"target\":\"6.5\"},{\"theta\":\"1\",\"target\":\"5.5\"}]}}";

static void reference_problems(void **state) {
    (void)state;
    char *pool = reference_pool();
    struct solved s;
    if (!pool)
        skip();
    solve(&s, pool, MAXIMIN);
    assert_int_equal(s.result.verdict, ASSEMBLY_ASSEMBLED);
    assert_true(s.result.optimal);
    assert_true(s.result.reached > 10056890090 - 1000 && s.result.reached < 10056890090 + 1000);
    arena_release(&s.arena);
    solve(&s, pool, PARALLEL);
    assert_int_equal(s.result.verdict, ASSEMBLY_ASSEMBLED);
    assert_true(s.result.distance <= ASSEMBLY_NANO / 20);
    arena_release(&s.arena);
    solve(&s, pool, "{\"format\":\"khoacu-blueprint/1\",\"items\":40,\"counts\":[{\"topic\":\"e\",\"min\":27}]}");
    assert_int_equal(s.result.verdict, ASSEMBLY_INFEASIBLE);
    assert_string_equal(assembly_clash_words(&s.arena, &s.blueprint, &s.result, true),
                        "topic e needs 27 live items, the bank has 26");
    arena_release(&s.arena);
    free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals),
        cmocka_unit_test(topics),
        cmocka_unit_test(curves),
        cmocka_unit_test(refused_blueprints),
        cmocka_unit_test(pool_files),
        cmocka_unit_test(clashes_in_words),
        cmocka_unit_test(kinds_in_words),
        cmocka_unit_test(unknown_anchor),
        cmocka_unit_test(stimuli_and_sections),
        cmocka_unit_test(check_finds_breaches),
        cmocka_unit_test(same_seed_same_forms_and_a_stop_gives_none),
        cmocka_unit_test(reference_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
