/* draft.h: an item that is being made of a foreign question: texts cleaned, credits, topic, notes, the last check.
 *
 * Used by: the readers of exchange. Threads: one owner.
 */
#ifndef KHOACU_EXCHANGE_DRAFT_H
#define KHOACU_EXCHANGE_DRAFT_H

#include "khoacu/doc/charset.h"
#include "exchange_private.h"

#include "khoacu/item/item.h"

#include <stdint.h>

/* X(name, code, Vietnamese, English): what is said of an item that could not be kept as it was. */
#define DRAFT_NOTE_TABLE(X)                                                                                            \
    X(ENCODING, "encoding-guessed",                                                                                    \
      "Tệp không phải UTF-8; chữ có dấu được đọc theo bảng mã Windows, hãy kiểm tra lại.",                             \
      "The file is not UTF-8; letters were read as Windows-1252 or 1258 and should be looked at.")                     \
    X(TOPIC, "topic-adapted", "Tên danh mục được chuyển thành đường dẫn chủ đề.",                                      \
      "The name of the category became a topic path.")                                                                 \
    X(TITLE, "title-shortened", "Tên câu hỏi quá dài nên bị cắt bớt.", "The title was too long and was cut.")             \
    X(TAG, "tag-adapted", "Có nhãn được viết lại hoặc bị bỏ vì không đúng dạng.",                                      \
      "A tag was rewritten or left out because of its form.")                                                          \
    X(WEIGHTS, "weights-completed", "Trọng số làm tròn được bù để tổng đúng 100%.",                                    \
      "Rounded weights were completed so that they add up to 100 %.")                                                  \
    X(WEIGHT_SUM, "weights-sum", "Tổng trọng số của các phương án đúng khác 100%.",                                    \
      "The weights of the right answers do not add up to 100 %.")                                                      \
    X(SEVERAL_RIGHT, "several-right", "Câu chỉ chọn một nhưng có nhiều phương án đúng; chọn phương án nào cũng được trọn điểm.", \
      "One answer is to be chosen but several are right; each of them earns all points.")                              \
    X(OTHERS, "others-feedback-moved", "Nhận xét cho các đáp số khác được chuyển vào phần giải thích.",                \
      "Feedback on all other answers went into the explanation.")                                                      \
    X(OTHERS_LOST, "others-credit-dropped", "Điểm cho các đáp số khác bị bỏ.",                                         \
      "Credit for all other answers was left out.")                                                                    \
    X(FEEDBACK, "feedback-dropped", "Có nhận xét không giữ lại được.", "Some feedback could not be kept.")             \
    X(COMMA, "decimal-comma", "Dấu phẩy trong số được hiểu là dấu thập phân.",                                         \
      "A comma in a number was read as the decimal point.")                                                            \
    X(ANSWER_PLAIN, "answer-plain", "Định dạng của đáp án chữ bị bỏ.", "Formatting of an accepted text was taken out.")  \
    X(ROUNDED, "number-rounded", "Số được làm tròn đến 7 chữ số thập phân.", "A number was rounded to 7 decimals.")    \
    X(EDITED, "own-data-outdated", "Nội dung đã được sửa sau khi xuất; phần ẩn của Khoacu không được dùng.",           \
      "The text was edited after its export; the data that Khoacu had put beside it was not used.")                    \
    X(OWN_BROKEN, "own-data-broken", "Phần ẩn của Khoacu không đọc được.",                                             \
      "The data that Khoacu had put beside the item cannot be read.")                                                  \
    X(LANGUAGE, "language-assumed", "Câu hỏi ghi ngôn ngữ khác tiếng Việt và tiếng Anh; chữ được xếp vào ngôn ngữ đã chọn khi nhập.", \
      "The item says that it is in another language than Vietnamese or English; its texts went into the one chosen for the import.") \
    X(DOLLARS, "tex-dollars", "Công thức giữa $$ và $$ được giữ nguyên là chữ; ở đây công thức viết giữa \\( và \\).",     \
      "Formulas between $$ and $$ stay letters; here they are written between \\( and \\).")                             \
    X(CREDIT, "credit-adapted", "Điểm trừ cho câu trả lời sai hoặc giới hạn điểm không giữ được.",                      \
      "Points taken off for wrong answers, or a limit of the points, could not be kept.")                              \
    X(CASE, "case-adapted", "Chỉ một phần đáp án phân biệt chữ hoa, chữ thường; ở đây mọi đáp án đều phân biệt.",       \
      "Some answers alone tell capital letters apart; here all of them do.")                                           \
    X(LIMITS, "match-limit-dropped", "Số lần tối đa dùng một phương án ghép không giữ lại được.",                       \
      "How often a choice of a matching may be used could not be kept.")                                               \
    X(UNITS, "units-dropped", "Các đơn vị khác của đáp số bị bỏ.", "Other units of the answer were left out.")         \
    X(PENALTY, "penalty-dropped", "Mức trừ điểm khi trả lời lại bị bỏ.", "The penalty of further attempts was left out.") \
    X(HINT, "hint-dropped", "Gợi ý cho lần trả lời lại bị bỏ.", "Hints for further attempts were left out.")           \
    X(SETTING, "setting-dropped", "Một thiết lập của câu hỏi không được hỗ trợ nên bị bỏ.",                            \
      "A setting of the question has no counterpart and was left out.")                                                \
    X(HIDDEN, "hidden-imported", "Câu hỏi này đang bị ẩn trong hệ thống cũ.", "The question is hidden where it comes from.") \
    X(TIMED, "time-dropped", "Câu hỏi ghi rằng điểm phụ thuộc thời gian trả lời (timeDependent); ở đây thời gian không tính vào điểm.", \
      "The item says that its score depends on the time taken (timeDependent); here the time does not count.")           \
    X(CATEGORY, "category-dropped", "Lời mô tả hoặc mã số của danh mục không có chỗ ở đây nên bị bỏ.",                   \
      "The description or the ID number of the category has no counterpart here and was left out.")                    \
    X(CONTROL, "control-dropped", "Ký tự điều khiển, không hiển thị được, bị bỏ.",                                      \
      "Control characters, which nothing shows, were left out.")                                                       \
    X(FILE, "file-dropped", "Một tệp đính kèm không phải hình hoặc âm thanh dùng được nên bị bỏ.",                     \
      "An embedded file is no picture or sound that can be shown and was left out.")                                   \
    X(DATE_CELL, "date-cell", "Bảng tính giữ ô này là ngày; ở đây ghi theo dạng năm-tháng-ngày, hãy xem lại.",         \
      "The spreadsheet keeps the cell as a date; here it is written year-month-day and should be looked at.")          \
    X(STYLED, "cell-format-dropped", "Chữ đậm, nghiêng, gạch chân, chỉ số trên hoặc dưới trong ô không giữ lại được.",   \
      "Words of the cell that are bold, slanted, underlined, raised or lowered became plain.")                         \
    X(COLUMN, "column-ignored", "Cột này không thuộc mẫu nên không được đọc.", "The column is none of the template and was not read.") \
    X(CELLS, "cells-ignored", "Dòng có nhiều ô hơn tiêu đề.", "The row has more cells than the heading.")

