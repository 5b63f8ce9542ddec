/* table.h: items as rows of CSV and XLSX.
 *
 * A row shows an item in columns that a person may fill in, and carries the whole item as JSON in the columns khoacu,
 * khoacu_2, … . Reading begins with that item (or with an empty one) and changes what the cells say otherwise: what was
 * not touched comes back byte for byte, and a corrected cell corrects just that.
 *
 * Used by: exchange alone. Threads: one owner.
 */
#ifndef KHOACU_EXCHANGE_TABLE_H
#define KHOACU_EXCHANGE_TABLE_H

#include "draft.h"

/* X(name, column, Vietnamese heading, English heading, example) */
#define TABLE_FIELD_TABLE(X)                                                                                           \
    X(CODE, "code", "Mã câu hỏi", "Code", "HT-001")                                                                    \
    X(KIND, "kind", "Loại", "Kind", "single")                                                                          \
    X(SUBJECT, "subject", "Môn", "Subject", "kien-thuc-chung")                                                         \
    X(TOPIC, "topic", "Chủ đề", "Topic", "he-thong-chinh-tri")                                                         \
    X(LEVEL, "level", "Mức độ", "Level", "1")                                                                          \
    X(TITLE, "title", "Tên", "Title", "")                                                                              \
    X(STEM, "stem", "Câu hỏi", "Stem", "Cơ quan nào có quyền lập hiến, quyền lập pháp?")                               \
    X(OPTION_A, "option_a", "Phương án A", "Option A", "Quốc hội")                                                     \
    X(OPTION_B, "option_b", "Phương án B", "Option B", "Chính phủ")                                                    \
    X(OPTION_C, "option_c", "Phương án C", "Option C", "Chủ tịch nước")                                                \
    X(OPTION_D, "option_d", "Phương án D", "Option D", "Tòa án nhân dân tối cao")                                      \
    X(OPTION_E, "option_e", "Phương án E", "Option E", "")                                                             \
    X(OPTION_F, "option_f", "Phương án F", "Option F", "")                                                             \
    X(OPTION_G, "option_g", "Phương án G", "Option G", "")                                                             \
    X(OPTION_H, "option_h", "Phương án H", "Option H", "")                                                             \
    X(KEY, "key", "Đáp án", "Key", "A")                                                                                \
    X(CREDITS, "credits", "Điểm từng phương án", "Credit of options", "")                                              \
    X(POINTS, "points", "Điểm", "Points", "1")                                                                         \
    X(RULE, "rule", "Cách tính điểm", "Rule", "")                                                                      \
    X(UNIT, "unit", "Đơn vị", "Unit", "")                                                                              \
    X(EXPLANATION, "explanation", "Giải thích", "Explanation", "Hiến pháp 2013, Điều 69")                              \
    X(CHOICES_MIN, "choices_min", "Chọn ít nhất", "Choices at least", "")                                              \
    X(CHOICES_MAX, "choices_max", "Chọn nhiều nhất", "Choices at most", "")                                            \
    X(SHUFFLE, "shuffle", "Trộn phương án", "Shuffle", "x")                                                            \
    X(WORDS_MAX, "words_max", "Số chữ tối đa", "Words at most", "")                                                    \
    X(LINES, "lines", "Số dòng", "Lines", "")                                                                          \
    X(STIMULUS, "stimulus", "Mã ngữ liệu chung", "Stimulus", "")                                                       \
    X(SOURCE, "source", "Căn cứ", "Source", "Hiến pháp 2013, Điều 69")                                                 \
    X(SOURCE_EXPIRES, "source_expires", "Căn cứ hết hiệu lực", "Source expires", "")                                   \
    X(TAGS, "tags", "Nhãn", "Tags", "")                                                                                \
    X(ENEMIES, "enemies", "Không đi cùng", "Enemies", "")                                                              \
    X(FACILITY, "facility", "Độ khó dự kiến", "Intended facility", "0.8")                                              \
    X(SECONDS, "seconds", "Thời gian (giây)", "Seconds", "60")                                                         \
    X(EXTERNAL_ID, "external_id", "Mã ở hệ thống khác", "Foreign id", "")                                              \
    X(STEM_EN, "stem_en", "Câu hỏi (tiếng Anh)", "Stem in English", "")                                                \
    X(OPTION_A_EN, "option_a_en", "Phương án A (tiếng Anh)", "Option A in English", "")                                \
    X(OPTION_B_EN, "option_b_en", "Phương án B (tiếng Anh)", "Option B in English", "")                                \
    X(OPTION_C_EN, "option_c_en", "Phương án C (tiếng Anh)", "Option C in English", "")                                \
    X(OPTION_D_EN, "option_d_en", "Phương án D (tiếng Anh)", "Option D in English", "")                                \
    X(OPTION_E_EN, "option_e_en", "Phương án E (tiếng Anh)", "Option E in English", "")                                \
    X(OPTION_F_EN, "option_f_en", "Phương án F (tiếng Anh)", "Option F in English", "")                                \
    X(OPTION_G_EN, "option_g_en", "Phương án G (tiếng Anh)", "Option G in English", "")                                \
    X(OPTION_H_EN, "option_h_en", "Phương án H (tiếng Anh)", "Option H in English", "")                                \
    X(EXPLANATION_EN, "explanation_en", "Giải thích (tiếng Anh)", "Explanation in English", "")

