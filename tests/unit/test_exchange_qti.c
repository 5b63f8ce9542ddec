#include "exchange_field.h"
#include "zip_field.h"

#include "khoacu/doc/zip.h"

#include <time.h>

#include "khoacu/base/banned.h"

static const enum exchange_format FORMATS[] = {EXCHANGE_QTI21, EXCHANGE_QTI30};

/* ---- the published examples: each has its outcome ---- */

static const struct {
    const char *file, *outcome, *said, *kind;
} EXAMPLES[] = {
    {"adaptive.xml", "refused", "qti-adaptive", ""},
    {"adaptive_template.xml", "refused", "qti-adaptive", ""},
    {"associate.xml", "refused", "qti-interaction", ""},
    {"choice.xml", "changed", "media-missing", "\"kind\":\"single\""},
    {"choice_fixed.xml", "changed", "shuffle-dropped", "\"kind\":\"single\""},
    {"choice_multiple.xml", "imported", "\"code\":null", "\"kind\":\"multiple\""},
    {"choice_multiple_chocolade.xml", "refused", "qti-processing", ""},
    {"drawing.xml", "refused", "qti-interaction", ""},
    {"extended_text.xml", "changed", "file-dropped", "\"kind\":\"essay\""},
    {"feedback.xml", "changed", "feedback-dropped", "\"kind\":\"single\""},
    {"feedback_adaptive.xml", "refused", "qti-adaptive", ""},
    {"gap_match.xml", "changed", "gaps-matched", "\"kind\":\"matching\""},
    {"graphic_associate.xml", "refused", "qti-interaction", ""},
    {"graphic_gap_match.xml", "refused", "qti-interaction", ""},
    {"graphic_order.xml", "refused", "qti-interaction", ""},
    {"hint.xml", "refused", "qti-adaptive", ""},
    {"hotspot.xml", "changed", "hotspot-listed", "\"kind\":\"single\""},
    {"hottext.xml", "changed", "hottext-listed", "\"kind\":\"single\""},
    {"inline_choice.xml", "imported", "\"code\":null", "\"kind\":\"inline\""},
    {"likert.xml", "refused", "qti-no-key", ""},
    {"match.xml", "imported", "\"code\":null", "\"kind\":\"matching\""},
    {"math.xml", "imported", "\"code\":null", "\"kind\":\"single\""},
    {"nested_object.xml", "changed", "file-dropped", "\"kind\":\"essay\""},
    {"order.xml", "changed", "shuffle-dropped", "\"kind\":\"ordering\""},
    {"order_partial_scoring.xml", "refused", "qti-processing", ""},
    {"position_object.xml", "refused", "qti-interaction", ""},
    {"select_point.xml", "refused", "qti-interaction", ""},
    {"shufflechoice.xml", "changed", "media-missing", "\"kind\":\"single\""},
    {"shufflegap_match.xml", "changed", "gaps-matched", "\"kind\":\"matching\""},
    {"shuffleinline_choice.xml", "imported", "\"code\":null", "\"kind\":\"inline\""},
    {"slider.xml", "refused", "qti-interaction", ""},
    {"template.xml", "refused", "qti-template", ""},
    {"template_image.xml", "refused", "qti-template", ""},
    {"text_entry.xml", "imported", "\"code\":null", "\"kind\":\"text\""},
    {"text_entry1.xml", "imported", "\"code\":null", "\"kind\":\"text\""},
    {"text_entry2.xml", "imported", "\"code\":null", "\"kind\":\"text\""},
    {"towns.xml", "changed", "feedback-dropped", "\"kind\":\"matching\""},
    {"upload.xml", "imported", "\"code\":null", "\"kind\":\"upload\""},
    {"upload_composite.xml", "refused", "qti-several", ""},
};

static void published_items(void **state) {
    (void)state;
    const char *given = getenv("KHOACU_TEST_DATA");
    char path[512];
    size_t len = 0, missing = 0;
    for (size_t i = 0; i < LENGTH(EXAMPLES); i++) {
        struct field_sink sink;
        snprintf(path, sizeof path, "%s/qti/qti21/%s", given ? given : "../shared/data", EXAMPLES[i].file);
        char *bytes = field_load(path, &len);
        missing += !bytes;
        if (!bytes)
            continue;
        assert_int_equal(field_read(EXCHANGE_AUTO, EXAMPLES[i].file, bytes, len, NULL, &sink), ERR_NONE);
        if (getenv("KHOACU_TEST_SHOW"))
            print_message("%s", sink.lines.data);
        const char *outcome = sink.refused ? "refused" : sink.changed ? "changed" : "imported";
        if (sink.calls != 1 || strcmp(outcome, EXAMPLES[i].outcome) != 0 || !field_said(&sink, EXAMPLES[i].said) ||
            !field_said(&sink, EXAMPLES[i].kind))
            fail_msg("%s: not %s with %s: %.3000s", EXAMPLES[i].file, EXAMPLES[i].outcome, EXAMPLES[i].said, sink.lines.data);
        buf_release(&sink.lines);
        free(bytes);
    }
    if (missing == LENGTH(EXAMPLES))
        skip();
    assert_int_equal(missing, 0);
}

/* ---- choices that stand in a text or a picture, in the names of QTI 3 ---- */

#define THREE_HEAD(id)                                                                                                 \
    "<qti-assessment-item xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\" identifier=\"" id "\" title=\"t\" adaptive=\"false\" "  \
    "time-dependent=\"false\" xml:lang=\"en\">"
#define THREE_TAIL(template) "<qti-response-processing template=\"https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/" template ".xml\"/></qti-assessment-item>"

