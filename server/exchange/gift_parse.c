#include "gift.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { LINES_MAX = 20000, TAGS_MAX = 50 };

static bool blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

static struct gift_span trimmed(struct gift_span span) {
    while (span.len && blank(span.at[span.len - 1]))
        span.len--;
    while (span.len && blank(span.at[0])) {
        span.at++;
        span.len--;
    }
    return span;
}

static bool begins(struct gift_span span, const char *word) {
    return span.len >= strlen(word) && memcmp(span.at, word, strlen(word)) == 0;
}

void gift_open(struct gift_reader *reader, const char *text, size_t len) {
    *reader = (struct gift_reader){.at = text, .end = text + len, .line = 1};
}

/* The line at hand without its end; `ret_next` the start of the one behind it. A lone CR ends a line too. */
static struct gift_span peek_line(const char *at, const char *end, const char **ret_next) {
    const char *stop = at;
    while (stop < end && *stop != '\n' && *stop != '\r')
        stop++;
    *ret_next = stop == end ? end : stop + 1 < end && stop[0] == '\r' && stop[1] == '\n' ? stop + 2 : stop + 1;
    return (struct gift_span){at, (size_t)(stop - at)};
}

/* ---- comments ---- */

static char *copy(struct arena *arena, struct gift_span span) {
    return arena_strndup(arena, span.at, span.len);
}

static void read_mark(struct arena *arena, struct gift_span mark, struct gift_question *question, const char **tags) {
    if (begins(mark, "id:"))
        question->id = copy(arena, trimmed((struct gift_span){mark.at + 3, mark.len - 3}));
    else if (begins(mark, "tag:") && question->tag_count < TAGS_MAX)
        tags[question->tag_count++] = copy(arena, trimmed((struct gift_span){mark.at + 4, mark.len - 4}));
}

static void read_comment(struct arena *arena, struct gift_span line, struct gift_question *question,
                         const char **tags) {
    struct gift_span rest = trimmed((struct gift_span){line.at + 2, line.len - 2});
    if (begins(rest, "khoacu:")) {
        question->own = copy(arena, trimmed((struct gift_span){rest.at + 7, rest.len - 7}));
        return;
    }
    for (size_t i = 0; i < rest.len; i++) {
        const char *close = rest.at[i] == '[' ? memchr(rest.at + i, ']', rest.len - i) : NULL;
        if (!close)
            continue;
        size_t end = (size_t)(close - rest.at);
        read_mark(arena, (struct gift_span){rest.at + i + 1, end - i - 1}, question, tags);
        i = end;
    }
}

/* ---- blocks ---- */

struct gathering {
    struct arena *arena;
    char *text;
    size_t len, size;
    size_t *offsets, *lines, line_count;
    int depth; /* 1 inside braces */
    const char *closed; /* behind the line that is known to close them */
    bool too_long;
};

static void count_braces(struct gathering *block, struct gift_span line) {
    for (size_t i = 0; i < line.len; i++) {
        if (line.at[i] == '\\')
            i++;
        else if (line.at[i] == '{')
            block->depth = 1;
        else if (line.at[i] == '}')
            block->depth = 0;
    }
}

static void add_line(struct gathering *block, struct gift_span line, size_t number) {
    if (block->line_count == LINES_MAX || block->len + line.len + 2 > GIFT_QUESTION_MAX + 2) {
        block->too_long = true;
        count_braces(block, line);
        if (block->line_count) /* else its line stands empty, so that the question has a place and ends where it ends */
            return;
        line.len = 0;
    }
    if (block->len + line.len + 2 > block->size) {
        size_t size = block->size * 2 + line.len + 1024;
        char *larger = arena_alloc(block->arena, size);
        if (!larger)
            return;
        if (block->len)
            memcpy(larger, block->text, block->len);
        block->text = larger;
        block->size = size;
    }
    if (block->line_count % 64 == 0) {
        size_t *offsets = ARENA_ARRAY(block->arena, block->line_count + 64, size_t);
        size_t *lines = ARENA_ARRAY(block->arena, block->line_count + 64, size_t);
        if (!offsets || !lines)
            return;
        if (block->line_count) {
            memcpy(offsets, block->offsets, block->line_count * sizeof *offsets);
            memcpy(lines, block->lines, block->line_count * sizeof *lines);
        }
        block->offsets = offsets;
        block->lines = lines;
    }
    block->offsets[block->line_count] = block->len;
    block->lines[block->line_count++] = number;
    if (line.len)
        memcpy(block->text + block->len, line.at, line.len);
    block->len += line.len;
    block->text[block->len++] = '\n';
    block->text[block->len] = '\0';
    count_braces(block, line);
}