enum table_field {
#define X(name, column, vi, en, example) TABLE_##name,
    TABLE_FIELD_TABLE(X)
#undef X
        TABLE_OWN, /* khoacu, khoacu_2, … */
    TABLE_FIELDS = TABLE_OWN + 16
};
enum { TABLE_OPTIONS = TABLE_OPTION_H - TABLE_OPTION_A + 1, TABLE_OWN_COLUMNS = TABLE_FIELDS - TABLE_OWN };

const char *table_column(enum table_field field); /* "stem", "khoacu_2" */
double table_width(enum table_field field);       /* of a column, in characters */
/* The sheet of a template that explains the columns; readers pass it by. */
#define TABLE_GUIDE_VI "Hướng dẫn"
#define TABLE_GUIDE_EN "Guide"
bool table_is_guide(const char *sheet);

/* ---- headings ---- */

enum { TABLE_COLUMNS_MAX = 256 };
struct table_heads {
    int fields[TABLE_COLUMNS_MAX]; /* by column of the file; -1: not ours, -2: left out by the mapping */
    const char *names[TABLE_COLUMNS_MAX];
    size_t count;
    bool known[TABLE_FIELDS];
};
/* Which column is which; ret_twice: a field that two columns claim, or -1. */
void table_heads_read(const char *const *names, size_t count, const struct exchange_options *options,
                      struct table_heads *ret_heads, int *ret_twice);
/* Whether rows under it can be items. */
bool table_heads_fit(const struct table_heads *heads);

/* ---- rows ---- */

struct table_row {
    const char *cells[TABLE_FIELDS]; /* NULL: the file has no such column */
    const char *place;               /* "line 7", "Câu hỏi!7" */
    const char *ignored;             /* headings of columns that are not ours and hold something here, or NULL */
    bool beyond;                     /* cells stand behind the last heading */
    bool broken[TABLE_FIELDS];       /* a formula without a result, or one that failed */
    bool date[TABLE_FIELDS];         /* a spreadsheet's date, which may be shown otherwise there */
    bool styled[TABLE_FIELDS];       /* parts of the text look different there */
};
/* Names one more column in `ignored`; a heading that says nothing is "?". */
void table_ignore(struct arena *arena, struct table_row *row, const char *heading);
/* One call of the sink. */
enum err table_give(struct exchange_reading *reading, const struct table_row *row, bool guessed) MUST_CHECK;

/* The cells of an item; "" where there is nothing. */
struct table_cells {
    const char *cells[TABLE_FIELDS];
};
void table_render(struct arena *arena, const struct item *item, struct table_cells *ret_cells);
/* The JSON of the item over the columns from TABLE_OWN on. ERR_LIMIT: it does not fit. */
enum err table_render_own(struct arena *arena, const struct item *item, struct table_cells *cells) MUST_CHECK;