static const struct {
    const char *name, *xml, *said[4];
} MARKS[] = {
    {"hottext.xml",
     THREE_HEAD("H") "<qti-response-declaration identifier=\"RESPONSE\" cardinality=\"multiple\" base-type=\"identifier\"><qti-correct-response>"
                     "<qti-value>y</qti-value><qti-value>z</qti-value></qti-correct-response></qti-response-declaration><qti-item-body>"
                     "<qti-hottext-interaction response-identifier=\"RESPONSE\" max-choices=\"2\"><qti-prompt>Which are cities?</qti-prompt>"
                     "<p>An <qti-hottext identifier=\"x\">apple</qti-hottext>, <qti-hottext identifier=\"y\">Hue</qti-hottext> and "
                     "<qti-hottext identifier=\"z\">Vinh</qti-hottext>.</p></qti-hottext-interaction></qti-item-body>" THREE_TAIL("match_correct"),
     {"hottext-listed", "\"kind\":\"multiple\"", "An <strong>apple</strong>, <strong>Hue</strong> and <strong>Vinh</strong>.",
      "\"options\":[{\"credit\":\"1\",\"id\":\"b\"},{\"credit\":\"1\",\"id\":\"c\"}]"}},
    {"hotspot.xml",
     THREE_HEAD("S") "<qti-response-declaration identifier=\"RESPONSE\" cardinality=\"single\" base-type=\"identifier\"><qti-correct-response>"
                     "<qti-value>b</qti-value></qti-correct-response></qti-response-declaration><qti-item-body>"
                     "<qti-hotspot-interaction response-identifier=\"RESPONSE\" max-choices=\"1\"><img src=\"map.png\" alt=\"a map\"/>"
                     "<qti-hotspot-choice identifier=\"a\" shape=\"rect\" coords=\"0,0,9,9\"/><qti-hotspot-choice identifier=\"b\" "
                     "shape=\"circle\" coords=\"5,5,2\" hotspot-label=\"the harbour\"/></qti-hotspot-interaction></qti-item-body>" THREE_TAIL("match_correct"),
     {"hotspot-listed", "Area 1 (rectangle, coordinates 0,0,9,9)", "the harbour", "\"options\":[{\"credit\":\"1\",\"id\":\"b\"}]"}},
    {"gap.xml",
     THREE_HEAD("G") "<qti-response-declaration identifier=\"RESPONSE\" cardinality=\"multiple\" base-type=\"directedPair\"><qti-mapping default-value=\"-0.5\" "
                     "lower-bound=\"0\"><qti-map-entry map-key=\"w g\" mapped-value=\"2\"/></qti-mapping></qti-response-declaration><qti-item-body>"
                     "<qti-gap-match-interaction response-identifier=\"RESPONSE\"><qti-gap-text identifier=\"w\" match-max=\"1\">water</qti-gap-text>"
                     "<qti-gap-text identifier=\"f\" match-max=\"1\">fire</qti-gap-text><p>Fish live in <qti-gap identifier=\"g\"/>.</p>"
                     "</qti-gap-match-interaction></qti-item-body>" THREE_TAIL("map_response"),
     {"gaps-matched", "Fish live in <strong>(1)</strong> ____.", "{\"column\":\"a\",\"credit\":\"2\",\"row\":\"a\"},{\"column\":\"b\",\"credit\":\"-0.5\",\"row\":\"a\"}",
      "\"points\":\"2\""}},
    {"gap-unknown.xml",
     THREE_HEAD("U") "<qti-response-declaration identifier=\"RESPONSE\" cardinality=\"multiple\" base-type=\"directedPair\"><qti-correct-response>"
                     "<qti-value>w nowhere</qti-value></qti-correct-response></qti-response-declaration><qti-item-body>"
                     "<qti-gap-match-interaction response-identifier=\"RESPONSE\"><qti-gap-text identifier=\"w\" match-max=\"1\">water</qti-gap-text>"
                     "<p>Fish live in <qti-gap identifier=\"g\"/>.</p></qti-gap-match-interaction></qti-item-body>" THREE_TAIL("match_correct"),
     {"\"refused\"", "qti-response", "", ""}},
};

static void choices_within_texts(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(MARKS); i++) {
        struct field_sink sink;
        assert_int_equal(field_read(EXCHANGE_AUTO, MARKS[i].name, MARKS[i].xml, strlen(MARKS[i].xml), NULL, &sink), ERR_NONE);
        for (size_t k = 0; k < LENGTH(MARKS[i].said); k++)
            if (!field_said(&sink, MARKS[i].said[k]))
                fail_msg("%s does not say %s: %.3000s", MARKS[i].name, MARKS[i].said[k], sink.lines.data);
        buf_release(&sink.lines);
    }
}

/* ---- what we wrote comes back ---- */

struct writing {
    struct exchange_writer *writer;
    struct buf expected; /* canonical JSON of the items, a line each */
    size_t count, copies;
};

static void add(void *ctx, const struct item *item, const char *json) {
    struct writing *writing = ctx;
    /* The longest ones would fill the manifest. */
    for (size_t i = 0; i < (strlen(json) < 20000 ? writing->copies : 1); i++) {
        if (exchange_writer_add(writing->writer, item, NULL, 0) != ERR_NONE)
            fail_msg("not written: %.200s", json);
        buf_adds(&writing->expected, json);
        buf_addc(&writing->expected, '\n');
        writing->count++;
    }
}

static void new_path(char *path) {
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
}

static char *write_all(enum exchange_format format, const char *lang, size_t copies, struct writing *writing, size_t *ret_len) {
    char path[] = "build/test/exchange-XXXXXX";
    struct exchange_options options = {.lang = lang};
    new_path(path);
    *writing = (struct writing){.copies = copies};
    buf_init(&writing->expected, FIELD_CAP);
    assert_int_equal(exchange_writer_new(format, path, &options, &writing->writer), ERR_NONE);
    field_each(add, writing);
    assert_int_equal(exchange_writer_close(writing->writer), ERR_NONE);
    exchange_writer_free(writing->writer);
    char *bytes = field_load(path, ret_len);
    assert_non_null(bytes);
    assert_int_equal(unlink(path), 0);
    return bytes;
}

