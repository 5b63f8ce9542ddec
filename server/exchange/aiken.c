#include "draft.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

/* A question is: lines of its stem, options "A. …" or "A) …" in the order of letters, a line "ANSWER: X". */

#define AIKEN_FAULT_TABLE(X)                                                                                           \
    X(STEM, "aiken-stem-missing", "Phương án đứng trước khi có câu hỏi.", "Options stand without a question.")         \
    X(FEW, "aiken-options-few", "Câu hỏi cần ít nhất hai phương án dạng «A. …».",                                      \
      "A question needs at least two options such as \"A. …\".")                                                       \
    X(ORDER, "aiken-option-order", "Chữ cái của phương án không theo thứ tự A, B, C…",                                 \
      "The letters of the options do not follow A, B, C…")                                                             \
    X(EMPTY, "aiken-option-empty", "Phương án trống.", "An option is empty.")                                          \
    X(ANSWER, "aiken-answer-missing", "Thiếu dòng «ANSWER: X» trước dòng này.",                                        \
      "A line \"ANSWER: X\" is missing before this line.")                                                             \
    X(FORM, "aiken-answer-form", "Dòng ANSWER phải có đúng một chữ cái.", "ANSWER takes exactly one letter.")          \
    X(UNKNOWN, "aiken-answer-unknown", "Đáp án không có trong các phương án.", "The answer is none of the options.")   \
    X(ALONE, "aiken-answer-alone", "Dòng ANSWER đứng một mình, không có câu hỏi.",                                     \
      "ANSWER stands without a question.")                                                                             \
    X(LONG, "aiken-too-long", "Câu hỏi dài hơn 1 MiB.", "The question is longer than 1 MiB.")

enum aiken_fault {
    AIKEN_FINE,
#define X(name, code, vi, en) AIKEN_##name,
    AIKEN_FAULT_TABLE(X)
#undef X
};

enum { OPTIONS_MAX = 26, STEM_MAX = 1 << 20 };

struct span {
    const char *at;
    size_t len;
};

struct question {
    struct buf stem;
    size_t line, option_lines[OPTIONS_MAX];
    struct span options[OPTIONS_MAX];
    size_t count;
    bool paragraph; /* a blank line stands behind what there is of the stem */
    bool foreign;
    enum aiken_fault fault; /* the first one */
    size_t fault_line;
};

struct aiken {
    struct exchange_reading *reading;
    const char *at, *start, *end;
    size_t line;
    bool guessed;
    struct question question;
};

static struct span trimmed(struct span span) {
    while (span.len && strchr(" \t\r\f\v", span.at[span.len - 1]))
        span.len--;
    while (span.len && strchr(" \t\r\f\v", span.at[0])) {
        span.at++;
        span.len--;
    }
    return span;
}

static struct span next_line(struct aiken *aiken) {
    const char *stop = aiken->at;
    while (stop < aiken->end && *stop != '\n' && *stop != '\r')
        stop++;
    struct span line = {aiken->at, (size_t)(stop - aiken->at)};
    bool pair = stop + 1 < aiken->end && stop[0] == '\r' && stop[1] == '\n';
    aiken->at = stop == aiken->end ? stop : stop + (pair ? 2 : 1);
    aiken->line++;
    return trimmed(line);
}

static void fault(struct aiken *aiken, enum aiken_fault what, size_t line) {
    if (aiken->question.fault == AIKEN_FINE) {
        aiken->question.fault = what;
        aiken->question.fault_line = line;
    }
}

static bool begun(const struct question *question) {
    return question->stem.len || question->count;
}

static void clear(struct question *question) {
    struct buf stem = question->stem;
    buf_reset(&stem);
    *question = (struct question){.stem = stem};
}

/* ---- an item ---- */

static enum err give(struct aiken *aiken, size_t right) {
    struct question *question = &aiken->question;
    struct draft draft;
    const char *place = exchange_line(aiken->reading->arena, question->line);
    draft_init(&draft, aiken->reading, NULL, place);
    if (aiken->guessed && question->foreign)
        draft_note(&draft, DRAFT_ENCODING, place);
    struct item *item = &draft.item;
    draft_kind(&draft, ITEM_SINGLE);
    item->shuffle = true;
    item->body = draft_text(&draft, RICH_PLAIN, question->stem.data, place);
    item->options = ARENA_ARRAY(draft.arena, question->count, struct item_option);
    for (size_t i = 0; item->options && i < question->count; i++) {
        char *text = arena_strndup(draft.arena, question->options[i].at, question->options[i].len);
        item->options[i].id = draft_id(&draft, i);
        if (text)
            item->options[i].text =
                draft_text(&draft, RICH_PLAIN, text, exchange_line(draft.arena, question->option_lines[i]));
        item->options[i].credit = i == right ? "1" : NULL;
        item->option_count++;
    }
    return draft_give(&draft);
}

