#include "gift.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { ANSWERS_MAX = 100, DIGITS_MAX = 18 };

static bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static void trim(const struct gift_block *block, size_t *from, size_t *to) {
    while (*from < *to && blank(block->text[*from]))
        ++*from;
    while (*to > *from && blank(block->text[*to - 1]))
        --*to;
}

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

/* ---- numbers ---- */

/* A decimal as "-3.14"; refuses exponents, blanks within and more than DIGITS_MAX digits on a side. */
static const char *read_decimal(struct gift_block *block, size_t from, size_t to, struct gift_question *question) {
    trim(block, &from, &to);
    size_t size = to - from + 3, len = 0, whole = 0, places = 0;
    char *out = arena_alloc(block->arena, size);
    if (!out || from == to)
        return NULL;
    if (block->text[from] == '-' || block->text[from] == '+') {
        if (block->text[from] == '-')
            out[len++] = '-';
        from++;
    }
    while (from + 1 < to && block->text[from] == '0' && digit(block->text[from + 1]))
        from++;
    for (; from < to && digit(block->text[from]); whole++)
        out[len++] = block->text[from++];
    if (!whole)
        out[len++] = '0';
    if (from < to && (block->text[from] == '.' || block->text[from] == ',')) {
        question->comma |= block->text[from] == ',';
        size_t point = len;
        out[len++] = '.';
        for (from++; from < to && digit(block->text[from]); places++)
            out[len++] = block->text[from++];
        if (!places)
            len = point;
    }
    out[len] = '\0';
    return from == to && (whole || places) && whole <= DIGITS_MAX && places <= DIGITS_MAX ? out : NULL;
}

static bool read_number(struct gift_block *block, size_t from, size_t to, struct gift_question *question,
                        struct gift_number *ret_number) {
    trim(block, &from, &to);
    const char *text = block->text;
    if (from == to || (to - from == 1 && text[from] == '*')) {
        ret_number->kind = GIFT_ANY;
        return true;
    }
    for (size_t i = from; i + 1 < to; i++)
        if (text[i] == '.' && text[i + 1] == '.') {
            *ret_number = (struct gift_number){.kind = GIFT_HIGH_LOW,
                                               .low = read_decimal(block, from, i, question),
                                               .high = read_decimal(block, i + 2, to, question)};
            return ret_number->low && ret_number->high;
        }
    const char *colon = memchr(text + from, ':', to - from);
    size_t split = colon ? (size_t)(colon - text) : to;
    ret_number->kind = colon ? GIFT_RANGE : GIFT_SIMPLE;
    ret_number->number = read_decimal(block, from, split, question);
    if (colon)
        ret_number->range = read_decimal(block, split + 1, to, question);
    return ret_number->number && (!colon || (ret_number->range && ret_number->range[0] != '-'));
}

/* ---- one answer ---- */

/* "%50%" at `*from`; leaves it alone when there is none. */
static enum gift_fault read_weight(struct gift_block *block, size_t *from, size_t to, struct gift_question *question,
                                   struct gift_answer *answer) {
    const char *text = block->text;
    if (*from == to || text[*from] != '%')
        return GIFT_FINE;
    size_t end = *from + 1;
    while (end < to && (digit(text[end]) || strchr("-+.,", text[end])))
        end++;
    if (end == *from + 1 || end == to || text[end] != '%')
        return GIFT_FINE;
    bool comma = question->comma;
    answer->weight = read_decimal(block, *from + 1, end, question);
    question->comma = comma;
    const char *whole = answer->weight ? answer->weight + (answer->weight[0] == '-') : "";
    size_t places = strcspn(whole, ".");
    bool within = places < 3 || (places == 3 && strncmp(whole, "100", 3) == 0 && strspn(whole + 3, ".0") == strlen(whole + 3));
    if (!answer->weight || !within)
        return GIFT_WEIGHT;
    *from = end + 1;
    return GIFT_FINE;
}

static void read_pair(struct gift_block *block, size_t from, size_t to, enum gift_format format,
                      struct gift_answer *answer) {
    for (size_t i = from; i + 1 < to; i++)
        if (block->text[i] == '-' && block->text[i + 1] == '>') {
            answer->text = gift_rich(block, from, i, format);
            struct gift_text match = gift_rich(block, i + 2, to, GIFT_PLAIN);
            answer->match = match.text ? match.text : "";
            return;
        }
}

static enum gift_fault read_answer(struct gift_block *block, size_t from, size_t to, struct gift_question *question,
                                   struct gift_answer *answer) {
    enum gift_format format = question->stem.format;
    block->fault_at = from;
    answer->line = gift_line_of(block, from);
    answer->correct = block->text[from++] == '=';
    trim(block, &from, &to);
    enum gift_fault fault = read_weight(block, &from, to, question, answer);
    if (fault != GIFT_FINE)
        return fault;
    size_t note = gift_find(block, from, to, "#");
    if (note < to)
        answer->feedback = gift_rich(block, note + 1, to, format);
    if (question->kind == GIFT_NUMERICAL)
        return read_number(block, from, note, question, &answer->number) ? GIFT_FINE : GIFT_NUMBER;
    answer->text = gift_rich(block, from, note, format);
    return answer->text.text ? GIFT_FINE : GIFT_ANSWER_EMPTY;
}

/* ---- all answers ---- */

static size_t count_answers(const struct gift_block *block, size_t from, size_t to) {
    size_t count = 0;
    for (size_t at = gift_find(block, from, to, "=~"); at < to; at = gift_find(block, at + 1, to, "=~"))
        count++;
    return count;
}