static void compare(const struct writing *writing, const struct field_sink *sink, const char *key) {
    const char *wanted = writing->expected.data, *got = sink->lines.data;
    assert_non_null(got);
    for (size_t i = 0; i < writing->count; i++) {
        const char *item = strstr(got, "} {"), *end = strchr(got, '\n'), *wanted_end = strchr(wanted, '\n');
        if (!item || item > end)
            fail_msg("%s: item %zu has no content: %.400s", key, i + 1, got);
        item += 2;
        if (end - item != wanted_end - wanted || memcmp(item, wanted, (size_t)(end - item)) != 0)
            fail_msg("%s: item %zu\nwanted %.1500s\n   got %.3000s", key, i + 1, wanted, got);
        got = end + 1;
        wanted = wanted_end + 1;
    }
}

static void every_kind_comes_back(void **state) {
    (void)state;
    static const char *const LANGS[] = {"vi", "en"};
    for (size_t i = 0; i < LENGTH(FORMATS) * 2; i++) {
        enum exchange_format format = FORMATS[i / 2], found = EXCHANGE_AUTO;
        struct writing writing;
        struct field_sink sink;
        size_t len = 0;
        struct exchange_options options = {.lang = LANGS[1 - i % 2]};
        char *bytes = write_all(format, LANGS[i % 2], 1, &writing, &len);
        const char *key = exchange_format_key(format);
        assert_true(exchange_detect("bank.zip", bytes, len, &found));
        assert_int_equal(field_read(found, key, bytes, len, &options, &sink), ERR_NONE);
        if (sink.calls != writing.count || sink.imported != writing.count)
            fail_msg("%s: %zu of %zu items as they were: %s", key, sink.imported, writing.count, field_odd(&sink));
        compare(&writing, &sink, key);
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(bytes);
    }
}

static void many_items_are_quick(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(FORMATS); i++) {
        struct writing writing;
        struct field_sink sink;
        struct timespec from, to;
        size_t len = 0;
        assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from), 0);
        char *bytes = write_all(FORMATS[i], "vi", 320, &writing, &len);
        assert_true(writing.count >= 5000);
        assert_int_equal(field_read(FORMATS[i], "many", bytes, len, NULL, &sink), ERR_NONE);
        assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to), 0);
        assert_int_equal(sink.imported, writing.count);
        print_message("%zu items, %zu bytes: %ld s\n", writing.count, len, (long)(to.tv_sec - from.tv_sec));
        assert_true(to.tv_sec - from.tv_sec < 30);
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(bytes);
    }
}

/* ---- packages of ours that earlier versions wrote ---- */

/* KHOACU_TEST_WRITE=1 writes them anew; what older packages hold is then no longer known to come back. */
static void golden_packages(void **state) {
    (void)state;
    static const char *const FILES[] = {FIELD_FOLDER "/khoacu-qti21.zip", FIELD_FOLDER "/khoacu-qti30.zip"};
    for (size_t i = 0; i < LENGTH(FORMATS); i++) {
        struct writing writing;
        struct field_sink sink;
        size_t len = 0, golden_len = 0;
        char *bytes = write_all(FORMATS[i], "vi", 1, &writing, &len);
        if (getenv("KHOACU_TEST_WRITE")) {
            FILE *file = fopen(FILES[i], "wb");
            assert_non_null(file);
            assert_int_equal(fwrite(bytes, 1, len, file), len);
            assert_int_equal(fclose(file), 0);
        }
        char *golden = field_load(FILES[i], &golden_len);
        ROW_TRUE(golden != NULL, FILES[i]);
        assert_int_equal(field_read(EXCHANGE_AUTO, FILES[i], golden, golden_len, NULL, &sink), ERR_NONE);
        if (sink.imported != sink.calls || sink.calls != writing.count)
            fail_msg("%s: %s", FILES[i], field_odd(&sink));
        compare(&writing, &sink, FILES[i]);
        buf_release(&sink.lines);
        buf_release(&writing.expected);
        free(golden);
        free(bytes);
    }
}

/* ---- items one by one: what is read of them ---- */

#define ITEM(id, rest) "<assessmentItem xmlns=\"http://www.imsglobal.org/xsd/imsqti_v2p2\" identifier=\"" id "\" title=\"T\">" rest "</assessmentItem>"
#define TEMPLATE(name) "<responseProcessing template=\"http://www.imsglobal.org/question/qti_v2p1/rptemplates/" name "\"/>"
#define CHOICES                                                                                                        \
    "<itemBody><choiceInteraction responseIdentifier=\"R\" maxChoices=\"1\"><prompt>Hỏi?</prompt><simpleChoice identifier=\"A\">một</simpleChoice>" \
    "<simpleChoice identifier=\"B\">hai</simpleChoice></choiceInteraction></itemBody>"