static enum err end_question(struct aiken *aiken, size_t right) {
    static const struct {
        const char *code, *vi, *en;
    } FAULTS[] = {
        {.code = "", .vi = "", .en = ""},
#define X(name, code_, vi_, en_) {.code = code_, .vi = vi_, .en = en_},
        AIKEN_FAULT_TABLE(X)
#undef X
    };
    struct question *question = &aiken->question;
    if (!question->stem.len)
        fault(aiken, AIKEN_STEM, question->line);
    if (question->count < 2)
        fault(aiken, AIKEN_FEW, question->line);
    if (question->stem.failed)
        fault(aiken, AIKEN_LONG, question->line);
    enum aiken_fault what = question->fault;
    enum err err = what == AIKEN_FINE
                       ? give(aiken, right)
                       : exchange_refuse(aiken->reading, NULL, FAULTS[what].code, FAULTS[what].vi, FAULTS[what].en,
                                         exchange_line(aiken->reading->arena, question->fault_line));
    clear(question);
    if (err == ERR_NONE &&
        !exchange_progress(aiken->reading, (size_t)(aiken->at - aiken->start), (size_t)(aiken->end - aiken->start)))
        err = ERR_STATE;
    return err;
}

/* ---- lines ---- */

static bool is_option(struct span line) {
    return line.len >= 2 && line.at[0] >= 'A' && line.at[0] <= 'Z' && strchr(".)", line.at[1]) &&
           (line.len == 2 || line.at[2] == ' ' || line.at[2] == '\t');
}

static bool is_answer(struct span line) {
    return line.len >= 7 && strncasecmp(line.at, "ANSWER:", 7) == 0;
}

static void note_line(struct aiken *aiken, struct span line) {
    struct question *question = &aiken->question;
    if (!begun(question))
        question->line = aiken->line;
    for (size_t i = 0; i < line.len; i++)
        question->foreign |= (line.at[i] & 0x80) != 0;
}

static void add_option(struct aiken *aiken, struct span line) {
    struct question *question = &aiken->question;
    note_line(aiken, line);
    struct span text = trimmed((struct span){line.at + 2, line.len - 2});
    if (!question->stem.len)
        fault(aiken, AIKEN_STEM, aiken->line);
    if (question->count == OPTIONS_MAX || line.at[0] != (char)('A' + question->count)) {
        fault(aiken, AIKEN_ORDER, aiken->line);
        return;
    }
    if (!text.len)
        fault(aiken, AIKEN_EMPTY, aiken->line);
    question->option_lines[question->count] = aiken->line;
    question->options[question->count++] = text;
}

static enum err take_answer(struct aiken *aiken, struct span line) {
    struct question *question = &aiken->question;
    struct span letter = trimmed((struct span){line.at + 7, line.len - 7});
    bool form = letter.len && ((letter.at[0] >= 'A' && letter.at[0] <= 'Z') || (letter.at[0] >= 'a' && letter.at[0] <= 'z'));
    form = form && (letter.len == 1 || (letter.len == 2 && strchr(".)", letter.at[1])));
    size_t right = form ? (size_t)((letter.at[0] | 0x20) - 'a') : 0;
    if (!begun(question)) {
        question->line = aiken->line;
        fault(aiken, AIKEN_ALONE, aiken->line);
    } else if (!form) {
        fault(aiken, AIKEN_FORM, aiken->line);
    } else if (question->count && right >= question->count) {
        fault(aiken, AIKEN_UNKNOWN, aiken->line);
    }
    return end_question(aiken, right);
}

/* A line of words behind options is the beginning of the next question: the answer of this one is missing. */
static enum err take_words(struct aiken *aiken, struct span line) {
    struct question *question = &aiken->question;
    enum err err = ERR_NONE;
    if (question->count) {
        fault(aiken, AIKEN_ANSWER, aiken->line);
        err = end_question(aiken, 0);
    }
    note_line(aiken, line);
    if (question->stem.len)
        buf_adds(&question->stem, question->paragraph ? "\n\n" : "\n");
    buf_add(&question->stem, line.at, line.len);
    question->paragraph = false;
    return err;
}

static enum err read_all(struct exchange_reading *reading, const struct charset_text *text) {
    struct aiken aiken = {.reading = reading,
                          .at = text->text,
                          .start = text->text,
                          .end = text->text + text->len,
                          .guessed = charset_guessed(text->charset)};
    buf_init(&aiken.question.stem, STEM_MAX);
    enum err err = ERR_NONE;
    while (err == ERR_NONE && aiken.at < aiken.end) {
        struct span line = next_line(&aiken);
        if (!line.len)
            aiken.question.paragraph = true;
        else if (is_answer(line))
            err = take_answer(&aiken, line);
        else if (is_option(line))
            add_option(&aiken, line);
        else
            err = take_words(&aiken, line);
    }
    if (err == ERR_NONE && begun(&aiken.question)) {
        if (aiken.question.count)
            fault(&aiken, AIKEN_ANSWER, aiken.line);
        err = end_question(&aiken, 0);
    }
    buf_release(&aiken.question.stem);
    return err;
}

enum err exchange_aiken_read(const char *path, const char *bytes, size_t len, const struct exchange_options *options,
                             exchange_sink_fn *sink, void *ctx) {
    return exchange_read_text(EXCHANGE_AIKEN, path, bytes, len, options, sink, ctx, read_all);
}
