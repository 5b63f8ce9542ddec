#include "rich.h"

#include <stdbool.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* REACH_MAX: how far a sign looks for the one that closes it. */
enum { DEPTH_MAX = 8, COLUMNS_MAX = 20, REACH_MAX = 4096 };

struct span {
    const char *at;
    size_t len;
};

static struct span cut(struct span span, size_t from) {
    return (struct span){span.at + from, span.len - from};
}

static struct span trim(struct span span) {
    while (span.len && strchr(" \t\r", span.at[span.len - 1]))
        span.len--;
    while (span.len && strchr(" \t", span.at[0]))
        span = cut(span, 1);
    return span;
}

static bool word_char(char c) {
    return (c & 0x80) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- within a paragraph ---- */

static void put_inline(struct buf *out, struct span text, int depth);

/* Offset of the closing mark of `size` times `mark` behind `from`, or 0. */
static size_t closing(struct span text, size_t from, char mark, size_t size) {
    for (size_t i = from; i + size <= text.len && i < from + REACH_MAX; i++) {
        if (text.at[i] == '\\') {
            i++;
            continue;
        }
        size_t run = 0;
        while (i + run < text.len && text.at[i + run] == mark)
            run++;
        bool word = mark == '_' && i + run < text.len && word_char(text.at[i + run]);
        if (run == size && i > from && !strchr(" \t\n", text.at[i - 1]) && !word)
            return i;
        i += run ? run - 1 : 0;
    }
    return 0;
}

static size_t put_emphasis(struct buf *out, struct span text, size_t at, int depth) {
    static const char *const OPEN[] = {"", "<em>", "<strong>", "<strong><em>"};
    static const char *const CLOSE[] = {"", "</em>", "</strong>", "</em></strong>"};
    char mark = text.at[at];
    size_t size = 1;
    while (at + size < text.len && text.at[at + size] == mark)
        size++;
    bool inside = mark == '_' && at > 0 && word_char(text.at[at - 1]);
    if (size > 3 || inside || at + size == text.len || strchr(" \t\n", text.at[at + size]))
        return 0;
    size_t end = closing(text, at + size, mark, size);
    if (!end)
        return 0;
    buf_adds(out, OPEN[size]);
    put_inline(out, (struct span){text.at + at + size, end - at - size}, depth + 1);
    buf_adds(out, CLOSE[size]);
    return end + size - at;
}

static size_t put_code(struct buf *out, struct span text, size_t at) {
    size_t size = 1;
    while (at + size < text.len && text.at[at + size] == '`')
        size++;
    for (size_t i = at + size; i < text.len && i < at + REACH_MAX; i++) {
        size_t run = 0;
        while (i + run < text.len && text.at[i + run] == '`')
            run++;
        if (run == size) {
            buf_adds(out, "<code>");
            for (size_t k = at + size; k < i; k++)
                rich_put_char(out, text.at[k]);
            buf_adds(out, "</code>");
            return i + run - at;
        }
        i += run ? run - 1 : 0;
    }
    return 0;
}

/* [words](address) and ![words](address "title"). */
static size_t put_link(struct buf *out, struct span text, size_t at, int depth) {
    bool image = text.at[at] == '!';
    size_t from = at + (image ? 2 : 1);
    if (image && (at + 1 >= text.len || text.at[at + 1] != '['))
        return 0;
    size_t reach = from >= text.len ? 0 : text.len - from < REACH_MAX ? text.len - from : REACH_MAX;
    const char *middle = reach ? memmem(text.at + from, reach, "](", 2) : NULL;
    if (!middle)
        return 0;
    struct span words = {text.at + from, (size_t)(middle - text.at) - from};
    size_t start = (size_t)(middle - text.at) + 2;
    reach = text.len - start < REACH_MAX ? text.len - start : REACH_MAX;
    const char *end = memchr(text.at + start, ')', reach);
    if (!end || memchr(words.at, '\n', words.len))
        return 0;
    struct span address = trim((struct span){text.at + start, (size_t)(end - text.at) - start});
    const char *space = memchr(address.at, ' ', address.len);
    if (space)
        address.len = (size_t)(space - address.at);
    if (image) {
        buf_adds(out, "<img src=\"");
        rich_put_words(out, address.at, address.len);
        buf_adds(out, "\" alt=\"");
        rich_put_words(out, words.at, words.len);
        buf_adds(out, "\"/>");
    } else {
        put_inline(out, words, depth + 1);
        buf_adds(out, " (");
        rich_put_words(out, address.at, address.len);
        buf_adds(out, ")");
    }
    return (size_t)(end - text.at) + 1 - at;
}

/* What begins at `at` with a sign of markdown: how much of the text it took, 0 when the sign is a letter. */
static size_t put_sign(struct buf *out, struct span text, size_t at, int depth) {
    size_t len;
    switch (text.at[at]) {
    case '\\':
        if (at + 1 == text.len || !strchr("\\`*_{}[]()#+-.!|<>~", text.at[at + 1]))
            return 0;
        rich_put_char(out, text.at[at + 1]);
        return 2;
    case '*':
    case '_':
        return depth < DEPTH_MAX ? put_emphasis(out, text, at, depth) : 0;
    case '`':
        return put_code(out, text, at);
    case '!':
    case '[':
        return depth < DEPTH_MAX ? put_link(out, text, at, depth) : 0;
    case '<':
    case '&':
        len = text.at[at] == '<' ? rich_tag(text.at + at, text.len - at) : rich_entity(text.at + at, text.len - at);
        buf_add(out, text.at + at, len);
        return len;
    case '\n':
        if (at >= 2 && text.at[at - 1] == ' ' && text.at[at - 2] == ' ')
            buf_adds(out, "<br/>");
        else
            buf_addc(out, ' ');
        return 1;
    default:
        return 0;
    }
}

static void put_inline(struct buf *out, struct span text, int depth) {
    for (size_t i = 0; i < text.len;) {
        size_t taken = put_sign(out, text, i, depth);
        if (!taken && (text.at[i] == '*' || text.at[i] == '_' || text.at[i] == '`')) {
            char mark = text.at[i];
            for (; i < text.len && text.at[i] == mark; i++)
                buf_addc(out, mark);
            continue;
        }
        if (!taken && text.at[i] != '\r')
            rich_put_char(out, text.at[i]);
        i += taken ? taken : 1;
    }
}

/* ---- blocks ---- */

static void put_blocks(struct buf *out, struct span text, int depth);

static struct span next_line(struct span *rest) {
    const char *end = memchr(rest->at, '\n', rest->len);
    struct span line = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
    *rest = cut(*rest, end ? line.len + 1 : line.len);
    return line;
}

static size_t indent(struct span line) {
    size_t blanks = 0;
    for (size_t i = 0; i < line.len && strchr(" \t", line.at[i]); i++)
        blanks += line.at[i] == '\t' ? 4 : 1;
    return blanks;
}

/* Width of the sign of a list entry ("- ", "12. ") in a line without indent, or 0. */
static size_t list_sign(struct span line, bool *ret_ordered) {
    size_t digits = 0;
    while (digits < line.len && digits < 9 && line.at[digits] >= '0' && line.at[digits] <= '9')
        digits++;
    size_t sign = digits;
    bool ordered = digits > 0 && sign < line.len && strchr(".)", line.at[sign]);
    bool bullet = !digits && line.len && strchr("-*+", line.at[0]);
    *ret_ordered = ordered;
    return (ordered || bullet) && sign + 1 < line.len && line.at[sign + 1] == ' ' ? sign + 2 : 0;
}

static struct span without_indent(struct span line, size_t width) {
    while (width && line.len && strchr(" \t", line.at[0])) {
        width -= line.at[0] == '\t' && width >= 4 ? 4 : 1;
        line = cut(line, 1);
    }
    return line;
}

/* An entry's own lines without their indent, given to put_blocks; lines of one paragraph stay without <p>. */
static void put_entry(struct buf *out, struct span text, int depth) {
    struct buf own;
    bool ordered, nested = false;
    buf_init(&own, out->max);
    struct span rest = text, line = next_line(&rest);
    size_t width = list_sign(trim(line), &ordered);
    buf_add(&own, trim(line).at + width, trim(line).len - width);
    while (rest.len) {
        line = next_line(&rest);
        nested |= list_sign(trim(line), &ordered) != 0 || !trim(line).len;
        buf_addc(&own, '\n');
        line = without_indent(line, width > 2 ? width : 2);
        buf_add(&own, line.at, line.len);
    }
    buf_adds(out, "<li>");
    if (nested && depth < DEPTH_MAX)
        put_blocks(out, (struct span){own.data ? own.data : "", own.len}, depth + 1);
    else
        put_inline(out, (struct span){own.data ? own.data : "", own.len}, depth);
    buf_adds(out, "</li>");
    out->failed |= own.failed;
    buf_release(&own);
}

static struct span put_list(struct buf *out, struct span rest, int depth) {
    bool ordered, other;
    struct span look = rest;
    size_t base = indent(next_line(&look));
    (void)list_sign(trim(rest), &ordered);
    buf_adds(out, ordered ? "<ol>" : "<ul>");
    while (rest.len) {
        look = rest;
        struct span line = next_line(&look);
        if (!list_sign(trim(line), &other) || indent(line) > base + 1 || other != ordered)
            break;
        struct span entry = {rest.at, line.len};
        while (look.len) {
            struct span after = look, more = next_line(&after);
            if (indent(more) < base + 2)
                break;
            entry.len = (size_t)(more.at - rest.at) + more.len;
            look = after;
        }
        put_entry(out, entry, depth);
        rest = look;
    }
    buf_adds(out, ordered ? "</ol>" : "</ul>");
    return rest;
}

static struct span put_fence(struct buf *out, struct span rest) {
    (void)next_line(&rest);
    buf_adds(out, "<pre><code>");
    for (bool first = true; rest.len; first = false) {
        struct span line = next_line(&rest);
        if (trim(line).len >= 3 && memcmp(trim(line).at, "```", 3) == 0)
            break;
        if (!first)
            buf_addc(out, '\n');
        for (size_t i = 0; i < line.len; i++)
            rich_put_char(out, line.at[i]);
    }
    buf_adds(out, "</code></pre>");
    return rest;
}

static struct span put_quote(struct buf *out, struct span rest, int depth) {
    struct buf own;
    buf_init(&own, out->max);
    while (rest.len && trim(rest).len && trim(rest).at[0] == '>') {
        struct span line = trim(next_line(&rest));
        line = cut(line, line.len > 1 && line.at[1] == ' ' ? 2 : 1);
        buf_add(&own, line.at, line.len);
        buf_addc(&own, '\n');
    }
    buf_adds(out, "<blockquote>");
    put_blocks(out, (struct span){own.data ? own.data : "", own.len}, depth + 1);
    buf_adds(out, "</blockquote>");
    out->failed |= own.failed;
    buf_release(&own);
    return rest;
}

/* ---- tables ---- */

static void put_cells(struct buf *out, struct span line, const char *cell, int depth) {
    line = trim(line);
    if (line.len && line.at[0] == '|')
        line = cut(line, 1);
    if (line.len && line.at[line.len - 1] == '|')
        line.len--;
    buf_adds(out, "<tr>");
    for (size_t i = 0, columns = 0; i <= line.len && columns < COLUMNS_MAX; columns++) {
        size_t end = i;
        while (end < line.len && line.at[end] != '|')
            end += line.at[end] == '\\' && end + 1 < line.len ? 2 : 1;
        buf_addf(out, "<%s>", cell);
        put_inline(out, trim((struct span){line.at + i, end - i}), depth);
        buf_addf(out, "</%s>", cell);
        i = end + 1;
    }
    buf_adds(out, "</tr>");
}

static bool table_rule(struct span line) {
    line = trim(line);
    if (line.len < 3 || !memchr(line.at, '|', line.len) || !memchr(line.at, '-', line.len))
        return false;
    for (size_t i = 0; i < line.len; i++)
        if (!strchr("|-: ", line.at[i]))
            return false;
    return true;
}

static bool begins_table(struct span rest) {
    struct span line = next_line(&rest);
    return memchr(line.at, '|', line.len) && rest.len && table_rule(next_line(&rest));
}

static struct span put_table(struct buf *out, struct span rest, int depth) {
    buf_adds(out, "<table><thead>");
    put_cells(out, next_line(&rest), "th", depth);
    (void)next_line(&rest);
    buf_adds(out, "</thead><tbody>");
    while (rest.len) {
        struct span look = rest, line = next_line(&look);
        if (!memchr(line.at, '|', line.len))
            break;
        put_cells(out, line, "td", depth);
        rest = look;
    }
    buf_adds(out, "</tbody></table>");
    return rest;
}

/* ---- paragraphs ---- */

static size_t heading(struct span line) {
    size_t marks = 0;
    while (marks < line.len && line.at[marks] == '#')
        marks++;
    return marks >= 1 && marks <= 6 && marks < line.len && line.at[marks] == ' ' ? marks + 1 : 0;
}

static bool begins_block(struct span rest) {
    bool ordered;
    struct span look = rest, line = trim(next_line(&look));
    return !line.len || line.at[0] == '>' || (line.len >= 3 && memcmp(line.at, "```", 3) == 0) || heading(line) ||
           list_sign(line, &ordered) || begins_table(rest);
}

static struct span put_paragraph(struct buf *out, struct span rest, int depth) {
    struct span look = rest, line = next_line(&look);
    size_t marks = heading(trim(line));
    buf_adds(out, marks ? "<p><strong>" : "<p>");
    if (marks) {
        put_inline(out, cut(trim(line), marks), depth);
        buf_adds(out, "</strong></p>");
        return look;
    }
    struct span whole = {rest.at, line.len};
    while (look.len && !begins_block(look)) {
        line = next_line(&look);
        whole.len = (size_t)(line.at - rest.at) + line.len;
    }
    put_inline(out, trim(whole), depth);
    buf_adds(out, "</p>");
    return look;
}

static void put_blocks(struct buf *out, struct span rest, int depth) {
    bool ordered;
    while (rest.len && !out->failed) {
        struct span look = rest, line = trim(next_line(&look));
        bool deep = depth >= DEPTH_MAX;
        if (!line.len)
            rest = look;
        else if (line.len >= 3 && memcmp(line.at, "```", 3) == 0)
            rest = put_fence(out, rest);
        else if (line.at[0] == '>' && !deep)
            rest = put_quote(out, rest, depth);
        else if (list_sign(line, &ordered) && !deep)
            rest = put_list(out, rest, depth);
        else if (begins_table(rest))
            rest = put_table(out, rest, depth);
        else
            rest = put_paragraph(out, rest, depth);
    }
}

void rich_markdown(struct buf *out, const char *text) {
    put_blocks(out, (struct span){text, strlen(text)}, 0);
}