#define SINGLE(inner) "<responseDeclaration identifier=\"R\" cardinality=\"single\" baseType=\"identifier\">" inner "</responseDeclaration>"
#define CORRECT(value) "<correctResponse><value>" value "</value></correctResponse>"
#define MATCH "<match><variable identifier=\"R\"/><correct identifier=\"R\"/></match>"
#define SCORE(value) "<setOutcomeValue identifier=\"SCORE\"><baseValue baseType=\"float\">" value "</baseValue></setOutcomeValue>"
#define PROCESS(inner) "<responseProcessing>" inner "</responseProcessing>"
#define IF(test, then, other) "<responseCondition><responseIf>" test then "</responseIf>" other "</responseCondition>"
#define FIELD(base, inner) "<responseDeclaration identifier=\"R\" cardinality=\"single\" baseType=\"" base "\">" inner "</responseDeclaration>"
#define ENTRY "<itemBody><p>Số pi là <textEntryInteraction responseIdentifier=\"R\"/> nhé</p></itemBody>"
#define GAP(id) "<inlineChoiceInteraction responseIdentifier=\"" id "\"><inlineChoice identifier=\"A\">một</inlineChoice><inlineChoice identifier=\"B\">hai</inlineChoice></inlineChoiceInteraction>"
#define GAPS "<itemBody><p>" GAP("R") " và " GAP("S") "</p></itemBody>"
#define TWO SINGLE(CORRECT("A")) "<responseDeclaration identifier=\"S\" cardinality=\"single\" baseType=\"identifier\">" CORRECT("B") "</responseDeclaration>"
#define MATCH_S "<match><variable identifier=\"S\"/><correct identifier=\"S\"/></match>"
#define MORE "<setOutcomeValue identifier=\"SCORE\"><sum><variable identifier=\"SCORE\"/><baseValue baseType=\"float\">0.5</baseValue></sum></setOutcomeValue>"

#define MAPPING(bounds, key, value, other, less)                                                                       \
    "<mapping " bounds "><mapEntry mapKey=\"" key "\" mappedValue=\"" value "\"/><mapEntry mapKey=\"" other "\" mappedValue=\"" less "\"/></mapping>"
#define SIDE(id, most) "<simpleAssociableChoice identifier=\"" id "\" matchMax=\"" most "\">" id "</simpleAssociableChoice>"
#define PAIRS_OF(limit, most)                                                                                          \
    "<responseDeclaration identifier=\"R\" cardinality=\"multiple\" baseType=\"directedPair\"><correctResponse><value>A C</value><value>B D</value></correctResponse>" \
    "</responseDeclaration><itemBody><matchInteraction responseIdentifier=\"R\"" limit "><prompt>Ghép</prompt><simpleMatchSet>" SIDE("A", "1") SIDE("B", "1")    \
    "</simpleMatchSet><simpleMatchSet>" SIDE("C", most) SIDE("D", "0") "</simpleMatchSet></matchInteraction></itemBody>" TEMPLATE("match_correct")

#define TEN(x) x x x x x x x x x x
#define DEEP TEN("<div><div><div><div><div><div>") "x" TEN("</div></div></div></div></div></div>")

