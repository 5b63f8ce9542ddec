/* Foreign HTML becomes stored markup, stored markup is checked, formulas are converted. */
#include "unit.h"

#include "khoacu/base/child.h"
#include "khoacu/doc/markup.h"

#include "khoacu/base/banned.h"

#define MATH "<math xmlns=\"http://www.w3.org/1998/Math/MathML\""
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
    const char *html, *markup, *codes;
} CLEANED[] = {
    {"", "", ""},
    {"plain words", "plain words", ""},
    {"1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>", ""},
    {"<p>a <b>b</b> <i>c</i></p>", "<p>a <strong>b</strong> <em>c</em></p>", ""},
    {"<p>x<br>y<br/>z</p>", "<p>x<br/>y<br/>z</p>", ""},
    {"<p>a<script>alert(1)</script>b</p>", "<p>ab</p>", "content-dropped:script"},
    {"<p onclick=\"x()\">a</p>", "<p>a</p>", "attribute-dropped:onclick"},
    {"<a href=\"http://x/\">l</a>", "l (http://x/)", "link-dropped:http://x/"},
    {"<h2>T</h2>x", "<p><strong>T</strong></p>x", ""},
    {"<div>one</div><div>two</div>", "<p>one</p><p>two</p>", ""},
    {"<table><tr><td colspan=2>1<td>2</table>", "<table><tr><td colspan=\"2\">1</td><td>2</td></tr></table>", ""},
    {"<table><tfoot><tr><td rowspan=\"0\">1</td></tr></tfoot></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>", "attribute-dropped:rowspan"},
    {"<img src=\"x.png\" alt=\"h\u00ecnh\">", "h\u00ecnh", "media-missing:x.png"},
    {"<img src=\"media:" HEX "\" width=\"20\" height=\"-1\"/>", "<img alt=\"\" width=\"20\" src=\"media:" HEX "\"/>", ""},
    {"<audio><source src=\"media:" HEX "\"></audio>", "<audio src=\"media:" HEX "\"/>", ""},
    {"a&nbsp;&eacute;", "<p>a\u00a0\u00e9</p>", ""},
    {"<span data-gap=\"g1\"/> x", "<span data-gap=\"g1\"/> x", ""},
    {"<span data-gap=\"a b\"/>", "", "attribute-dropped:data-gap"},
    {"<span lang=\"en\">e</span>", "<span lang=\"en\">e</span>", ""},
    {"<svg onload=\"x()\"><circle/></svg><iframe src=\"x\"></iframe>", "", "content-dropped:svg content-dropped:iframe"},
    {"<math><mfrac><mi>a</mi><mn onclick=\"x\">2</mn></mfrac></math>", MATH "><mfrac><mi>a</mi><mn>2</mn></mfrac></math>", ""},
    {"<math><mi href=\"javascript:x\">a</mi><script>1</script></math>", MATH "><mi>a</mi></math>", ""},
    {"<p><p>nested</p></p>", "<p>nested</p>", ""},
    {"<code>\\(x\\)</code>", "<code>\\(x\\)</code>", ""},
    {"<marquee>m</marquee>", "m", "element-dropped:marquee"},
    {"\xff", "", "not-markup:"},
    {"<!DOCTYPE x [<!ENTITY a \"b\">]><p>c</p>", "<p>]&gt;</p><p>c</p>", ""},
};

static const char *codes_of(struct arena *arena, const struct markup_notes *notes) {
    const char *codes = "";
    for (size_t i = 0; i < notes->count; i++)
        codes = arena_printf(arena, "%s%s%s:%s", codes, i ? " " : "", notes->list[i].code, notes->list[i].detail);
    return codes;
}

