/* gift.h: the GIFT format as Moodle writes and reads it, as a tree of what stands there.
 *
 * A file is blocks between blank lines. Lines that begin with // are comments, of which "[id:…]", "[tag:…]" and
 * "khoacu: {…}" speak of the next question. A line $CATEGORY: holds for all that follows. Blank lines inside the braces
 * of answers are forgiven as long as no other question begins there.
 *
 * Used by: exchange alone. Threads: any.
 */
#ifndef KHOACU_EXCHANGE_GIFT_H
#define KHOACU_EXCHANGE_GIFT_H

#include "khoacu/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of one question without its comments. */
enum { GIFT_QUESTION_MAX = 1 << 20 };

enum gift_format { GIFT_MOODLE, GIFT_HTML, GIFT_MARKDOWN, GIFT_PLAIN };
struct gift_text {
    const char *text; /* escapes resolved; blanks folded in [moodle] and [plain]; NULL: there is none */
    enum gift_format format;
};
enum gift_kind { GIFT_DESCRIPTION, GIFT_TRUEFALSE, GIFT_CHOICE, GIFT_SHORT, GIFT_NUMERICAL, GIFT_MATCHING, GIFT_ESSAY };
enum gift_number_kind { GIFT_SIMPLE, GIFT_RANGE, GIFT_HIGH_LOW, GIFT_ANY };
struct gift_number { /* decimals "-3.14" without superfluous zeros in front */
    enum gift_number_kind kind;
    const char *number, *range, *low, *high;
};
struct gift_answer {
    bool correct;       /* '=' stands before it */
    const char *weight; /* "33.33333", "-100", or NULL */
    struct gift_text text;
    struct gift_number number; /* of a numerical question */
    const char *match;         /* right side of a pair */
    struct gift_text feedback;
    size_t line;
};
struct gift_question {
    enum gift_kind kind;
    const char *title, *id, *own; /* or NULL; own: JSON after "khoacu:" */
    const char *const *tags;
    size_t tag_count;
    const char *category; /* or NULL */
    struct gift_text stem;
    bool embedded;     /* words follow the answers: "_____" stands for them in the stem */
    bool truth;        /* true or false */
    bool single;       /* a numerical or short question with one bare answer */
    struct gift_text said[2]; /* true or false: first for the wrong answer, second for the right one */
    struct gift_text global;
    struct gift_answer *answers;
    size_t answer_count;
    const char *block; /* the source from its title on, without comments, ends trimmed */
    size_t line;       /* where it begins */
    bool foreign;      /* it has bytes beyond ASCII */
    bool comma;        /* a number was written with a decimal comma */
};

/* X(name, code, Vietnamese, English) */
#define GIFT_FAULT_TABLE(X)                                                                                            \
    X(BRACE_OPEN, "gift-brace-open", "Thiếu dấu } đóng phần trả lời.", "The answers are not closed by }.")             \
    X(BRACE_STRAY, "gift-brace-stray", "Có dấu } mà không có dấu { (viết \\} nếu là chữ).",                            \
      "There is a } without a { (write \\} where it is a letter).")                                                    \
    X(BRACE_TWICE, "gift-braces-twice", "Một câu hỏi chỉ có một cặp { }; câu nhiều chỗ trống không nhập được.",        \
      "A question has one pair of braces only; several gaps in one question cannot be read.")                          \
    X(TITLE_OPEN, "gift-title-open", "Tên câu hỏi bắt đầu bằng :: nhưng không kết thúc bằng ::.",                      \
      "The name that begins with :: does not end with ::.")                                                            \
    X(STEM_EMPTY, "gift-stem-empty", "Câu hỏi không có lời dẫn.", "The question has no stem.")                         \
    X(ANSWER_SIGN, "gift-answer-sign", "Trước phương án phải có dấu = hoặc ~.", "An answer needs = or ~ before it.")   \
    X(ANSWER_EMPTY, "gift-answer-empty", "Có phương án trống.", "An answer is empty.")                                 \
    X(WEIGHT, "gift-weight", "Trọng số phải là số từ -100 đến 100, dạng %50%.",                                        \
      "A weight is a number from -100 to 100, as in %50%.")                                                            \
    X(NUMBER, "gift-number", "Đáp số phải có dạng 3.14, 3.14:0.01 hoặc 3.1..3.2.",                                     \
      "A numerical answer has the form 3.14, 3.14:0.01 or 3.1..3.2.")                                                  \
    X(PAIR, "gift-pair", "Có cặp ghép thiếu dấu ->.", "A pair lacks its ->.")                                          \
    X(TOO_MANY, "gift-too-many", "Câu hỏi có quá nhiều phương án.", "The question has too many answers.")              \
    X(TOO_LONG, "gift-too-long", "Câu hỏi dài hơn 1 MiB.", "The question is longer than 1 MiB.")

enum gift_fault {
    GIFT_FINE,
#define X(name, code, vi, en) GIFT_##name,
    GIFT_FAULT_TABLE(X)
#undef X
};

struct gift_span {
    const char *at;
    size_t len;
};
struct gift_reader {
    const char *at, *end; /* UTF-8 that outlives the reader */
    size_t line;
    struct gift_span category;
};
void gift_open(struct gift_reader *reader, const char *text, size_t len);
/* The next question; false at the end of the file. With a fault, title, id and line of the question are still set as
 * far as they were found and *ret_line says where the fault lies. arena->failed: no memory. */
bool gift_next(struct gift_reader *reader, struct arena *arena, struct gift_question *ret_question,
               enum gift_fault *ret_fault, size_t *ret_line);

/* Reads the answers between the braces; see gift_answers.c. */
struct gift_block {
    struct arena *arena;
    const char *text; /* NUL at the end */
    size_t len;
    const size_t *offsets, *lines; /* of the lines that are left */
    size_t line_count;
    size_t fault_at;
};
enum gift_fault gift_answers(struct gift_block *block, size_t from, size_t to, struct gift_question *question);
/* A text between two offsets: its format or the given one, escapes, blanks. text NULL when nothing stands there. */
struct gift_text gift_rich(struct gift_block *block, size_t from, size_t to, enum gift_format format);
/* First of `signs` between two offsets that is not escaped, or `to`. */
size_t gift_find(const struct gift_block *block, size_t from, size_t to, const char *signs);
size_t gift_line_of(const struct gift_block *block, size_t offset);

#endif