/* Whether the braces that are open are closed further down before another question begins. What was found is remembered: a
 * question with thousands of blank lines is looked through once. */
static bool closes_later(struct gathering *block, const char *at, const char *end) {
    if (block->closed && at < block->closed)
        return true;
    for (size_t lines = 0; at < end && lines < LINES_MAX; lines++) {
        struct gift_span line = trimmed(peek_line(at, end, &at));
        if (begins(line, "::") || begins(line, "$CATEGORY:"))
            return false;
        if (begins(line, "//"))
            continue;
        for (size_t i = 0; i < line.len; i++) {
            if (line.at[i] == '\\')
                i++;
            else if (line.at[i] == '{')
                return false;
            else if (line.at[i] == '}') {
                block->closed = at;
                return true;
            }
        }
    }
    return false;
}

/* Lines up to a blank one; comments and categories are taken out. False: nothing is left in the file. */
static bool gather(struct gift_reader *reader, struct gathering *block, struct gift_question *question) {
    const char *tags[TAGS_MAX];
    const char *next;
    while (reader->at < reader->end) {
        struct gift_span whole = peek_line(reader->at, reader->end, &next), line = trimmed(whole);
        bool category = begins(line, "$CATEGORY:");
        if (block->line_count && (category || (!line.len && !(block->depth && closes_later(block, next, reader->end)))))
            break;
        if (category)
            reader->category = trimmed((struct gift_span){line.at + 10, line.len - 10});
        else if (begins(line, "//"))
            read_comment(block->arena, line, question, tags);
        else if (line.len || block->line_count)
            add_line(block, whole, reader->line);
        if (block->arena->failed)
            return false;
        reader->at = next;
        reader->line++;
    }
    const char **kept = ARENA_ARRAY(block->arena, question->tag_count + 1, const char *);
    if (kept && question->tag_count)
        memcpy(kept, tags, question->tag_count * sizeof *kept);
    question->tags = kept;
    return block->line_count > 0;
}

size_t gift_line_of(const struct gift_block *block, size_t offset) {
    size_t line = block->line_count ? block->lines[0] : 0;
    for (size_t i = 0; i < block->line_count && block->offsets[i] <= offset; i++)
        line = block->lines[i];
    return line;
}

/* ---- texts ---- */

size_t gift_find(const struct gift_block *block, size_t from, size_t to, const char *signs) {
    for (size_t i = from; i < to; i++) {
        if (block->text[i] == '\\')
            i++;
        else if (strchr(signs, block->text[i]))
            return i;
    }
    return to;
}

static size_t read_format(const struct gift_block *block, size_t from, size_t to, enum gift_format *ret_format) {
    static const struct {
        const char *word;
        enum gift_format format;
    } FORMATS[] = {{"[moodle]", GIFT_MOODLE}, {"[html]", GIFT_HTML}, {"[markdown]", GIFT_MARKDOWN}, {"[plain]", GIFT_PLAIN}};
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
        size_t len = strlen(FORMATS[i].word);
        if (to - from >= len && strncasecmp(block->text + from, FORMATS[i].word, len) == 0) {
            *ret_format = FORMATS[i].format;
            return from + len;
        }
    }
    return from;
}

struct gift_text gift_rich(struct gift_block *block, size_t from, size_t to, enum gift_format format) {
    struct gift_text result = {.format = format};
    while (from < to && blank(block->text[from]))
        from++;
    from = read_format(block, from, to, &result.format);
    while (from < to && blank(block->text[from]))
        from++;
    while (to > from && blank(block->text[to - 1]))
        to--;
    char *out = from < to ? arena_alloc(block->arena, to - from + 1) : NULL;
    if (!out)
        return result;
    bool fold = result.format == GIFT_MOODLE || result.format == GIFT_PLAIN;
    size_t len = 0;
    for (size_t i = from; i < to; i++) {
        char c = block->text[i];
        if (c == '\\' && i + 1 < to && strchr("\\:~=#{}n", block->text[i + 1])) {
            i++;
            out[len++] = block->text[i] == 'n' ? '\n' : block->text[i];
        } else if (fold && blank(c)) {
            if (!len || out[len - 1] != ' ')
                out[len++] = ' ';
        } else {
            out[len++] = c;
        }
    }
    out[len] = '\0';
    result.text = out;
    return result;
}

