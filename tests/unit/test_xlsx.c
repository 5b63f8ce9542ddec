#include "unit.h"

#include "zip_field.h"

#include "khoacu/base/arena.h"
#include "khoacu/doc/xlsx.h"

#include <stdlib.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define BOOK                                                                                                           \
    "<?xml version=\"1.0\"?><workbook xmlns:r=\"r\"><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"a\"/>"                \
    "<sheet name=\"Two\" sheetId=\"2\" r:id=\"b\"/></sheets></workbook>"
#define RELATIONS                                                                                                      \
    "<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>"                      \
    "<Relationship Id=\"b\" Type=\"x/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"                                 \
    "<Relationship Id=\"s\" Type=\"x/sharedStrings\" Target=\"sharedStrings.xml\"/>"                                     \
    "<Relationship Id=\"t\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>"
#define STRINGS "<sst><si><t>Một</t></si><si><r><t>hai </t></r><r><t>ba</t></r><rPh><t>no</t></rPh></si><si><t>_x005F_x0041_&amp;</t></si>" \
    "<si><r><rPr><b/></rPr><t>bo</t></r><r><rPr><b/></rPr><t>th</t></r></si><si><r><t>l</t></r><r><rPr><u/></rPr><t>oo</t></r><r><t>k</t></r></si></sst>"
#define STYLES                                                                                                         \
    "<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"dd/mm/yyyy\"/><numFmt numFmtId=\"171\" formatCode=\"0.0%\"/></numFmts>" \
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>"
#define SHEET                                                                                                          \
    "<worksheet><sheetData><row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c>"                  \
    "<c t=\"s\"><v>2</v></c><c t=\"str\"><f>1+1</f><v>=1+1</v></c><c t=\"b\"><v>1</v></c><c s=\"1\"><v>45000</v></c>"      \
    "<c><v>0.10000000000000001</v></c><c t=\"inlineStr\"><is><t>x</t></is></c></row>"                                     \
    "<row><c s=\"2\"><v>0.125</v></c><c s=\"3\"><v>0.07</v></c><c t=\"e\"><f>A0</f><v>#REF!</v></c><c t=\"str\"><f>\"\"</f><v></v></c>" \
    "<c><f>1+1</f></c></row><row><c t=\"s\"><v>3</v></c><c t=\"s\"><v>4</v></c><c t=\"inlineStr\"><is><r><t>x</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr>" \
    "<t>2</t></r></is></c></row><row/></sheetData></worksheet>"
#define EMPTY "<worksheet><sheetData/></worksheet>"

struct rows {
    struct buf text;
    size_t count;
};

static enum err take(void *ctx, const struct xlsx_row *row) {
    struct rows *rows = ctx;
    rows->count++;
    if (rows->text.len < 100000) {
        buf_addf(&rows->text, "%s!%zu", row->sheet, row->number);
        for (size_t i = 0; i < row->count; i++)
            buf_addf(&rows->text, "|%s%s", row->marks[i] == XLSX_BROKEN ? "!" : row->marks[i] == XLSX_DATE ? "@" : row->marks[i] == XLSX_STYLED ? "_" : "", row->cells[i]);
        buf_addc(&rows->text, '\n');
    }
    return ERR_NONE;
}

struct parts {
    const char *book, *relations, *strings, *styles, *first, *second;
};
static const struct parts GOOD = {BOOK, RELATIONS, STRINGS, STYLES, SHEET, EMPTY};

static void add(struct zip_field *zip, const char *name, const char *text) {
    if (text)
        zip_field_add(zip, name, text, strlen(text));
}

static void add_all(struct zip_field *zip, const struct parts *parts) {
    add(zip, "xl/workbook.xml", parts->book);
    add(zip, "xl/_rels/workbook.xml.rels", parts->relations);
    add(zip, "xl/sharedStrings.xml", parts->strings);
    add(zip, "xl/styles.xml", parts->styles);
    add(zip, "xl/worksheets/sheet1.xml", parts->first);
    add(zip, "xl/worksheets/sheet2.xml", parts->second);
}

static enum err read_zip(struct zip_field *zip, struct rows *rows, struct xlsx_error *error) {
    zip_field_end(zip);
    assert_false(zip->out.failed || zip->central.failed);
    *rows = (struct rows){0};
    buf_init(&rows->text, 1 << 20);
    enum err err = xlsx_read(zip->out.data, zip->out.len, take, rows, error);
    buf_addc(&rows->text, '\0');
    zip_field_release(zip);
    return err;
}

static void cells_are_texts(void **state) {
    (void)state;
    struct zip_field zip;
    struct rows rows;
    struct xlsx_error error;
    zip_field_init(&zip);
    add_all(&zip, &GOOD);
    assert_int_equal(read_zip(&zip, &rows, &error), ERR_NONE);
    assert_string_equal(rows.text.data, "One!2||Một|hai ba|_x0041_&|=1+1|true|@2023-03-15|0.1|x\nOne!3|12.5%|7%|!#REF!||!\nOne!4|both|_look|_x2\n");
    buf_release(&rows.text);
}

