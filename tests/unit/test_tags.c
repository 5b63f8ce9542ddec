/* Text that would keep a reader of XML or HTML busy for minutes is refused before it is read. */
#include "unit.h"

#include "doc/tags.h"

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/clock.h"
#include "khoacu/doc/markup.h"
#include "khoacu/doc/xml.h"

#include "khoacu/base/banned.h"

#define CAP ((size_t)64 << 20)

/* `head`, then `count` times `part`, then `tail`. */
static void repeat(struct buf *out, const char *head, const char *part, size_t count, const char *tail) {
    buf_init(out, CAP);
    buf_adds(out, head);
    for (size_t i = 0; i < count; i++)
        buf_addf(out, part, (int)i, (int)i);
    buf_adds(out, tail);
    assert_false(out->failed);
}

static void what_is_counted(void **state) {
    (void)state;
    static const struct {
        const char *name, *head, *part, *tail;
        size_t count;
        bool xml, html;
        size_t line;
    } ROWS[] = {
        {"as many as may be", "<a", " a%d=\"%d\"", ">", TAGS_ATTRIBUTES_MAX, true, true, 0},
        {"one more", "\n<b/>\n<a", " a%d=\"%d\"", ">", TAGS_ATTRIBUTES_MAX + 1, false, false, 3},
        {"words alone", "<a", " a%d", ">", 2 * TAGS_ATTRIBUTES_MAX + 1, false, false, 1},
        {"without blanks", "<a ", "a%d='%d'", ">", 2 * TAGS_ATTRIBUTES_MAX + 1, false, false, 1},
        {"never closed", "<a", " a%d=%d", "", TAGS_ATTRIBUTES_MAX + 1, false, false, 1},
        {"a value of many words", "<a title=\"", "a%d = ", "\"/>", 5000, true, true, 0},
        {"a bare value with a quote hides nothing", "<a b=x' ", "c%d ", "'>", 5000, false, false, 1},
        {"another tag inside hides nothing", "<a", " a%d <b", ">", 5000, false, false, 1},
        {"many tags", "", "<a%d b=\"1\"/>\n", "", 5000, true, true, 0},
        {"words", "x < 3 ", "w%d = ", "", 5000, true, true, 0},
        {"a comment of XML", "<!-- <a", " a%d=\"%d\"", "-->", 5000, true, false, 1},
        {"CDATA", "<![CDATA[<a", " a%d=\"%d\"", "]]>", 5000, true, false, 1},
        {"an instruction with half a comment hides nothing", "<?x <!-- ?><a", " a%d=\"%d\"", "/><?x --> ?>", 5000, false, false, 1},
    };
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        struct buf text;
        size_t line = 0;
        repeat(&text, ROWS[i].head, ROWS[i].part, ROWS[i].count, ROWS[i].tail);
        ROW_TRUE(tags_fit(true, text.data, text.len, &line) == ROWS[i].xml, ROWS[i].name);
        ROW_TRUE(tags_fit(false, text.data, text.len, &line) == ROWS[i].html, ROWS[i].name);
        ROW_TRUE(line == ROWS[i].line, ROWS[i].name);
        buf_release(&text);
    }
}

/* Each took minutes before the bounds were there. */
static void is_refused_at_once(void **state) {
    (void)state;
    static const struct {
        const char *head, *part, *tail;
        size_t count;
    } ROWS[] = {{"<q", " a%d=\"%d\"", "/>", 300000},
                {"<q", " xmlns:a%d=\"u%d\"", "/>", 60000},
                {"<q>", "<d xmlns:a%d=\"u%d\" xmlns:b=\"1\" xmlns:c=\"2\" xmlns:d=\"3\" xmlns:e=\"4\" xmlns:f=\"5\">", "</q>", 90}};
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        struct buf text;
        struct arena arena;
        struct xml_node *root = NULL;
        struct xml_error error = {0};
        arena_init(&arena, CAP);
        repeat(&text, ROWS[i].head, ROWS[i].part, ROWS[i].count, ROWS[i].tail);
        int64_t began = clock_mono_us();
        assert_int_equal(xml_read(&arena, text.data, text.len, &root, &error), ERR_LIMIT);
        assert_string_equal(error.reason, "limit");
        assert_int_equal(error.line, 1);
        assert_true(clock_mono_us() - began < 5000000);
        buf_release(&text);
        arena_release(&arena);
    }
    struct buf text;
    struct arena arena;
    struct markup_notes notes = {0};
    struct markup_note note = {0};
    arena_init(&arena, CAP);
    repeat(&text, "<p", " a%x", 30000, ">x</p>");
    int64_t began = clock_mono_us();
    assert_string_equal(markup_clean(&arena, text.data, NULL, NULL, &notes), "");
    assert_int_equal(notes.count, 1);
    assert_string_equal(notes.list[0].code, "limit");
    assert_false(markup_check(&arena, text.data, &note));
    assert_true(clock_mono_us() - began < 5000000);
    buf_release(&text);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_counted), cmocka_unit_test(is_refused_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
