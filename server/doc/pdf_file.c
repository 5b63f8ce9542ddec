#include "pdf_private.h"

#include "khoacu/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* The library writes neither the language of a document nor words that stand for a picture. They are added behind its
 * file as an update (ISO 32000-1, 7.5.6): the changed objects again, a table of where they are, and a trailer. A file
 * that does not look as expected stays as it is. */

#define OBJECTS_MAX 20000

struct mending {
    struct pdf *pdf;
    struct buf *out;
    size_t start, end; /* of the library's file in `out` */
    long *numbers;     /* of the objects written again */
    size_t *places;
    size_t count;
};

static const char *find(const struct mending *mending, size_t from, const char *what) {
    const char *base = mending->out->data + mending->start;
    size_t len = mending->end - mending->start;
    return from < len ? memmem(base + from, len - from, what, strlen(what)) : NULL;
}

static long number_behind(const struct mending *mending, const char *name) {
    const char *last = NULL, *at = find(mending, 0, "trailer");
    for (; at; at = find(mending, (size_t)(at - mending->out->data) - mending->start + 1, "trailer"))
        last = at;
    const char *found = last ? strstr(last, name) : NULL;
    return found ? strtol(found + strlen(name), NULL, 10) : -1;
}

/* A text in the file's own encoding: UTF-16 with a mark, in hexadecimal, so that nothing needs escapes. */
static void put_text(struct buf *out, const char *words) {
    buf_adds(out, "<FEFF");
    for (const char *at = words; *at; at = g_utf8_next_char(at)) {
        gunichar point = g_utf8_get_char(at);
        if (point > 0xFFFF) {
            point -= 0x10000;
            buf_addf(out, "%04X%04X", 0xD800 + (point >> 10), 0xDC00 + (point & 0x3FF));
        } else {
            buf_addf(out, "%04X", point);
        }
    }
    buf_addc(out, '>');
}

/* Writes the object that begins at `at` (its number) again, with `more` behind the opening of its dictionary. */
static void write_again(struct mending *mending, size_t at, long number, const struct buf *more) {
    const char *object = mending->out->data + mending->start + at;
    const char *open = strstr(object, "<<"), *end = strstr(object, "endobj");
    if (!open || !end || open > end || mending->count >= OBJECTS_MAX)
        return;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add(&text, object, (size_t)(open + 2 - object));
    buf_addc(&text, ' ');
    buf_add(&text, more->data, more->len);
    buf_add(&text, open + 2, (size_t)(end - open - 2));
    buf_adds(&text, "endobj\n");
    mending->numbers[mending->count] = number;
    mending->places[mending->count++] = mending->out->len - mending->start;
    buf_add(mending->out, text.data, text.len);
    buf_release(&text);
}

static void mend_catalogue(struct mending *mending, long root) {
    char head[40];
    struct buf more;
    snprintf(head, sizeof head, "\n%ld 0 obj", root);
    const char *at = find(mending, 0, head);
    buf_init(&more, 4096);
    buf_addf(&more, "/Lang (%s) /ViewerPreferences << /DisplayDocTitle true >>\n", mending->pdf->setup.lang);
    if (at)
        write_again(mending, (size_t)(at + 1 - mending->out->data) - mending->start, root, &more);
    buf_release(&more);
}

/* Structure elements of figures stand in the file in the order in which they were drawn. */
static void mend_figures(struct mending *mending) {
    size_t from = 0;
    for (size_t i = 0; i < mending->pdf->alt_count; i++) {
        const char *base = mending->out->data + mending->start, *at = find(mending, from, "/S /Figure");
        if (!at)
            return;
        from = (size_t)(at - base) + 1;
        const char *head = at;
        while (head > base && strncmp(head, " 0 obj", 6) != 0)
            head--;
        while (head > base && head[-1] >= '0' && head[-1] <= '9')
            head--;
        struct buf more;
        buf_init(&more, 1 << 16);
        buf_adds(&more, "/Alt ");
        put_text(&more, mending->pdf->alts[i]);
        buf_addc(&more, '\n');
        write_again(mending, (size_t)(head - base), strtol(head, NULL, 10), &more);
        buf_release(&more);
    }
}

static void write_trailer(struct mending *mending, long size, long root, long info, long before) {
    struct buf *out = mending->out;
    size_t table = out->len - mending->start;
    buf_adds(out, "xref\n");
    for (size_t i = 0; i < mending->count; i++)
        buf_addf(out, "%ld 1\n%010zu 00000 n \n", mending->numbers[i], mending->places[i]);
    buf_addf(out, "trailer\n<< /Size %ld /Root %ld 0 R /Info %ld 0 R /Prev %ld >>\nstartxref\n%zu\n%%%%EOF\n", size, root, info, before, table);
}

void pdf_mend(struct pdf *pdf, struct buf *out, size_t start) {
    struct mending mending = {.pdf = pdf, .out = out, .start = start, .end = out->len};
    mending.numbers = ARENA_ARRAY(&pdf->arena, pdf->alt_count + 1, long);
    mending.places = ARENA_ARRAY(&pdf->arena, pdf->alt_count + 1, size_t);
    if (out->failed || !mending.numbers || !mending.places)
        return;
    long size = number_behind(&mending, "/Size "), root = number_behind(&mending, "/Root "), info = number_behind(&mending, "/Info ");
    long before = number_behind(&mending, "startxref\n");
    if (size < 0 || root < 0 || info < 0 || before < 0)
        return;
    mend_catalogue(&mending, root);
    mend_figures(&mending);
    if (mending.count > 0)
        write_trailer(&mending, size, root, info, before);
}