/* ---- what is refused, and by which word ---- */

static void hostile_parts(void **state) {
    (void)state;
    static const struct {
        const char *what;
        struct parts parts;
        const char *reason;
    } rows[] = {
        {"no workbook", {NULL, RELATIONS, STRINGS, STYLES, SHEET, EMPTY}, "part"},
        {"no relations", {BOOK, NULL, STRINGS, STYLES, SHEET, EMPTY}, "part"},
        {"no sheet", {BOOK, RELATIONS, STRINGS, STYLES, NULL, EMPTY}, "part"},
        {"doctype", {"<!DOCTYPE workbook [<!ENTITY a \"b\">]>" BOOK, RELATIONS, STRINGS, STYLES, SHEET, EMPTY}, "xml"},
        {"external entity",
         {BOOK, RELATIONS, "<!DOCTYPE s [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><sst><si><t>&a;</t></si></sst>", STYLES, SHEET, EMPTY},
         "xml"},
        {"unknown entity", {BOOK, RELATIONS, "<sst><si><t>&lol;</t></si></sst>", STYLES, SHEET, EMPTY}, "xml"},
        {"UTF-7 trick", {BOOK, RELATIONS, "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-", STYLES, SHEET, EMPTY}, "xml"},
        {"no UTF-8", {BOOK, RELATIONS, "<sst><si><t>\xff\xfe</t></si></sst>", STYLES, SHEET, EMPTY}, "xml"},
        {"no such string", {BOOK, RELATIONS, "<sst/>", STYLES, SHEET, EMPTY}, "xml"},
        {"unclosed", {BOOK, RELATIONS, STRINGS, STYLES, "<worksheet><sheetData><row>", EMPTY}, "xml"},
        {"rows run backwards", {BOOK, RELATIONS, STRINGS, STYLES, "<worksheet><sheetData><row r=\"5\"/><row r=\"4\"/></sheetData></worksheet>", EMPTY}, "xml"},
        {"too far down", {BOOK, RELATIONS, STRINGS, STYLES, "<worksheet><sheetData><row r=\"1048577\"/></sheetData></worksheet>", EMPTY}, "xml"},
        {"too far right", {BOOK, RELATIONS, STRINGS, STYLES, "<worksheet><sheetData><row><c r=\"ZZ1\"><v>1</v></c></row></sheetData></worksheet>", EMPTY}, "limit"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct zip_field zip;
        struct rows read;
        struct xlsx_error error;
        zip_field_init(&zip);
        add_all(&zip, &rows[i].parts);
        enum err err = read_zip(&zip, &read, &error);
        ROW_TRUE(err == ERR_SYNTAX || err == ERR_LIMIT, rows[i].what);
        ROW_TRUE(error.reason && strcmp(error.reason, rows[i].reason) == 0, rows[i].what);
        buf_release(&read.text);
    }
}

/* A target that leads out of the archive finds nothing. */
static void no_way_out(void **state) {
    (void)state;
    struct parts parts = GOOD;
    struct zip_field zip;
    struct rows rows;
    struct xlsx_error error;
    parts.relations = "<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"../../../etc/passwd\"/></Relationships>";
    zip_field_init(&zip);
    add_all(&zip, &parts);
    add(&zip, "../../../etc/passwd", SHEET);
    assert_int_equal(read_zip(&zip, &rows, &error), ERR_NONE);
    assert_int_equal(rows.count, 0);
    buf_release(&rows.text);
}

static void lying_archives(void **state) {
    (void)state;
    static const struct {
        const char *what;
        unsigned flags;
        uint32_t crc, size;
        bool elsewhere;
    } rows[] = {{"checksum", 0, 1, 0, false},
                {"4 GiB said", 0, 0, 0xfffffffe, false},
                {"less said", 0, 0, 7, false},
                {"overlapping", 0, 0, 0, true},
                {"encrypted", 1, 0, 0, false}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct parts parts = GOOD;
        struct zip_field zip;
        struct rows read;
        struct xlsx_error error;
        zip_field_init(&zip);
        parts.first = NULL;
        add_all(&zip, &parts);
        zip.flags = rows[i].flags;
        zip.crc_lie = rows[i].crc;
        zip.size_lie = rows[i].size;
        zip.elsewhere = rows[i].elsewhere;
        add(&zip, "xl/worksheets/sheet1.xml", SHEET);
        enum err err = read_zip(&zip, &read, &error);
        ROW_TRUE(err == ERR_SYNTAX || err == ERR_LIMIT, rows[i].what);
        buf_release(&read.text);
    }
}

/* ---- sizes ---- */

/* Cells of one letter: a thousand times smaller when packed. */
static void bombs_end_early(void **state) {
    (void)state;
    char path[] = "build/test/xlsx-XXXXXX", *cell = malloc(32768);
    const char *cells[60];
    struct xlsx_column columns[60] = {{0}};
    struct xlsx_writer *writer = NULL;
    struct xlsx_error error;
    struct rows rows = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0 && cell);
    (void)close(fd);
    memset(cell, 'a', 32767);
    cell[32767] = '\0';
    for (size_t i = 0; i < 60; i++) {
        cells[i] = cell;
        columns[i].heading = "h";
    }
    assert_int_equal(xlsx_new(path, &writer), ERR_NONE);
    assert_int_equal(xlsx_sheet(writer, "S", columns, 60), ERR_NONE);
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(xlsx_put(writer, cells, 60), ERR_NONE);
    cells[0] = "";
    assert_int_equal(xlsx_close(writer), ERR_NONE);
    xlsx_free(writer);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(1 << 20);
    assert_non_null(bytes);
    size_t len = fread(bytes, 1, 1 << 20, file);
    (void)fclose(file);
    assert_int_equal(unlink(path), 0);
    assert_true(len < 1 << 20);
    buf_init(&rows.text, 1 << 24);
    assert_int_equal(xlsx_read(bytes, len, take, &rows, &error), ERR_LIMIT);
    assert_string_equal(error.reason, "limit");
    assert_string_equal(error.sheet, "S");
    assert_true(rows.count < 20);
    buf_release(&rows.text);
    free(bytes);
    free(cell);
}

