/* print_private.h: what the files of form/print share.
 *
 * print.c makes documents and finds texts, print_read.c reads items, print_markup.c turns an item's markup into paragraphs, print_math.c its
 * formulas, print_booklet.c, print_sheet.c and print_key.c are the three documents.
 */
#ifndef KHOACU_SERVER_FORM_PRINT_PRIVATE_H
#define KHOACU_SERVER_FORM_PRINT_PRIVATE_H

#include "print_item.h"

#include "khoacu/doc/pdf.h"
#include "khoacu/form/print.h"

/* X(name, Vietnamese, English) */
#define PRINT_WORDS(X)                                                                                                 \
    X(BOOKLET, "ĐỀ THI", "EXAMINATION PAPER")                                                                          \
    X(BOOKLET_TITLE, "Đề thi", "Examination paper")                                                                    \
    X(OFFICIAL, "ĐỀ THI CHÍNH THỨC", "OFFICIAL PAPER")                                                                 \
    X(DRAFT_BOX, "BẢN NHÁP", "DRAFT")                                                                                  \
    X(PAGES, "(Đề thi có {pages} trang)", "(This paper has {pages} pages)")                                            \
    X(MINUTES, "Thời gian làm bài: %lld phút, không kể thời gian phát đề", "Time allowed: %lld minutes")               \
    X(ITEMS, "Số câu hỏi: %zu", "Number of questions: %zu")                                                            \
    X(FORM, "Mã đề: %s", "Form %s")                                                                                    \
    X(FORM_SHORT, "Mã đề", "Form")                                                                                     \
    X(NAME, "Họ và tên thí sinh:", "Candidate's name:")                                                                \
    X(ROLL, "Số báo danh:", "Roll number:")                                                                            \
    X(FOOT, "Trang {page}/{pages} – Mã đề %s", "Page {page} of {pages} – Form %s")                                     \
    X(DRAFT, "BẢN NHÁP", "DRAFT")                                                                                      \
    X(DEMONSTRATION, "Minh họa: không phải đề thi thật", "Demonstration: not a real paper")                            \
    X(ITEM, "Câu %zu.", "Question %zu.")                                                                               \
    X(ITEM_NUMBER, "Câu", "Question")                                                                                  \
    X(END, "HẾT", "END")                                                                                               \
    X(RULE_AIDS, "Thí sinh không được sử dụng tài liệu. Cán bộ coi thi không giải thích gì thêm.",                     \
      "No materials may be used. Invigilators give no further explanation.")                                           \
    X(HOW_TITLE, "Hướng dẫn làm bài", "Instructions")                                                                  \
    X(HOW_1, "Kiểm tra đề có đủ số trang và mọi trang cùng một mã đề. Ghi họ tên, số báo danh trước khi làm bài.",     \
      "Check that all pages are there and bear the same form code. Write name and roll number first.")                 \
    X(HOW_2, "Trả lời trên phiếu trả lời kèm theo; phần viết trên đề không được chấm.",                                \
      "Answer on the separate answer sheet; what is written in this booklet is not marked.")                           \
    X(HOW_3, "Mỗi câu chọn một phương án, trừ khi câu hỏi ghi khác.",                                                  \
      "Choose one option in each question unless the question says otherwise.")                                        \
    X(STIMULUS_ONE, "Dựa vào nội dung sau để trả lời câu %zu:", "Use the following to answer question %zu:")           \
    X(STIMULUS_MANY, "Dựa vào nội dung sau để trả lời các câu từ %zu đến %zu:",                                        \
      "Use the following to answer questions %zu to %zu:")                                                             \
    X(SECTION_ONE, "(câu %zu)", "(question %zu)")                                                                      \
    X(SECTION_MANY, "(từ câu %zu đến câu %zu)", "(questions %zu to %zu)")                                              \
    X(MULTIPLE, "(Chọn mọi phương án đúng.)", "(Choose all that are right.)")                                          \
    X(MULTIPLE_UP_TO, "(Chọn không quá %lld phương án.)", "(Choose at most %lld.)")                                    \
    X(MULTIPLE_EXACTLY, "(Chọn đúng %lld phương án.)", "(Choose exactly %lld.)")                                       \
    X(ORDERING, "(Sắp xếp theo thứ tự đúng; ghi các chữ cái theo thứ tự.)",                                            \
      "(Put in the right order; write the letters in order.)")                                                         \
    X(MATCHING, "(Ghép mỗi mục ở cột trái với một chữ cái ở cột phải.)",                                               \
      "(Match each entry on the left with a letter on the right.)")                                                    \
    X(INLINE, "(Với mỗi chỗ trống, chọn một phương án.)", "(Choose one option for each gap.)")                         \
    X(NUMERIC, "Đáp số:", "Answer:")                                                                                   \
    X(TEXT, "Trả lời:", "Answer:")                                                                                     \
    X(WORDS_MAX, "(Không quá %lld từ.)", "(At most %lld words.)")                                                      \
    X(POINTS, "(%s điểm)", "(%s points)")                                                                              \
    X(UPLOAD, "(Nộp tệp; loại tệp: %s.)", "(Hand in a file; types: %s.)")                                              \
    X(AUDIO, "[Nội dung âm thanh được phát tại phòng thi]", "[Audio is played in the hall]")                           \
    X(PICTURE, "[Hình: %s]", "[Picture: %s]")                                                                          \
    X(SHEET, "PHIẾU TRẢ LỜI", "ANSWER SHEET")                                                                          \
    X(SHEET_TITLE, "Phiếu trả lời", "Answer sheet")                                                                    \
    X(COUNCIL, "Hội đồng thi:", "Council:")                                                                            \
    X(ROOM, "Phòng thi:", "Hall:")                                                                                     \
    X(BIRTH, "Ngày sinh:", "Date of birth:")                                                                           \
    X(DATE, "Ngày thi:", "Date:")                                                                                      \
    X(SIGN_CANDIDATE, "Chữ ký của thí sinh", "Candidate's signature")                                                  \
    X(SIGN_FIRST, "Cán bộ coi thi 1", "Invigilator 1")                                                                 \
    X(SIGN_SECOND, "Cán bộ coi thi 2", "Invigilator 2")                                                                \
    X(SIGN_HOW, "(ký, ghi rõ họ tên)", "(signature and name)")                                                         \
    X(SHEET_HOW, "Tô kín một ô tròn cho mỗi câu bằng bút chì đen; muốn đổi, tẩy sạch ô cũ. Câu chọn nhiều phương án "  \
                 "có dấu *. Giữ phiếu phẳng, sạch, không viết lên mã QR và các ô vuông đen ở góc.",                    \
      "Fill one circle a question in black pencil; to change, erase it wholly. Those with * take several. Keep the sheet flat " \
      "and clean; do not write on the QR code or the black squares in the corners.")                                   \
    X(PART_LETTERS, "Phần I. Câu trả lời bằng chữ cái", "Part I. Answers by letter")                                   \
    X(PART_WRITTEN, "Phần II. Câu trả lời ngắn", "Part II. Short answers")                                             \
    X(PART_ESSAY, "Phần III. Bài viết", "Part III. Essays")                                                            \
    X(KEY, "ĐÁP ÁN", "KEY")                                                                                            \
    X(KEY_TITLE, "Đáp án", "Key")                                                                                      \
    X(SECRET, "TÀI LIỆU MẬT", "SECRET")                                                                                \
    X(KEY_COMPACT, "Bảng đáp án", "Table of the key")                                                                  \
    X(KEY_DETAILS, "Đáp án chi tiết", "The key in detail")                                                             \
    X(KEY_CODE, "Mã câu hỏi", "Code")                                                                                  \
    X(KEY_TOPIC, "Chủ đề", "Topic")                                                                                    \
    X(KEY_ANSWER, "Đáp án", "Key")                                                                                     \
    X(KEY_POINTS, "Điểm", "Points")                                                                                    \
    X(KEY_RUBRIC, "Hướng dẫn chấm câu %zu", "Marking guide of question %zu")                                           \
    X(KEY_CRITERION, "Tiêu chí", "Criterion")                                                                          \
    X(KEY_LEVELS, "Mức đạt", "Levels")                                                                                 \
    X(KEY_MAX, "Điểm tối đa", "Maximum")                                                                               \
    X(KEY_GUIDE, "Xem hướng dẫn chấm", "See the marking guide")                                                        \
    X(KEY_SEALS, "Niêm phong", "Seals")                                                                                \
    X(KEY_SEAL, "Người niêm phong thứ %d: %s, %s", "Sealed by person %d: %s, %s")                                      \
    X(KEY_UNSEALED, "Đề chưa được niêm phong.", "The form is not sealed.")                                             \
    X(KEY_HASH, "SHA-256 của đề (phiên bản %lld): %s", "SHA-256 of the form (version %lld): %s")                       \
    X(KEY_SIGN_FIRST, "Người lập đáp án", "Prepared by")                                                               \
    X(KEY_SIGN_SECOND, "Trưởng ban đề thi", "Head of the item board")