static bool has_arrow(const struct gift_block *block, size_t from, size_t to) {
    return memmem(block->text + from, to - from, "->", 2) != NULL;
}

/* All begin with '=' and hold "->": pairs. Some do: a fault, as long as there is no '~', before which arrows are words. */
static enum gift_fault look_for_pairs(struct gift_block *block, size_t from, size_t to, bool *ret_pairs) {
    size_t with = 0, count = 0, lacking = to;
    if (gift_find(block, from, to, "~") < to)
        return GIFT_FINE;
    for (size_t at = from; at < to; count++) {
        size_t next = gift_find(block, at + 1, to, "=~"), note = gift_find(block, at + 1, next, "#");
        bool arrow = has_arrow(block, at, note);
        with += arrow;
        if (!arrow)
            lacking = at;
        at = next;
    }
    *ret_pairs = with == count;
    block->fault_at = lacking;
    return with >= 2 && with < count ? GIFT_PAIR : GIFT_FINE;
}

static enum gift_fault read_list(struct gift_block *block, size_t from, size_t to, struct gift_question *question) {
    size_t count = count_answers(block, from, to), first = gift_find(block, from, to, "=~");
    size_t lead = from, lead_end = first;
    trim(block, &lead, &lead_end);
    block->fault_at = lead;
    if (lead < lead_end)
        return GIFT_ANSWER_SIGN;
    if (count > ANSWERS_MAX)
        return GIFT_TOO_MANY;
    bool pairs = false;
    enum gift_fault fault = question->kind == GIFT_NUMERICAL ? GIFT_FINE : look_for_pairs(block, first, to, &pairs);
    if (fault != GIFT_FINE)
        return fault;
    if (question->kind != GIFT_NUMERICAL)
        question->kind = pairs ? GIFT_MATCHING : gift_find(block, first, to, "~") < to ? GIFT_CHOICE : GIFT_SHORT;
    question->answers = ARENA_ARRAY(block->arena, count, struct gift_answer);
    if (!question->answers)
        return GIFT_FINE;
    for (size_t at = first; at < to;) {
        size_t next = gift_find(block, at + 1, to, "=~");
        struct gift_answer *answer = &question->answers[question->answer_count++];
        if (pairs) {
            answer->correct = true;
            answer->line = gift_line_of(block, at);
            read_pair(block, at + 1, next, question->stem.format, answer);
        } else if ((fault = read_answer(block, at, next, question, answer)) != GIFT_FINE) {
            return fault;
        }
        at = next;
    }
    return GIFT_FINE;
}

static bool read_truth(const struct gift_block *block, size_t from, size_t to, bool *ret_truth) {
    static const char *const WORDS[] = {"T", "TRUE", "F", "FALSE"};
    trim(block, &from, &to);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (to - from == strlen(WORDS[i]) && strncasecmp(block->text + from, WORDS[i], to - from) == 0) {
            *ret_truth = i < 2;
            return true;
        }
    return false;
}

/* No '=' and no '~': true, false, one number or one word. */
static enum gift_fault read_bare(struct gift_block *block, size_t from, size_t to, struct gift_question *question) {
    size_t note = gift_find(block, from, to, "#");
    enum gift_format format = question->stem.format;
    if (question->kind != GIFT_NUMERICAL && read_truth(block, from, note, &question->truth)) {
        size_t second = note < to ? gift_find(block, note + 1, to, "#") : to;
        question->kind = GIFT_TRUEFALSE;
        if (note < to)
            question->said[0] = gift_rich(block, note + 1, second, format);
        if (second < to)
            question->said[1] = gift_rich(block, second + 1, to, format);
        return GIFT_FINE;
    }
    struct gift_answer *answer = ARENA_NEW(block->arena, struct gift_answer);
    if (!answer)
        return GIFT_FINE;
    question->single = true;
    question->answers = answer;
    question->answer_count = 1;
    answer->correct = true;
    answer->line = gift_line_of(block, from);
    if (note < to)
        answer->feedback = gift_rich(block, note + 1, to, format);
    if (question->kind == GIFT_NUMERICAL) {
        bool fine = read_number(block, from, note, question, &answer->number) && answer->number.kind != GIFT_ANY;
        return fine ? GIFT_FINE : GIFT_NUMBER;
    }
    question->kind = GIFT_SHORT;
    answer->text = gift_rich(block, from, note, format);
    return answer->text.text ? GIFT_FINE : GIFT_ANSWER_EMPTY;
}

enum gift_fault gift_answers(struct gift_block *block, size_t from, size_t to, struct gift_question *question) {
    trim(block, &from, &to);
    block->fault_at = from;
    question->kind = GIFT_ESSAY;
    for (size_t at = from; at < to; at = gift_find(block, at + 1, to, "#")) {
        if (to - at >= 4 && memcmp(block->text + at, "####", 4) == 0) {
            question->global = gift_rich(block, at + 4, to, question->stem.format);
            to = at;
            trim(block, &from, &to);
            break;
        }
    }
    if (from == to)
        return GIFT_FINE;
    if (block->text[from] == '#') {
        question->kind = GIFT_NUMERICAL;
        from++;
        trim(block, &from, &to);
        if (from == to)
            return GIFT_NUMBER;
    }
    return count_answers(block, from, to) ? read_list(block, from, to, question) : read_bare(block, from, to, question);
}