enum draft_note {
#define X(name, code, vi, en) DRAFT_##name,
    DRAFT_NOTE_TABLE(X)
#undef X
};

enum rich { RICH_PLAIN, RICH_MOODLE, RICH_HTML, RICH_MARKDOWN };

/* A file that markup may name: src="@@PLUGINFILE@@/name". */
struct draft_file {
    const char *name;
    const void *scope; /* the text that it belongs to: others may have another file of that name */
    const struct item_media *media;
    struct draft_file *next;
};

struct draft {
    struct exchange_reading *reading;
    struct arena *arena;
    struct item item;
    const char *points; /* of the whole item; NULL: as its kind has */
    const char *name; /* what the report calls the item; NULL: its number */
    const char *place;
    struct draft_file *files;
    const void *scope; /* of the text that is being cleaned */
    struct item_media *media;
    size_t media_count;
    uint64_t noted; /* by enum draft_note: said once an item */
};

/* Begins an item. `place` as of exchange_line(). */
void draft_init(struct draft *draft, struct exchange_reading *reading, const char *name, const char *place);
/* Makes it an item of that kind, with the points and the rule that the kind has. */
void draft_kind(struct draft *draft, enum item_kind kind);
/* Says it once an item; `place` NULL: where the item begins. */
void draft_note(struct draft *draft, enum draft_note note, const char *place);