static void items_mean_what_they_say(void **state) {
    (void)state;
    static const struct {
        const char *xml, *outcome, *said;
    } rows[] = {
        {ITEM("a", SINGLE(CORRECT("B")) CHOICES TEMPLATE("match_correct")), "imported", "\"options\":[{\"credit\":\"1\",\"id\":\"b\"}],\"points\":\"1\""},
        {ITEM("a", SINGLE(CORRECT("B")) CHOICES TEMPLATE("match_correct.xml")), "imported", "\"kind\":\"single\""},
        {ITEM("a", SINGLE(CORRECT("B")) CHOICES PROCESS(IF(MATCH, SCORE("2.50"), "<responseElse>" SCORE("0") "</responseElse>"))), "imported", "\"points\":\"2.5\""},
        {ITEM("a", SINGLE(CORRECT("B")) CHOICES PROCESS(IF(MATCH, SCORE("1"), "<responseElse>" SCORE("-1") "</responseElse>"))), "refused", "qti-processing"},
        {ITEM("a", SINGLE(CORRECT("B")) CHOICES), "changed", "scoring-assumed"},
        {ITEM("a", SINGLE("") CHOICES TEMPLATE("match_correct")), "refused", "qti-no-key"},
        {ITEM("a", SINGLE(CORRECT("Z")) CHOICES TEMPLATE("match_correct")), "refused", "qti-response"},
        {ITEM("a", SINGLE(CORRECT("B")) CHOICES TEMPLATE("map_response_point")), "refused", "qti-processing"},
        {ITEM("a", SINGLE("<mapping lowerBound=\"-1\" upperBound=\"2\" defaultValue=\"-0.5\"><mapEntry mapKey=\"A\" mappedValue=\"2\"/></mapping>") CHOICES TEMPLATE("map_response")),
         "imported", "\"options\":[{\"credit\":\"2\",\"id\":\"a\"},{\"credit\":\"-0.5\",\"id\":\"b\"}],\"points\":\"2\",\"points_max\":\"2\",\"points_min\":\"-1\",\"rule\":\"map\""},
        {ITEM("a", SINGLE("<mapping><mapEntry mapKey=\"A\" mappedValue=\"2\"/><mapEntry mapKey=\"B\" mappedValue=\"1\"/></mapping>") CHOICES
                   PROCESS(IF("<isNull><variable identifier=\"R\"/></isNull>", SCORE("0"), "<responseElse><setOutcomeValue identifier=\"SCORE\"><mapResponse identifier=\"R\"/></setOutcomeValue></responseElse>"))),
         "imported", "\"kind\":\"graded\""},
        {ITEM("a", SINGLE("<mapping><mapEntry mapKey=\"A\" mappedValue=\"x\"/></mapping>") CHOICES TEMPLATE("map_response")), "refused", "qti-response"},
        {ITEM("a", FIELD("float", CORRECT("+3.140")) ENTRY TEMPLATE("match_correct")), "imported", "\"accepted\":[{\"credit\":\"1\",\"value\":\"3.14\"}]"},
        {ITEM("a", FIELD("float", CORRECT("3.14")) ENTRY PROCESS(IF("<equal toleranceMode=\"absolute\" tolerance=\"0.01\"><variable identifier=\"R\"/><correct identifier=\"R\"/></equal>", SCORE("1"), ""))),
         "imported", "{\"credit\":\"1\",\"tolerance\":\"0.01\",\"value\":\"3.14\"}"},
        {ITEM("a", FIELD("float", CORRECT("3.14")) ENTRY PROCESS(IF("<equal toleranceMode=\"relative\" tolerance=\"5\"><variable identifier=\"R\"/><correct identifier=\"R\"/></equal>", SCORE("1"), ""))),
         "imported", "{\"credit\":\"1\",\"relative\":true,\"tolerance\":\"0.05\",\"value\":\"3.14\"}"},
        {ITEM("a", FIELD("integer", CORRECT("ba")) ENTRY TEMPLATE("match_correct")), "refused", "qti-number"},
        {ITEM("a", FIELD("string", CORRECT("ba")) ENTRY TEMPLATE("match_correct")), "imported", "<p>Số pi là ____ nhé</p>"},
        {ITEM("a", FIELD("string", CORRECT("ba")) ENTRY PROCESS(IF("<stringMatch caseSensitive=\"false\"><variable identifier=\"R\"/><correct identifier=\"R\"/></stringMatch>", SCORE("1"), ""))),
         "imported", "\"fold_case\":true"},
        {ITEM("a", FIELD("string", CORRECT("3*4")) ENTRY TEMPLATE("match_correct")), "imported", "\"value\":\"3\\\\*4\""},
        {ITEM("a", FIELD("string", MAPPING("", "ba", "1", "hai", "-1")) ENTRY TEMPLATE("map_response")), "changed", "credit-adapted"},
        {ITEM("a", FIELD("string", MAPPING("lowerBound=\"0\"", "ba", "1", "hai", "-1")) ENTRY TEMPLATE("map_response")), "imported", "\"accepted\":[{\"credit\":\"1\",\"value\":\"ba\"}]"},
        {ITEM("a", FIELD("string", MAPPING("upperBound=\"1\"", "ba", "4", "hai", "0.5")) ENTRY TEMPLATE("map_response")), "imported",
         "\"accepted\":[{\"credit\":\"1\",\"value\":\"ba\"},{\"credit\":\"0.5\",\"value\":\"hai\"}],\"kind\":\"text\",\"points\":\"1\""},
        {ITEM("a", FIELD("string", MAPPING("lowerBound=\"0.5\"", "ba", "1", "hai", "1")) ENTRY TEMPLATE("map_response")), "changed", "credit-adapted"},
        {ITEM("a", FIELD("string", MAPPING("", "ba", "1\" caseSensitive=\"false", "hai", "1")) ENTRY TEMPLATE("map_response")), "changed", "case-adapted"},
        {ITEM("a", FIELD("string", MAPPING("", "ba", "1\" caseSensitive=\"false", "hai", "1\" caseSensitive=\"false")) ENTRY TEMPLATE("map_response")), "imported", "\"fold_case\":true"},
        {ITEM("a", SINGLE(CORRECT("A")) "<itemBody><choiceInteraction responseIdentifier=\"R\"><prompt>?</prompt><simpleChoice identifier=\"A\">một</simpleChoice>"
                   "<simpleChoice identifier=\"A\">hai</simpleChoice></choiceInteraction></itemBody>" TEMPLATE("match_correct")), "refused", "qti-choice-twice"},
        {ITEM("a", TWO CHOICES PROCESS(IF(MATCH_S, SCORE("1"), ""))), "refused", "qti-processing"},
        {ITEM("a", TWO CHOICES PROCESS("<setOutcomeValue identifier=\"SCORE\"><mapResponse identifier=\"S\"/></setOutcomeValue>")), "refused", "qti-processing"},
        {ITEM("a", "<itemBody>" DEEP "</itemBody>"), "refused", "It is over the limit of length, depth or elements."},
        {ITEM("a\" xml:lang=\"fr", SINGLE(CORRECT("B")) CHOICES TEMPLATE("match_correct")), "changed", "language-assumed"},
        {ITEM("a\" timeDependent=\"true", SINGLE(CORRECT("B")) CHOICES TEMPLATE("match_correct")), "changed", "time-dropped"},
        {ITEM("a\" timeDependent=\"false", SINGLE(CORRECT("B")) CHOICES TEMPLATE("match_correct")), "imported", "\"kind\":\"single\""},
        {ITEM("a", PAIRS_OF("", "0")), "imported", "\"kind\":\"matching\""},
        {ITEM("a", PAIRS_OF("", "1")), "changed", "match-limit-dropped"},
        {ITEM("a", PAIRS_OF(" maxAssociations=\"1\"", "0")), "changed", "match-limit-dropped"},
        {ITEM("a", SINGLE(CORRECT("B")) "<stylesheet href=\"a.css\"/>" CHOICES TEMPLATE("match_correct")), "changed", "part-dropped"},
        {ITEM("a", TWO GAPS PROCESS(IF("<and>" MATCH MATCH_S "</and>", SCORE("2"), ""))), "imported", "\"kind\":\"inline\",\"points\":\"2\"}"},
        {ITEM("a", TWO GAPS PROCESS(IF(MATCH, MORE, "") IF(MATCH_S, MORE, ""))), "imported", "\"points\":\"1\",\"rule\":\"per_option\""},
        {ITEM("a", TWO GAPS TEMPLATE("match_correct")), "refused", "qti-processing"},
        {ITEM("a", "<itemBody><rubricBlock view=\"candidate\"><p>Đọc kỹ.</p></rubricBlock><p>Ngữ liệu</p></itemBody>"), "imported", "\"kind\":\"stimulus\""},
        {ITEM("a", SINGLE("") "<itemBody><p>Ngữ liệu</p></itemBody>"), "refused", "qti-no-interaction"},
        {ITEM("a", "<templateDeclaration identifier=\"X\"/>" SINGLE(CORRECT("A")) CHOICES), "refused", "qti-template"},
        {ITEM("a", "<p/>"), "refused", "qti-body"},
        {"<assessmentTest xmlns=\"http://www.imsglobal.org/xsd/imsqti_v2p1\" identifier=\"t\"/>", "refused", "qti-root"},
        {"<?xml version=\"1.0\"?><questestinterop/>", "refused", "qti-version"},
        {"<questestinterop/>", "refused", "qti-version"},
        {"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y\">]><assessmentItem>&x;</assessmentItem>", "refused", "xml-doctype"},
        {"<assessmentItem><itemBody></assessmentItem>", "refused", "xml-broken"},
        {"", "refused", "xml-broken"},
        {"<qti-assessment-item xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\" identifier=\"three\" title=\"T\" xml:lang=\"en-GB\">"
         "<qti-response-declaration identifier=\"R\" cardinality=\"single\" base-type=\"identifier\"><qti-correct-response><qti-value>x</qti-value>"
         "</qti-correct-response></qti-response-declaration><qti-item-body><qti-choice-interaction response-identifier=\"R\" max-choices=\"1\" shuffle=\"true\">"
         "<qti-prompt>Is it?</qti-prompt><qti-simple-choice identifier=\"x\">True</qti-simple-choice><qti-simple-choice identifier=\"y\">False"
         "<qti-feedback-inline outcome-identifier=\"F\" identifier=\"y\" show-hide=\"show\">No.</qti-feedback-inline></qti-simple-choice></qti-choice-interaction>"
         "<qti-rubric-block view=\"scorer\"><qti-content-body><p>Why.</p></qti-content-body></qti-rubric-block></qti-item-body>"
         "<qti-response-processing template=\"https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml\"/></qti-assessment-item>",
         "imported", "{\"content\":{\"body\":{\"en\":\"<p>Is it?</p>\"},\"kind\":\"truefalse\",\"options\":[{\"id\":\"a\",\"text\":{\"en\":\"True\"}},{\"id\":\"b\",\"text\":{\"en\":\"False\"}}],\"title\":\"T\"},\"key\":{\"kind\":\"truefalse\",\"options\":[{\"credit\":\"1\",\"id\":\"a\"},{\"id\":\"b\",\"note\":{\"en\":\"No.\"}}],\"points\":\"1\",\"rationale\":{\"en\":\"<p>Why.</p>\"}}"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct field_sink sink;
        assert_int_equal(field_read(EXCHANGE_QTI21, "item.xml", rows[i].xml, strlen(rows[i].xml), NULL, &sink), ERR_NONE);
        const char *outcome = sink.refused ? "refused" : sink.changed ? "changed" : "imported";
        if (sink.calls != 1 || strcmp(outcome, rows[i].outcome) != 0 || !field_said(&sink, rows[i].said))
            fail_msg("row %zu: not %s with %s: %s", i, rows[i].outcome, rows[i].said, sink.lines.data);
        buf_release(&sink.lines);
    }
}

/* ---- packages ---- */

#define PNG "\x89PNG\r\n\x1a\n picture"
#define WITH_PICTURE(_) ITEM("pic", SINGLE(CORRECT("A")) "<itemBody><p><img src=\".." _ "img" _ "a%20b.png\" alt=\"hình\"/><img src=\"../../x.png\" alt=\"ngoài\"/></p><choiceInteraction responseIdentifier=\"R\">" \
    "<simpleChoice identifier=\"A\">một</simpleChoice><simpleChoice identifier=\"B\"><object data=\".." _ "img" _ "a%20b.png\" type=\"image/png\">chữ</object></simpleChoice></choiceInteraction></itemBody>" TEMPLATE("match_correct"))