/* ---- questions ---- */

static enum gift_fault read_title(struct gift_block *block, size_t *at, struct gift_question *question) {
    while (*at < block->len && blank(block->text[*at]))
        ++*at;
    if (strncmp(block->text + *at, "::", 2) != 0)
        return GIFT_FINE;
    size_t from = *at + 2;
    for (size_t i = from; i + 1 < block->len; i++) {
        if (block->text[i] == '\\') {
            i++;
        } else if (block->text[i] == ':' && block->text[i + 1] == ':') {
            struct gift_text title = gift_rich(block, from, i, GIFT_PLAIN);
            question->title = title.text;
            *at = i + 2;
            return GIFT_FINE;
        }
    }
    block->fault_at = *at;
    return GIFT_TITLE_OPEN;
}

static void join_stem(struct gift_block *block, struct gift_question *question, size_t from, size_t to) {
    struct gift_text tail = gift_rich(block, from, to, question->stem.format);
    if (!tail.text)
        return;
    const char *head = question->stem.text;
    question->stem.text = arena_printf(block->arena, "%s%s_____ %s", head ? head : "", head ? " " : "", tail.text);
    question->embedded = true;
}

static enum gift_fault read_question(struct gift_block *block, struct gift_question *question) {
    size_t at = 0;
    enum gift_fault fault = read_title(block, &at, question);
    if (fault != GIFT_FINE)
        return fault;
    size_t open = gift_find(block, at, block->len, "{}");
    question->stem = gift_rich(block, at, open, GIFT_MOODLE);
    if (open == block->len)
        return question->stem.text ? GIFT_FINE : GIFT_STEM_EMPTY;
    block->fault_at = open;
    if (block->text[open] == '}')
        return GIFT_BRACE_STRAY;
    size_t close = gift_find(block, open + 1, block->len, "{}");
    if (close == block->len)
        return GIFT_BRACE_OPEN;
    size_t more = block->text[close] == '{' ? close : gift_find(block, close + 1, block->len, "{}");
    if (more < block->len) {
        block->fault_at = more;
        return block->text[more] == '{' ? GIFT_BRACE_TWICE : GIFT_BRACE_STRAY;
    }
    fault = gift_answers(block, open + 1, close, question);
    if (fault != GIFT_FINE)
        return fault;
    join_stem(block, question, close + 1, block->len);
    block->fault_at = at;
    return question->stem.text ? GIFT_FINE : GIFT_STEM_EMPTY;
}

bool gift_next(struct gift_reader *reader, struct arena *arena, struct gift_question *ret_question,
               enum gift_fault *ret_fault, size_t *ret_line) {
    struct gathering gathering = {.arena = arena};
    struct gift_question *question = ret_question;
    *question = (struct gift_question){.kind = GIFT_DESCRIPTION};
    if (!gather(reader, &gathering, question))
        return false;
    while (gathering.len && blank(gathering.text[gathering.len - 1]))
        gathering.text[--gathering.len] = '\0';
    struct gift_block block = {.arena = arena,
                               .text = gathering.text,
                               .len = gathering.len,
                               .offsets = gathering.offsets,
                               .lines = gathering.lines,
                               .line_count = gathering.line_count};
    question->block = block.text;
    question->line = block.lines[0];
    if (reader->category.len)
        question->category = copy(arena, reader->category);
    for (size_t i = 0; i < block.len; i++)
        question->foreign |= (block.text[i] & 0x80) != 0;
    *ret_fault = gathering.too_long ? GIFT_TOO_LONG : read_question(&block, question);
    *ret_line = *ret_fault == GIFT_TOO_LONG ? question->line : gift_line_of(&block, block.fault_at);
    return true;
}
