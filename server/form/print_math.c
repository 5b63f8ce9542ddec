#include "print_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define PARTS_MAX 400

static struct pdf_math *box(struct print *print, const struct print_node *node);

/* The letters of a token without blanks around and without what is not shown. */
static const char *letters(struct print *print, const struct print_node *node) {
    static const char *const unseen[] = {"\xE2\x81\xA1", "\xE2\x81\xA2", "\xE2\x81\xA3", "\xE2\x81\xA4"};
    struct buf out;
    buf_init(&out, 4096);
    for (const struct print_node *part = node->first; part; part = part->next)
        for (const char *at = part->text; at && *at;) {
            size_t skip = 0;
            for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
                skip = strncmp(at, unseen[i], 3) == 0 ? 3 : skip;
            if (skip == 0 && strchr(" \t\r\n", *at) && (out.len == 0 || !part->next))
                skip = out.len == 0 || at[strspn(at, " \t\r\n")] == '\0';
            if (skip == 0)
                buf_addc(&out, *at);
            at += skip ? skip : 1;
        }
    const char *text = arena_strdup(print->arena, out.data ? out.data : "");
    buf_release(&out);
    return text ? text : "";
}

static bool is_bracket(const struct print_node *node, const char *brackets, struct print *print) {
    if (!print_is(node, "mo"))
        return false;
    const char *sign = letters(print, node);
    return strlen(sign) == 1 && strchr(brackets, *sign);
}

static struct pdf_math *row(struct print *print, const struct print_node **at, bool until_bracket);

/* From an opening bracket to the closing one, or the bracket alone when none follows. */
static struct pdf_math *fenced(struct print *print, const struct print_node **at) {
    const char *open = letters(print, *at);
    int depth = 0;
    bool closed = false;
    for (const struct print_node *node = *at; node && !closed; node = node->next) {
        depth += is_bracket(node, "([{", print) - is_bracket(node, ")]}", print);
        closed = depth == 0;
    }
    *at = (*at)->next;
    if (!closed)
        return pdf_math_token(print->pdf, PDF_MATH_OPERATOR, open);
    struct pdf_math *inner = row(print, at, true);
    const char *close = *at ? letters(print, *at) : "";
    *at = *at ? (*at)->next : NULL;
    return pdf_math_fenced(print->pdf, open, inner, close);
}

static struct pdf_math *row(struct print *print, const struct print_node **at, bool until_bracket) {
    struct pdf_math *parts[PARTS_MAX];
    size_t count = 0;
    while (*at && count < PARTS_MAX) {
        if (until_bracket && is_bracket(*at, ")]}", print))
            break;
        if (is_bracket(*at, "([{", print)) {
            parts[count++] = fenced(print, at);
            continue;
        }
        parts[count++] = box(print, *at);
        *at = (*at)->next;
    }
    return count == 1 ? parts[0] : pdf_math_row(print->pdf, parts, count);
}

static struct pdf_math *row_of(struct print *print, const struct print_node *node) {
    const struct print_node *at = node->first;
    return row(print, &at, false);
}

/* The nth child that is an element. */
static struct pdf_math *child(struct print *print, const struct print_node *node, size_t n) {
    for (const struct print_node *part = node->first; part; part = part->next)
        if (part->tag && n-- == 0)
            return box(print, part);
    return NULL;
}

static struct pdf_math *table(struct print *print, const struct print_node *node) {
    struct pdf_math *cells[PARTS_MAX];
    size_t rows = 0, columns = 0;
    for (const struct print_node *line = node->first; line; line = line->next) {
        size_t wide = 0;
        for (const struct print_node *cell = line->first; cell; cell = cell->next)
            wide += print_is(cell, "mtd");
        rows += print_is(line, "mtr");
        columns = wide > columns ? wide : columns;
    }
    if (rows == 0 || columns == 0 || rows * columns > PARTS_MAX)
        return NULL;
    memset(cells, 0, sizeof cells);
    size_t at = 0;
    for (const struct print_node *line = node->first; line; line = line->next) {
        if (!print_is(line, "mtr"))
            continue;
        size_t column = 0;
        for (const struct print_node *cell = line->first; cell; cell = cell->next)
            if (print_is(cell, "mtd"))
                cells[at * columns + column++] = row_of(print, cell);
        at++;
    }
    return pdf_math_table(print->pdf, cells, rows, columns);
}

static struct pdf_math *token(struct print *print, const struct print_node *node) {
    struct pdf *pdf = print->pdf;
    const char *text = letters(print, node);
    if (*text == '\0')
        return NULL;
    if (print_is(node, "mn"))
        return pdf_math_token(pdf, PDF_MATH_NUMBER, text);
    if (print_is(node, "mi"))
        return pdf_math_token(pdf, PDF_MATH_LETTER, text);
    if (print_is(node, "mo"))
        return pdf_math_token(pdf, PDF_MATH_OPERATOR, strcmp(text, "-") == 0 ? "−" : text);
    return pdf_math_token(pdf, PDF_MATH_TEXT, text);
}

static struct pdf_math *brackets(struct print *print, const struct print_node *node) {
    const char *open = print_attribute(node, "open"), *close = print_attribute(node, "close");
    return pdf_math_fenced(print->pdf, open ? open : "(", row_of(print, node), close ? close : ")");
}

static struct pdf_math *box(struct print *print, const struct print_node *node) {
    struct pdf *pdf = print->pdf;
    if (!node->tag || print_is(node, "mspace") || print_is(node, "mphantom") || print_is(node, "annotation") ||
        print_is(node, "annotation-xml"))
        return NULL;
    if (print_is(node, "mi") || print_is(node, "mn") || print_is(node, "mo") || print_is(node, "mtext") || print_is(node, "ms"))
        return token(print, node);
    if (print_is(node, "mfrac")) {
        const char *thick = print_attribute(node, "linethickness");
        return pdf_math_fraction(pdf, child(print, node, 0), child(print, node, 1), !thick || *thick != '0');
    }
    if (print_is(node, "msqrt"))
        return pdf_math_root(pdf, row_of(print, node), NULL);
    if (print_is(node, "mroot"))
        return pdf_math_root(pdf, child(print, node, 0), child(print, node, 1));
    if (print_is(node, "msub"))
        return pdf_math_scripts(pdf, child(print, node, 0), child(print, node, 1), NULL);
    if (print_is(node, "msup"))
        return pdf_math_scripts(pdf, child(print, node, 0), NULL, child(print, node, 1));
    if (print_is(node, "msubsup"))
        return pdf_math_scripts(pdf, child(print, node, 0), child(print, node, 1), child(print, node, 2));
    if (print_is(node, "munder"))
        return pdf_math_limits(pdf, child(print, node, 0), child(print, node, 1), NULL);
    if (print_is(node, "mover"))
        return pdf_math_limits(pdf, child(print, node, 0), NULL, child(print, node, 1));
    if (print_is(node, "munderover"))
        return pdf_math_limits(pdf, child(print, node, 0), child(print, node, 1), child(print, node, 2));
    if (print_is(node, "mtable"))
        return table(print, node);
    if (print_is(node, "mfenced"))
        return brackets(print, node);
    return row_of(print, node); /* math, mrow, mstyle, semantics, … */
}

struct pdf_math *print_math(struct print *print, const struct print_node *math) {
    return box(print, math);
}