#define LISTED(_) "<manifest xmlns=\"http://www.imsglobal.org/xsd/imscp_v1p1\"><resources>" RESOURCE("imsqti_item_xmlv2p1", "items" _ "pic.xml") \
    RESOURCE("imsqti_item_xmlv2p1", "items" _ "gone.xml") RESOURCE("imsqti_test_xmlv2p1", "test.xml") RESOURCE("imsqti_item_xmlv2p1", "." _ "items" _ "x" _ ".." _ "pic%2exml") \
    RESOURCE("webcontent", "img" _ "a b.png") "</resources></manifest>"
#define RESOURCE(type, href) "<resource identifier=\"r-" href "\" type=\"" type "\" href=\"" href "\"><file href=\"" href "\"/></resource>"

/* With a manifest and without; and with names as programs of Windows write them, which are the same names. */
static void packages_are_walked(void **state) {
    (void)state;
    struct zip_field zip;
    struct field_sink sink;
    static const struct {
        const char *manifest, *item, *gone;
    } ROWS[] = {
        {NULL, WITH_PICTURE("/"), "qti-foreign"},
        {LISTED("/"), WITH_PICTURE("/"), "\"path\":\"p.zip/items/gone.xml\""},
        {LISTED("\\"), WITH_PICTURE("\\"), "\"path\":\"p.zip/items\\\\gone.xml\""},
    };
    static const char *const PARTS[][2] = {
        {"items/unlisted.xml", ITEM("unlisted", SINGLE(CORRECT("A")) CHOICES TEMPLATE("match_correct"))},
        {"test.xml", "<assessmentTest identifier=\"t\"/>"},
        {"other.xml", "<x/>"},
        {"nested.zip", "PK\3\4"},
        {"img/a b.png", PNG},
    };
    for (size_t row = 0; row < LENGTH(ROWS); row++) {
        size_t with = ROWS[row].manifest != NULL;
        zip_field_init(&zip);
        if (with)
            zip_field_add(&zip, "imsmanifest.xml", ROWS[row].manifest, strlen(ROWS[row].manifest));
        zip_field_add(&zip, "items/pic.xml", ROWS[row].item, strlen(ROWS[row].item));
        for (size_t i = 0; i < LENGTH(PARTS); i++)
            zip_field_add(&zip, PARTS[i][0], PARTS[i][1], strlen(PARTS[i][1]));
        zip_field_end(&zip);
        assert_int_equal(field_read(EXCHANGE_QTI21, "p.zip", zip.out.data, zip.out.len, NULL, &sink), ERR_NONE);
        /* The archive inside is told; with the manifest, the item that it names without a file is refused. */
        if (sink.calls != 3 + with || sink.refused != 1 + with || !field_said(&sink, "qti-foreign") || sink.imported != 1 || sink.changed != 1 || sink.media != 1 ||
            (with && !field_said(&sink, "qti-missing")) || !field_said(&sink, ROWS[row].gone) || field_said(&sink, "items\\\\pic") || !field_said(&sink, "media-missing") || !field_said(&sink, "\"path\":\"p.zip/items/unlisted.xml\""))
            fail_msg("%zu: %s", row, sink.lines.data);
        buf_release(&sink.lines);
        zip_field_release(&zip);
    }
}