/* ---- parts of cells, both ways ---- */

/* A text as a cell: words when it is one plain paragraph, markup otherwise. */
const char *table_text_cell(struct arena *arena, const char *markup);
bool table_cell_is_markup(const char *cell);
/* Why a cell cannot be taken. */
#define TABLE_FAULT_TABLE(X)                                                                                           \
    X(KIND, "table-kind", "Loại câu hỏi không có trong danh sách.", "There is no such kind of item.")                  \
    X(KIND_MISSING, "table-kind-missing", "Cần ghi loại câu hỏi vì không đoán được từ các cột khác.",                  \
      "The kind must be named, since the other columns do not tell it.")                                               \
    X(KIND_OWN, "table-kind-own", "Loại câu hỏi này chỉ nhập được từ tệp do Khoacu xuất.",                             \
      "Items of this kind are read only from what Khoacu exported.")                                                   \
    X(STEM, "table-stem", "Câu hỏi trống.", "The stem is empty.")                                                      \
    X(HOLE, "table-option-hole", "Có phương án trống ở giữa.", "An option between others is empty.")                   \
    X(KEY, "table-key", "Đáp án không đúng dạng hoặc không có trong các phương án.",                                   \
      "The key has the wrong form or names an option that is not there.")                                              \
    X(CREDITS, "table-credits", "Cột điểm từng phương án phải có dạng A=1;B=0.5.",                                     \
      "The column of credits has the form A=1;B=0.5.")                                                                 \
    X(KEY_CREDITS, "table-key-credits", "Đáp án và điểm từng phương án mâu thuẫn nhau.",                               \
      "The key and the credit of options contradict each other.")                                                      \
    X(PAIR, "table-pair", "Phương án của câu ghép phải có dạng «trái -> phải».",                                       \
      "An option of a matching item has the form \"left -> right\".")                                                  \
    X(NUMBER, "table-number", "Ô này phải là số.", "A number is expected here.")                                       \
    X(RULE, "table-rule", "Cách tính điểm không có trong danh sách.", "There is no such rule.")                        \
    X(DATE, "table-date", "Phải là ngày có thật, dạng 2001-02-28 hoặc 28/02/2001.",                                    \
      "A real date is expected, as 2001-02-28 or 28/02/2001.")                                                         \
    X(BROKEN, "table-cell-broken", "Ô có công thức bị lỗi hoặc chưa có kết quả; hãy thay bằng giá trị.",              \
      "The cell has a formula that failed or has no result; put the value in its place.")                              \
    X(TOPIC, "table-topic", "Chủ đề không đúng dạng.", "The topic has the wrong form.")
enum table_fault {
    TABLE_FINE,
#define X(name, code, vi, en) TABLE_FAULT_##name,
    TABLE_FAULT_TABLE(X)
#undef X
};

/* table_key.c: the key of an item from its cell. */
enum table_fault table_put_key(struct draft *draft, const char *cell);
enum table_fault table_put_credits(struct draft *draft, const char *cell);
/* Whether the options that a key names are those that earn something; "" agrees with all. */
bool table_key_agrees(struct draft *draft, const char *cell);
/* One row of a matching item, or a column that none belongs to, in both languages; there is room for it. */
enum table_fault table_put_pair(struct draft *draft, const char *cell, const char *cell_en);
/* A text from the plain cell and the English one, each may be "". */
struct item_text table_text(struct draft *draft, const char *cell, const char *cell_en);

/* table_options.c: options from their cells; `changed` by field. */
enum table_fault table_put_options(struct draft *draft, const struct table_row *row, const bool *changed,
                                   enum table_field *ret_field);
/* The cell without what guards it against spreadsheets, trimmed; "" when there is none. */
const char *table_cell(struct draft *draft, const struct table_row *row, enum table_field field);

#endif