static void foreign_texts_are_cleaned(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(CLEANED); i++) {
        struct arena arena;
        struct markup_notes notes = {0}, again = {0};
        arena_init(&arena, 1 << 22);
        const char *markup = markup_clean(&arena, CLEANED[i].html, NULL, NULL, &notes);
        assert_string_equal(markup, CLEANED[i].markup);
        assert_string_equal(codes_of(&arena, &notes), CLEANED[i].codes);
        assert_true(markup_check(&arena, markup, NULL));
        assert_string_equal(markup_clean(&arena, markup, NULL, NULL, &again), markup);
        assert_int_equal(again.count, 0);
        arena_release(&arena);
    }
}

static const struct {
    const char *markup, *code, *detail;
} REFUSED[] = {
    {"<p>a", "not-markup", ""},
    {"a & b", "not-markup", ""},
    {"<b>a</b>", "element-dropped", "b"},
    {"<p class=\"x\">a</p>", "attribute-dropped", "class"},
    {"<img src=\"http://x/y.png\" alt=\"\"/>", "attribute-dropped", "src"},
    {"<img alt=\"\"/>", "media-missing", "img"},
    {"<span data-gap=\"g\">x</span>", "not-markup", "span"},
    {"<math><mi>a</mi></math>", "element-dropped", "math"},
    {MATH "><script>x</script></math>", "element-dropped", "script"},
    {MATH "><mi href=\"x\">a</mi></math>", "attribute-dropped", "href"},
    {"<p>a<!-- c --></p>", "not-markup", ""},
    {"<?php x ?>", "not-markup", ""},
    {"</div><div>", "not-markup", ""},
};

static void stored_markup_is_checked(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(REFUSED); i++) {
        struct arena arena;
        struct markup_note note;
        arena_init(&arena, 1 << 22);
        assert_false(markup_check(&arena, REFUSED[i].markup, &note));
        assert_string_equal(note.code, REFUSED[i].code);
        assert_string_equal(note.detail, REFUSED[i].detail);
        assert_true(*markup_note_words(note.code, "vi") && *markup_note_words(note.code, "en"));
        arena_release(&arena);
    }
}

static void limits_hold(void **state) {
    struct arena arena;
    struct markup_notes notes = {0};
    struct buf deep, wide;
    (void)state;
    arena_init(&arena, 1 << 24);
    buf_init(&deep, 1 << 20);
    buf_init(&wide, 1 << 20);
    for (int i = 0; i < 60; i++)
        buf_adds(&deep, "<blockquote>");
    for (int i = 0; i < 60; i++)
        buf_adds(&deep, "</blockquote>");
    assert_false(markup_check(&arena, deep.data, NULL));
    (void)markup_clean(&arena, deep.data, NULL, NULL, &notes);
    assert_string_equal(notes.list[0].code, "limit");
    /* Cleaning makes two elements of a heading, and longer tags of empty ones: the result is within the limits or nothing. */
    static const char *const growing[] = {"<h1>a</h1>", "<mi/>"};
    for (size_t k = 0; k < LENGTH(growing); k++) {
        struct buf many;
        notes.count = 0;
        buf_init(&many, 1 << 20);
        buf_adds(&many, k == 1 ? "<math>" : "<p>x</p>");
        for (int i = 0; i < (k == 1 ? 21000 : 7900); i++)
            buf_adds(&many, growing[k]);
        buf_adds(&many, k == 1 ? "</math>" : "");
        assert_string_equal(markup_clean(&arena, many.data, NULL, NULL, &notes), "");
        assert_string_equal(notes.list[0].code, "limit");
        buf_release(&many);
    }
    const char *math = "<mn>1</mn>";
    for (int i = 0; i < 60; i++)
        math = arena_printf(&arena, "<mrow>%s</mrow>", math);
    notes.count = 0;
    assert_string_equal(markup_clean(&arena, arena_printf(&arena, "<math>%s</math>", math), NULL, NULL, &notes), "");
    assert_string_equal(notes.list[0].code, "limit");
    for (int i = 0; i < MARKUP_NODES_MAX; i++)
        buf_adds(&wide, "<br/>a");
    assert_false(markup_check(&arena, wide.data, NULL));
    buf_release(&deep);
    buf_release(&wide);
    arena_release(&arena);
}