/* A stimulus is an item that others name, whether the manifest lists it or not; beside a single file it is copied. */
static void stimuli_are_shared(void **state) {
    (void)state;
#define STIMULUS(id) "<qti-assessment-stimulus xmlns=\"http://www.imsglobal.org/xsd/imsqtiasi_v3p0\" identifier=\"" id "\" title=\"Đoạn " id "\"><qti-stimulus-body><p>Ngữ liệu " id "</p></qti-stimulus-body></qti-assessment-stimulus>"
#define READER(id, refs)                                                                                               \
    THREE_HEAD(id) "<qti-response-declaration identifier=\"R\" cardinality=\"single\" base-type=\"identifier\"><qti-correct-response><qti-value>A</qti-value>" \
    "</qti-correct-response></qti-response-declaration>" refs "<qti-item-body><qti-choice-interaction response-identifier=\"R\" max-choices=\"1\"><qti-prompt>" id      \
    "?</qti-prompt><qti-simple-choice identifier=\"A\">1</qti-simple-choice><qti-simple-choice identifier=\"B\">2</qti-simple-choice></qti-choice-interaction>" \
    "</qti-item-body>" THREE_TAIL("match_correct")
#define NAMES(href) "<qti-assessment-stimulus-ref identifier=\"s\" href=\"" href "\"/>"
    static const char MANIFEST[] = "<manifest xmlns=\"http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1\"><resources>" RESOURCE("imsqti_item_xmlv3p0", "i/one.xml")
        RESOURCE("imsqti_item_xmlv3p0", "i/two.xml") RESOURCE("imsqti_item_xmlv3p0", "i/both.xml") RESOURCE("imsqti_stimulus_xmlv3p0", "s/a.xml") "</resources></manifest>";
    static const char *const PARTS[][2] = {
        {"imsmanifest.xml", MANIFEST},      {"i/one.xml", READER("one", NAMES("../s/a.xml"))},
        {"i/two.xml", READER("two", NAMES("../s/a.xml"))}, {"i/both.xml", READER("both", NAMES("../s/b.xml") NAMES("../s/a.xml"))},
        {"s/a.xml", STIMULUS("a")},         {"s/b.xml", STIMULUS("b")},
    };
    struct zip_field zip;
    struct field_sink sink;
    char named[64] = "\"stimulus\":\"", *code;
    zip_field_init(&zip);
    for (size_t i = 0; i < LENGTH(PARTS); i++)
        zip_field_add(&zip, PARTS[i][0], PARTS[i][1], strlen(PARTS[i][1]));
    zip_field_end(&zip);
    assert_int_equal(field_read(EXCHANGE_QTI30, "p.zip", zip.out.data, zip.out.len, NULL, &sink), ERR_NONE);
    if (sink.calls != 5 || sink.imported != 4 || sink.changed != 1 || !field_said(&sink, "stimulus-copied"))
        fail_msg("%s", sink.lines.data);
    /* The code of the first stimulus is what both of its items name. */
    code = strstr(strstr(sink.lines.data, "<p>Ngữ liệu a</p>\"},\"kind\":\"stimulus\""), "\"code\":\"ST-");
    assert_non_null(code);
    memcpy(named + strlen(named), code + 8, 20);
    char *first = strstr(sink.lines.data, named), *second = first ? strstr(first + 1, named) : NULL;
    ROW_TRUE(first && second && strstr(first, "\"two\""), sink.lines.data);
    buf_release(&sink.lines);
    zip_field_release(&zip);
    static const char ALONE[] = STIMULUS("c");
    assert_int_equal(field_read(EXCHANGE_AUTO, "c.xml", ALONE, strlen(ALONE), NULL, &sink), ERR_NONE);
    ROW_TRUE(sink.imported == 1 && field_said(&sink, "\"kind\":\"stimulus\""), sink.lines.data);
    buf_release(&sink.lines);
}

static void packages_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *name, *text, *code;
        uint32_t crc_lie;
        unsigned flags;
    } rows[] = {
        {"imsmanifest.xml", "<manifest/>", "file-empty", 0, 0},  {"imsmanifest.xml", "<manifest>", "manifest-broken", 0, 0},
        {"imsmanifest.xml", "<other/>", "manifest-broken", 0, 0}, {"imsmanifest.xml", "<manifest/>", "zip-broken", 1, 0},
        {"../a.xml", "<manifest/>", "zip-name", 0, 0},            {"a.xml", "<manifest/>", "zip-encrypted", 0, 1},
        {"a.txt", "words", "file-empty", 0, 0},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct zip_field zip;
        struct field_sink sink;
        zip_field_init(&zip);
        zip.crc_lie = rows[i].crc_lie;
        zip.flags = rows[i].flags;
        zip_field_add(&zip, rows[i].name, rows[i].text, strlen(rows[i].text));
        zip_field_end(&zip);
        assert_int_equal(field_read(EXCHANGE_QTI21, "p.zip", zip.out.data, zip.out.len, NULL, &sink), ERR_NONE);
        if (sink.calls != 1 || sink.refused != 1 || !field_said(&sink, rows[i].code))
            fail_msg("%s: %s", rows[i].code, sink.lines.data);
        buf_release(&sink.lines);
        zip_field_release(&zip);
    }
}

