#include "table.h"

#include "khoacu/doc/csv.h"
#include "khoacu/doc/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { SHOWN = TABLE_OWN };

double table_width(enum table_field field) {
    if (field == TABLE_STEM || field == TABLE_STEM_EN)
        return 60;
    if (field == TABLE_EXPLANATION || field == TABLE_EXPLANATION_EN || field == TABLE_SOURCE)
        return 36;
    return (field >= TABLE_OPTION_A && field <= TABLE_OPTION_H) || (field >= TABLE_OPTION_A_EN && field <= TABLE_OPTION_H_EN)
               ? 28
               : 14;
}

/* One row a kind; the first is that of the fields' examples. */
static const struct {
    const char *code, *kind, *stem, *options[4], *key;
} EXAMPLES[] = {
    {.code = "HT-002",
     .kind = "multiple",
     .stem = "Những cơ quan nào dưới đây do Quốc hội bầu người đứng đầu?",
     .options = {"Chính phủ", "Tòa án nhân dân tối cao", "Ủy ban nhân dân tỉnh", "Viện kiểm sát nhân dân tối cao"},
     .key = "A;B;D"},
    {.code = "HT-003", .kind = "truefalse", .stem = "Quốc hội có nhiệm kỳ 5 năm.", .key = "đúng"},
    {.code = "HT-004",
     .kind = "ordering",
     .stem = "Xếp các văn bản theo hiệu lực pháp lý từ cao xuống thấp.",
     .options = {"Nghị định", "Hiến pháp", "Luật"},
     .key = "B;C;A"},
    {.code = "HT-005",
     .kind = "matching",
     .stem = "Ghép cơ quan với chức năng.",
     .options = {"Quốc hội -> lập pháp", "Chính phủ -> hành pháp", "Tòa án -> tư pháp"},
     .key = ""},
    {.code = "HT-006", .kind = "numeric", .stem = "Nhiệm kỳ của Quốc hội là bao nhiêu năm?", .key = "5"},
    {.code = "HT-007", .kind = "text", .stem = "Thủ đô của nước ta là thành phố nào?", .key = "Hà Nội | TP Hà Nội"},
    {.code = "HT-008", .kind = "essay", .stem = "Trình bày nguyên tắc tổ chức của bộ máy nhà nước.", .key = ""},
};
enum { ROWS = sizeof EXAMPLES / sizeof *EXAMPLES + 1 };

static void example_row(size_t row, const char **cells) {
    for (int i = 0; i < SHOWN; i++)
        cells[i] = row == 0 ? exchange_fields()[i].example : "";
    if (row == 0)
        return;
    cells[TABLE_CODE] = EXAMPLES[row - 1].code;
    cells[TABLE_KIND] = EXAMPLES[row - 1].kind;
    cells[TABLE_TOPIC] = exchange_fields()[TABLE_TOPIC].example;
    cells[TABLE_LEVEL] = "1";
    cells[TABLE_STEM] = EXAMPLES[row - 1].stem;
    cells[TABLE_KEY] = EXAMPLES[row - 1].key;
    cells[TABLE_POINTS] = "1";
    for (size_t i = 0; i < 4; i++)
        if (EXAMPLES[row - 1].options[i])
            cells[TABLE_OPTION_A + i] = EXAMPLES[row - 1].options[i];
}

static void write_csv(bool english, struct buf *out) {
    const char *cells[SHOWN];
    buf_adds(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < SHOWN; i++)
        csv_put(out, english ? exchange_fields()[i].label_en : exchange_fields()[i].label_vi, i == 0);
    csv_end_row(out);
    for (size_t row = 0; row < ROWS; row++) {
        example_row(row, cells);
        for (size_t i = 0; i < SHOWN; i++)
            csv_put(out, cells[i], i == 0);
        csv_end_row(out);
    }
}