static void gaps_are_listed(void **state) {
    struct arena arena;
    const char *const *ids = NULL;
    size_t count = 0;
    (void)state;
    arena_init(&arena, 1 << 22);
    assert_true(markup_gaps(&arena, "<p>a <span data-gap=\"g1\"/></p><p><span data-gap=\"g2\"/><span data-gap=\"g1\"/></p>", &ids, &count));
    assert_int_equal(count, 3);
    assert_string_equal(ids[0], "g1");
    assert_string_equal(ids[1], "g2");
    assert_string_equal(ids[2], "g1");
    arena_release(&arena);
}

static void formulas_are_converted(void **state) {
    struct arena arena;
    struct markup_note note;
    char path[256];
    (void)state;
    if (!child_find("blahtexml", path, sizeof path))
        skip();
    arena_init(&arena, 1 << 22);
    for (int i = 0; i < 2; i++) /* the second time from memory */
        assert_string_equal(markup_tex(&arena, "\\frac{1}{2}", false, &note),
                            MATH "><semantics><mfrac><mn>1</mn><mn>2</mn></mfrac><annotation encoding=\"application/x-tex\">\\frac{1}{2}</annotation>"
                                 "</semantics></math>");
    const char *bad[] = {"\\frac{a", "x \\nosuch y", "\\input{/etc/passwd}", "a_b_c"};
    for (size_t i = 0; i < LENGTH(bad); i++) {
        assert_null(markup_tex(&arena, bad[i], false, &note));
        assert_string_equal(note.code, "formula");
        assert_true(*note.detail);
    }
    const char *lacking[] = {"\\dfrac12", "\\dfrac{a}{b}", "30\\degree", "\\tg x", "\\bm{v}", "\\stackrel{a}{b}", "5\\,\\euro",
                             "\\begin{array}{c|r}a&b\\\\c&d\\end{array}", "\\arccotg x"};
    for (size_t i = 0; i < LENGTH(lacking); i++) {
        const char *mathml = markup_tex(&arena, lacking[i], true, &note);
        if (!mathml)
            fail_msg("%s: %s %s", lacking[i], note.code, note.detail);
        assert_true(markup_check(&arena, mathml, NULL));
        assert_string_equal(markup_plain(&arena, mathml), lacking[i]);
    }
    assert_non_null(strstr(markup_tex(&arena, "\\dfrac12", false, &note), "<mfrac><mn>1</mn><mn>2</mn></mfrac>"));
    const char *deep = "x";
    for (int i = 0; i < 60; i++)
        deep = arena_printf(&arena, "\\sqrt{%s}", deep);
    assert_null(markup_tex(&arena, deep, false, &note));
    assert_string_equal(note.code, "limit");
    struct markup_notes notes = {0};
    (void)markup_clean(&arena, "\\(\\nosuch x\\)", NULL, NULL, &notes);
    assert_non_null(strstr(notes.list[0].detail, "\\nosuch x: ")); /* which formula, and why */
    notes.count = 0;
    const char *markup = markup_clean(&arena, "a \\(x&lt;y\\) b \\[\\frac{a\\]", NULL, NULL, &notes);
    assert_non_null(strstr(markup, "<annotation encoding=\"application/x-tex\">x&lt;y</annotation>"));
    assert_int_equal(notes.count, 1);
    assert_true(markup_check(&arena, markup, NULL));
    assert_string_equal(markup_plain(&arena, markup), "a x<y b \\frac{a");
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(foreign_texts_are_cleaned), cmocka_unit_test(stored_markup_is_checked),
                                       cmocka_unit_test(limits_hold), cmocka_unit_test(gaps_are_listed), cmocka_unit_test(formulas_are_converted)};
    return cmocka_run_group_tests_name("markup", tests, NULL, NULL);
}
