/* Sections of a form: what is read and refused, and orders that are drawn within them. */
#include "unit.h"

#include "khoacu/base/arena.h"
#include "khoacu/form/order.h"
#include "khoacu/form/section.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define TWO "[{\"code\":\"A\",\"items\":2,\"title_en\":\"\",\"title_vi\":\"Một\"},{\"code\":\"B\",\"items\":3,\"title_en\":\"Two\",\"title_vi\":\"Hai\"}]"

static void reading(void **state) {
    (void)state;
    static const struct {
        const char *text, *path, *rule;
    } bad[] = {
        {"[{}]", "sections[0].code", "required"},
        {"[{\"code\":\"A\",\"items\":5}]", "sections[0].title_vi", "required"},
        {"[{\"code\":\"A\",\"items\":0,\"title_vi\":\"x\"}]", "sections[0].items", "range"},
        {"[{\"code\":\"A\",\"items\":4,\"title_vi\":\"x\"}]", "sections", "total"},
        {"[{\"code\":\"A\",\"items\":2,\"title_vi\":\"x\"},{\"code\":\"A\",\"items\":3,\"title_vi\":\"y\"}]", "sections[1].code", "unique"},
        {"[{\"code\":\"A\",\"items\":5,\"title_vi\":\"x\",\"more\":1}]", "sections[0].more", "unknown"},
        {"[1]", "sections[0]", "kind"},
    };
    struct arena arena;
    struct form_sections sections;
    const char *text = NULL;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct json_misfits misfits = {.count = 0};
        const struct json *list = NULL;
        assert_int_equal(json_read(&arena, bad[i].text, strlen(bad[i].text), &list, NULL), ERR_NONE);
        assert_false(form_sections_fit(&arena, list, 5, &sections, &misfits));
        assert_string_equal(misfits.list[0].path, bad[i].path);
        assert_string_equal(misfits.list[0].rule, bad[i].rule);
        assert_int_equal(form_sections_read(&arena, bad[i].text, 5, &sections), ERR_STATE);
    }
    assert_int_equal(form_sections_read(&arena, NULL, 5, &sections), ERR_NONE);
    assert_int_equal(sections.count, 0);
    assert_int_equal(form_sections_of(&sections, 1), 0);
    assert_true(form_sections_end(&sections, 1));
    assert_int_equal(form_sections_text(&arena, &sections, &text), ERR_NONE);
    assert_null(text);
    assert_int_equal(form_sections_read(&arena, TWO, 5, &sections), ERR_NONE);
    assert_int_equal(form_sections_text(&arena, &sections, &text), ERR_NONE);
    assert_string_equal(text, TWO);
    static const size_t in[] = {1, 1, 2, 2, 2, 0};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(form_sections_of(&sections, i + 1), in[i]);
    assert_false(form_sections_end(&sections, 1));
    assert_true(form_sections_end(&sections, 2));
    assert_true(form_sections_end(&sections, 5));
    arena_release(&arena);
}

/* Every place of a section is taken by each of its positions in turn, by none of another; a stimulus stays together. */
static void drawing(void **state) {
    (void)state;
    enum { COUNT = 9, SITTINGS = 2000 };
    static const uint8_t seed[FORM_SEED_LEN] = {7};
    struct form_shape shapes[COUNT];
    int seen[COUNT][COUNT] = {{0}};
    for (int i = 0; i < COUNT; i++)
        shapes[i] = (struct form_shape){.options = 2, .section = (uint8_t)(i < 4 ? 1 : 2), .group = (uint8_t)(i == 5 || i == 7 ? 1 : 0)};
    for (int64_t sitting = 1; sitting <= SITTINGS; sitting++) {
        struct form_order *order = NULL;
        assert_int_equal(form_order_new(seed, sitting, shapes, COUNT, &order), ERR_NONE);
        for (int shown = 1; shown <= COUNT; shown++) {
            int canonical = form_order_canonical(order, shown);
            assert_int_equal(shapes[canonical - 1].section, shown <= 4 ? 1 : 2);
            assert_ptr_equal(form_order_shape(order, shown), &shapes[canonical - 1]);
            seen[shown - 1][canonical - 1]++;
            if (canonical == 6)
                assert_int_equal(form_order_canonical(order, shown + 1), 8);
        }
        free(order);
    }
    for (int place = 0; place < 4; place++)
        for (int position = 0; position < 4; position++)
            assert_in_range(seen[place][position], SITTINGS / 5, SITTINGS * 3 / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(reading), cmocka_unit_test(drawing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