/* ---- pictures ---- */

static void pictures_come_along(void **state) {
    (void)state;
    static const char SHA[] = "a44fd1444d0d4950a6629828085004c84f72a1a602747720829132a894f286ac";
    for (size_t i = 0; i < LENGTH(FORMATS); i++) {
        char path[] = "build/test/exchange-XXXXXX";
        struct exchange_writer *writer = NULL;
        struct field_sink sink;
        struct item item;
        struct item_media media = {.sha256 = SHA, .type = "image/png", .name = "a.png", .bytes = PNG, .len = strlen(PNG)};
        size_t len = 0;
        item_init(&item, ITEM_STIMULUS);
        item.body.vi = "<p><img alt=\"\" src=\"media:a44fd1444d0d4950a6629828085004c84f72a1a602747720829132a894f286ac\"/></p>";
        item.meta.external_id = "one";
        new_path(path);
        assert_int_equal(exchange_writer_new(FORMATS[i], path, NULL, &writer), ERR_NONE);
        assert_int_equal(exchange_writer_add(writer, &item, &media, 1), ERR_NONE);
        item.meta.external_id = "two";
        assert_int_equal(exchange_writer_add(writer, &item, &media, 1), ERR_NONE);
        assert_int_equal(exchange_writer_close(writer), ERR_NONE);
        exchange_writer_free(writer);
        char *bytes = field_load(path, &len);
        assert_non_null(bytes);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(field_read(FORMATS[i], "p.zip", bytes, len, NULL, &sink), ERR_NONE);
        if (sink.imported != 2 || sink.calls != 2 || sink.media != 2)
            fail_msg("%s", sink.lines.data);
        buf_release(&sink.lines);
        free(bytes);
    }
}

/* ---- a file that somebody edited counts for more than what we wrote beside it ---- */

static void edits_count(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *said;
    } rows[] = {
        {"items/item-00001.xml", "Cơ quan nào", "Tổ chức nào", "Tổ chức nào có quyền lập hiến?"},
        {"items/item-00001.xml", "<simpleChoice identifier=\"b\"", "<simpleChoice identifier=\"zz\"", "\"code\":\"HT-001\""},
        {"items/item-00005.xml", "5 năm", "4 năm", "\"kind\":\"truefalse\""},
        {"items/item-00007.xml", "lập pháp", "làm luật", "\"kind\":\"matching\""},
        {"items/item-00008.xml", "Hai", "Ba", "\"points_min\":\"0\",\"rule\":\"map\""},
        {"items/item-00010.xml", "Thủ đô?", "Kinh đô?", "Kinh đô?"},
        {"items/item-00012.xml", "Chờ", "Đợi", "\"kind\":\"graded\""},
        {"items/item-00013.xml", "Trình bày.", "Viết.", "Bài mẫu"},
        {"imsmanifest.xml", "urn:khoacu:item:1\">{", "urn:khoacu:item:1\">", "own-data-broken"},
    };
    struct writing writing;
    size_t len = 0;
    char *bytes = write_all(EXCHANGE_QTI21, "vi", 1, &writing, &len);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct zipfile *from = NULL;
        struct zip_field zip;
        struct field_sink sink;
        struct arena arena;
        enum zipfile_reason reason;
        arena_init(&arena, FIELD_CAP);
        zip_field_init(&zip);
        assert_int_equal(zipfile_open(bytes, len, &from, &reason), ERR_NONE);
        for (size_t k = 0; k < zipfile_count(from); k++) {
            char *part = NULL;
            size_t part_len = 0;
            assert_int_equal(zipfile_read(from, &arena, k, &part, &part_len, &reason), ERR_NONE);
            char *at = strcmp(zipfile_name(from, k), rows[i].file) == 0 ? strstr(part, rows[i].from) : part;
            ROW_TRUE(at != NULL, rows[i].from);
            if (at != part)
                part = arena_printf(&arena, "%.*s%s%s", (int)(at - part), part, rows[i].to, at + strlen(rows[i].from));
            zip_field_add(&zip, zipfile_name(from, k), part, at != part ? strlen(part) : part_len);
        }
        zip_field_end(&zip);
        zipfile_free(from);
        assert_int_equal(field_read(EXCHANGE_QTI21, "edited", zip.out.data, zip.out.len, NULL, &sink), ERR_NONE);
        if (sink.calls != writing.count || sink.changed != 1 || sink.imported != writing.count - 1 || !field_said(&sink, rows[i].said) ||
            !field_said(&sink, i + 1 < LENGTH(rows) ? "own-data-outdated" : "own-data-broken"))
            fail_msg("%s: %zu imported, %zu changed, %s", rows[i].to, sink.imported, sink.changed, field_odd(&sink));
        buf_release(&sink.lines);
        zip_field_release(&zip);
        arena_release(&arena);
    }
    buf_release(&writing.expected);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_items),
        cmocka_unit_test(choices_within_texts),
        cmocka_unit_test(every_kind_comes_back),
        cmocka_unit_test(golden_packages),
        cmocka_unit_test(edits_count),
        cmocka_unit_test(items_mean_what_they_say),
        cmocka_unit_test(packages_are_walked),
        cmocka_unit_test(stimuli_are_shared),
        cmocka_unit_test(packages_are_refused),
        cmocka_unit_test(pictures_come_along),
        cmocka_unit_test(many_items_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