enum print_word {
#define X(name, vi, en) PRINT_##name,
    PRINT_WORDS(X)
#undef X
        PRINT_WORD_COUNT
};

struct print {
    const struct print_form *form;
    struct pdf *pdf;
    struct arena *arena;
    bool english;
};

/* A word in the language of the document; a format where it has arguments. */
const char *print_word(const struct print *print, enum print_word word);
const char *print_words(const struct print *print, enum print_word word, ...);
/* The text in the document's language, or in the other. "" when there is none. */
const char *print_text(const struct print *print, const struct item_text *text);
/* A document with title and edges; `draft` marks pages of a form that is not sealed. */
enum err print_open(struct print *print, const struct print_form *form, enum print_word title, struct pdf_setup *setup);
/* «A» for 0. */
const char *print_letter(size_t place);

/* Head with who examines, what and the form's code; booklet and key have it. */
void print_head(struct print *print, enum print_word title, enum print_word stamp, bool pages);

/* Markup as blocks. `lead` (or NULL) is a text that the first paragraph goes on from. */
struct print_look {
    double indent, after;
    bool keep_last; /* the last block stays with what follows */
    enum pdf_align align;
};
void print_markup(struct print *print, const char *markup, struct pdf_text *lead, const struct print_look *look);
/* Markup as one text: paragraphs by line breaks. */
struct pdf_text *print_inline(struct print *print, const char *markup);
/* The same behind what the text has. */
void print_inline_into(struct print *print, const char *markup, struct pdf_text *text);

/* A node of markup; text nodes have no tag. */
struct print_node {
    const char *tag, *text;
    const char *names[12], *values[12];
    size_t attribute_count;
    struct print_node *first, *next, **last;
};
const char *print_attribute(const struct print_node *node, const char *name);
bool print_is(const struct print_node *node, const char *tag);
struct pdf_math *print_math(struct print *print, const struct print_node *math);

#endif