/* What each column takes, for the sheet that explains them. */
static const char *hint(enum table_field field, bool english) {
    switch ((int)field) {
    case TABLE_KIND:
        return "single, multiple, truefalse, ordering, matching, numeric, text, graded, essay, stimulus";
    case TABLE_KEY:
        return english ? "B, or A;C, or the order B;C;A; a number 3.14±0.01 or 3.1..3.2; texts separated by |"
                       : "B, hoặc A;C, hoặc thứ tự B;C;A; số 3,14±0,01 hoặc 3,1..3,2; các cách viết cách nhau bằng |";
    case TABLE_CREDITS:
        return "A=1;B=0.5;C=-0.5";
    case TABLE_RULE:
        return "all, per_option, right_minus_wrong, map, adjacent, position";
    case TABLE_LEVEL:
        return english ? "1 recall, 2 understanding, 3 application, 4 analysis"
                       : "1 nhận biết, 2 thông hiểu, 3 vận dụng, 4 vận dụng cao";
    case TABLE_OPTION_A:
        return english ? "of a matching item: left -> right" : "câu ghép: vế trái -> vế phải";
    case TABLE_SOURCE_EXPIRES:
        return "2027-12-31, 31/12/2027";
    case TABLE_TAGS:
    case TABLE_ENEMIES:
        return english ? "separated by ;" : "cách nhau bằng ;";
    case TABLE_SHUFFLE:
        return "x";
    case TABLE_FACILITY:
        return "0.65, 65%";
    default:
        return "";
    }
}

static enum err write_guide(struct xlsx_writer *book, bool english) {
    const struct xlsx_column columns[] = {{.heading = english ? "Column" : "Cột", .width = 28},
                                          {.heading = english ? "Name" : "Tên", .width = 20},
                                          {.heading = english ? "What it takes" : "Nội dung", .width = 90}};
    enum err err = xlsx_sheet(book, english ? TABLE_GUIDE_EN : TABLE_GUIDE_VI, columns, 3);
    for (int i = 0; i < SHOWN && err == ERR_NONE; i++) {
        const struct exchange_field *field = &exchange_fields()[i];
        const char *cells[] = {english ? field->label_en : field->label_vi, field->name, hint((enum table_field)i, english)};
        err = xlsx_put(book, cells, 3);
    }
    return err;
}

static enum err write_book(const char *path, bool english) {
    struct xlsx_writer *book = NULL;
    struct xlsx_column columns[SHOWN];
    const char *cells[SHOWN];
    enum err err = xlsx_new(path, &book);
    for (int i = 0; i < SHOWN; i++)
        columns[i] = (struct xlsx_column){.heading = english ? exchange_fields()[i].label_en : exchange_fields()[i].label_vi,
                                          .width = table_width((enum table_field)i)};
    if (err == ERR_NONE)
        err = xlsx_sheet(book, english ? "Items" : "Câu hỏi", columns, SHOWN);
    for (size_t row = 0; row < ROWS && err == ERR_NONE; row++) {
        example_row(row, cells);
        err = xlsx_put(book, cells, SHOWN);
    }
    if (err == ERR_NONE)
        err = write_guide(book, english);
    if (err == ERR_NONE)
        err = xlsx_close(book);
    xlsx_free(book);
    return err;
}

static enum err append_file(const char *path, struct buf *out) {
    char bytes[8192];
    size_t got;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return ERR_IO;
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        buf_add(out, bytes, got);
    enum err err = ferror(file) ? ERR_IO : out->failed ? ERR_LIMIT : ERR_NONE;
    (void)fclose(file);
    return err;
}

enum err exchange_template(enum exchange_format format, const char *lang, struct buf *out) {
    bool english = lang && strcmp(lang, "en") == 0;
    if (format == EXCHANGE_CSV) {
        write_csv(english, out);
        return out->failed ? ERR_LIMIT : ERR_NONE;
    }
    const char *folder = getenv("TMPDIR");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/khoacu-template-XXXXXX", folder && folder[0] ? folder : "/tmp");
    int fd = format == EXCHANGE_XLSX ? mkstemp(path) : -1;
    if (fd < 0)
        return format == EXCHANGE_XLSX ? ERR_IO : ERR_STATE;
    (void)close(fd);
    enum err err = write_book(path, english);
    if (err == ERR_NONE)
        err = append_file(path, out);
    (void)unlink(path);
    return err;
}