/* Cleaned markup of a text, or NULL when nothing is in it. */
const char *draft_markup(struct draft *draft, enum rich format, const char *text, const char *place);
/* The same in the language of the reading. */
struct item_text draft_text(struct draft *draft, enum rich format, const char *text, const char *place);
struct item_text draft_lang(const struct draft *draft, const char *markup);
/* Notes what a text has that neither `markup` nor a line of words keeps. */
void draft_note_control(struct draft *draft, const char *text, bool markup, const char *place);
/* Words alone, for accepted texts. */
const char *draft_words(struct draft *draft, enum rich format, const char *text, const char *place);

/* "a", "b", … "z", "o27", … */
const char *draft_id(struct draft *draft, size_t index);
/* Decimals as integers of 1e-7: credits, points. False: not a decimal or out of range. *ret_rounded may be set. */
bool draft_decimal(const char *text, int64_t *ret_units, bool *ret_rounded);
const char *draft_format(struct arena *arena, int64_t units);
/* Percent "33.33333" as units of 1e-7 of the whole. */
bool draft_percent(const char *text, int64_t *ret_units);
/* Thirds and the like: the positive shares of `units` that nearly make up the whole do so afterwards. Says whether it
 * changed something. */
bool draft_complete(int64_t *units, size_t count);
/* 100 / count as a percentage with five decimals: "33.33333". */
const char *draft_share(struct arena *arena, size_t count);
#define DRAFT_WHOLE 10000000

/* draft_kinds.c: parts that several formats have in common. */

/* The two options of a true-false item, in the language of the reading. */
void draft_truefalse(struct draft *draft, bool truth, struct item_text note_true, struct item_text note_false);
struct draft_choice {
    struct item_text text, note;
    int64_t units; /* of DRAFT_WHOLE: the part of the points that it earns */
};
/* A choice of one (`single`) or of several. Where nothing but one right option counts, that is the rule; otherwise the
 * parts are mapped to points. The units may be completed. */
void draft_choices(struct draft *draft, bool single, struct draft_choice *choices, size_t count);
/* Begins a matching item with room for `count` rows; then row by row, `row` without text only a column. */
bool draft_matching(struct draft *draft, size_t count);
void draft_pair(struct draft *draft, struct item_text row, struct item_text column);

/* draft_media.c: takes a file that texts name. False: it is no picture or sound that can be shown. */
bool draft_add_file(struct draft *draft, const void *scope, const char *name, const void *bytes, size_t len);
/* Leaves only those files that the item's texts name. */
void draft_keep_media(struct draft *draft);
/* Bytes of base64 with blanks in it. NULL: it is none, or no memory. */
void *draft_base64(struct arena *arena, const char *text, size_t *ret_len);

/* "$course$/top/Luật/Công vụ" -> topic "luat/cong-vu". */
void draft_topic(struct draft *draft, const char *category);
/* A name for staff: a line of at most ITEM_TITLE_MAX letters. */
void draft_title(struct draft *draft, const char *text);
/* Lower-case letters, digits and '-'; "" when nothing is left. *ret_changed: it was not so before. */
const char *draft_slug(struct draft *draft, const char *text, bool *ret_changed);
void draft_tags(struct draft *draft, const char *const *tags, size_t count);

/* Last steps: an external id from the content when the source had none, the whole check, and the sink. */
enum err draft_give(struct draft *draft) MUST_CHECK;
/* The item as our own data beside it has it (see own.h), with nothing added. */
enum err draft_give_own(struct draft *draft, const struct item *item) MUST_CHECK;
enum err draft_refuse(struct draft *draft, const char *code, const char *message_vi, const char *message_en,
                      const char *place) MUST_CHECK;

#endif