static void cells_that_are_too_long(void **state) {
    (void)state;
    char path[] = "build/test/xlsx-XXXXXX", *cell = malloc(32769);
    const struct xlsx_column column = {.heading = "h"};
    struct xlsx_writer *writer = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0 && cell);
    (void)close(fd);
    memset(cell, 'a', 32768);
    cell[32768] = '\0';
    const char *const cells[] = {cell};
    assert_int_equal(xlsx_new(path, &writer), ERR_NONE);
    assert_int_equal(xlsx_sheet(writer, "S", &column, 1), ERR_NONE);
    assert_int_equal(xlsx_put(writer, cells, 1), ERR_LIMIT);
    cell[32767] = '\0';
    assert_int_equal(xlsx_put(writer, cells, 1), ERR_NONE);
    xlsx_free(writer);
    (void)unlink(path);
    free(cell);
}

/* Cells of number columns are numbers where they are plain decimals, and stay the texts that they are elsewhere. */
static void numbers_are_numbers_in_their_columns(void **state) {
    (void)state;
    static const struct xlsx_column COLUMNS[] = {{.heading = "roll"}, {.heading = "rank", .kind = XLSX_COUNTS}, {.heading = "total", .kind = XLSX_MARKS}};
    static const char *const ROWS[][3] = {{"0071", "12", "57.50"}, {"7", "=1+1", "-2.5000001"}, {"1e3", "", "1e3"}, {"x", "1234567890123456", "99999999.9999999"}, {"y", "1.", ".5"}, {"z", "+1", "12,5"}};
    char path[] = "build/test/xlsx-XXXXXX";
    static char bytes[1 << 16];
    struct xlsx_writer *writer = NULL;
    struct xlsx_error error;
    struct rows rows = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(xlsx_new(path, &writer), ERR_NONE);
    assert_int_equal(xlsx_sheet(writer, "S", COLUMNS, LENGTH(COLUMNS)), ERR_NONE);
    for (size_t i = 0; i < LENGTH(ROWS); i++)
        assert_int_equal(xlsx_put(writer, ROWS[i], LENGTH(COLUMNS)), ERR_NONE);
    assert_int_equal(xlsx_close(writer), ERR_NONE);
    xlsx_free(writer);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    assert_int_equal(unlink(path), 0);
    buf_init(&rows.text, 1 << 16);
    assert_int_equal(xlsx_read(bytes, len, take, &rows, &error), ERR_NONE);
    assert_string_equal(rows.text.data, "S!1|roll|rank|total\nS!2|0071|12|57.5\nS!3|7|=1+1|-2.5000001\nS!4|1e3||1e3\nS!5|x|1234567890123456|99999999.9999999\n"
                                        "S!6|y|1.|.5\nS!7|z|+1|12,5\n");
    buf_release(&rows.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_are_texts), cmocka_unit_test(hostile_parts),
                                       cmocka_unit_test(no_way_out),      cmocka_unit_test(lying_archives),
                                       cmocka_unit_test(bombs_end_early), cmocka_unit_test(cells_that_are_too_long),
                                       cmocka_unit_test(numbers_are_numbers_in_their_columns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
