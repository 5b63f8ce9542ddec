#include "gift_write.h"

#include "draft.h"
#include "gift.h"
#include "own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

struct writing {
    struct arena *arena;
    struct buf *out;
    const char *lang;
    int64_t points; /* units of DRAFT_WHOLE */
};

static void put_escaped(struct buf *out, const char *text) {
    for (; *text; text++) {
        if (strchr("\\~=#{}:", *text))
            buf_addc(out, '\\');
        if (*text == '\n')
            buf_adds(out, "\\n");
        else if (*text != '\r')
            buf_addc(out, *text);
    }
}

static void put_text(struct writing *writing, const struct item_text *text) {
    const char *markup = exchange_in_lang(text, writing->lang);
    if (markup)
        put_escaped(writing->out, markup);
}

static void put_note(struct writing *writing, const struct item_text *note) {
    if (!note->vi && !note->en)
        return;
    buf_addc(writing->out, '#');
    put_text(writing, note);
}

/* A part of the whole as per cent with at most five decimals, as Moodle has them. */
static void put_percent(struct writing *writing, int64_t units, int64_t whole) {
    __int128 scaled = (__int128)units * DRAFT_WHOLE / (whole > 0 ? whole : DRAFT_WHOLE);
    int64_t percent = scaled > DRAFT_WHOLE ? DRAFT_WHOLE : scaled < -DRAFT_WHOLE ? -DRAFT_WHOLE : (int64_t)scaled;
    buf_addf(writing->out, "%%%s%%", draft_format(writing->arena, percent * 100));
}

/* What an option earns, in units: under MAP its points, otherwise all or nothing. */
static int64_t earned(const struct writing *writing, const struct item *item, const char *credit) {
    int64_t units = 0;
    bool rounded = false;
    if (!credit || !draft_decimal(credit, &units, &rounded))
        return 0;
    return item->rule == ITEM_RULE_MAP ? units : units > 0 ? writing->points : 0;
}

static void put_options(struct writing *writing, const struct item *item) {
    bool several = item->kind == ITEM_MULTIPLE;
    size_t right = 0;
    for (size_t i = 0; i < item->option_count; i++)
        right += earned(writing, item, item->options[i].credit) > 0;
    for (size_t i = 0; i < item->option_count; i++) {
        const struct item_option *option = &item->options[i];
        int64_t units = earned(writing, item, option->credit);
        bool all = units != 0 && units == writing->points;
        buf_adds(writing->out, "\n\t");
        buf_addc(writing->out, !several && all ? '=' : '~');
        if (several && item->rule != ITEM_RULE_MAP && units > 0)
            buf_addf(writing->out, "%%%s%%", draft_share(writing->arena, right));
        else if (units && (several || !all))
            put_percent(writing, units, writing->points);
        put_text(writing, &option->text);
        put_note(writing, &option->note);
    }
    buf_addc(writing->out, '\n');
}

static void put_truefalse(struct writing *writing, const struct item *item) {
    size_t right = 0;
    for (size_t i = 0; i < item->option_count; i++)
        if (item->options[i].credit)
            right = i;
    buf_adds(writing->out, right == 0 ? "TRUE" : "FALSE");
    if (item->option_count != 2)
        return;
    const struct item_text *wrong_note = &item->options[1 - right].note, *right_note = &item->options[right].note;
    bool said = right_note->vi || right_note->en;
    if (said && !wrong_note->vi && !wrong_note->en)
        buf_addc(writing->out, '#');
    put_note(writing, wrong_note);
    put_note(writing, right_note);
}

static const struct item_option *column_of(const struct item *item, const char *row) {
    for (size_t i = 0; i < item->pair_count; i++)
        for (size_t k = 0; k < item->column_count; k++)
            if (strcmp(item->pairs[i].row, row) == 0 && strcmp(item->pairs[i].column, item->columns[k].id) == 0)
                return &item->columns[k];
    return NULL;
}

static void put_match(struct writing *writing, const struct item_option *row, const struct item_option *column) {
    buf_adds(writing->out, "\n\t=");
    if (row)
        put_text(writing, &row->text);
    buf_adds(writing->out, " -> ");
    const char *markup = column ? exchange_in_lang(&column->text, writing->lang) : NULL;
    const char *words = markup ? exchange_words(writing->arena, markup) : NULL;
    if (words)
        put_escaped(writing->out, words);
}

static void put_matches(struct writing *writing, const struct item *item) {
    for (size_t i = 0; i < item->option_count; i++)
        put_match(writing, &item->options[i], column_of(item, item->options[i].id));
    for (size_t k = 0; k < item->column_count; k++) {
        bool used = false;
        for (size_t i = 0; i < item->option_count && !used; i++)
            used = column_of(item, item->options[i].id) == &item->columns[k];
        if (!used)
            put_match(writing, NULL, &item->columns[k]);
    }
    buf_addc(writing->out, '\n');
}

/* A tolerance as GIFT has it: an amount. A part of the value is one to seven decimals. */
static const char *tolerance_of(struct writing *writing, const struct item_accepted *accepted) {
    int64_t value = 0, part = 0;
    bool rounded = false;
    if (!accepted->relative)
        return accepted->tolerance;
    if (!draft_decimal(accepted->value, &value, &rounded) || !draft_decimal(accepted->tolerance, &part, &rounded))
        return NULL;
    __int128 amount = (__int128)(value < 0 ? -value : value) * part / DRAFT_WHOLE;
    return amount > INT64_MAX ? NULL : draft_format(writing->arena, (int64_t)amount);
}

static void put_accepted(struct writing *writing, const struct item *item) {
    bool numeric = item->kind == ITEM_NUMERIC;
    if (numeric)
        buf_addc(writing->out, '#');
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *accepted = &item->accepted[i];
        int64_t units = DRAFT_WHOLE;
        bool rounded = false;
        buf_adds(writing->out, "\n\t=");
        if (accepted->credit && draft_decimal(accepted->credit, &units, &rounded) && units != DRAFT_WHOLE)
            put_percent(writing, units, DRAFT_WHOLE);
        if (numeric && accepted->low) {
            buf_addf(writing->out, "%s..%s", accepted->low, accepted->high ? accepted->high : "");
        } else if (numeric) {
            const char *tolerance = tolerance_of(writing, accepted);
            buf_addf(writing->out, "%s%s%s", accepted->value ? accepted->value : "", tolerance ? ":" : "",
                     tolerance ? tolerance : "");
        } else {
            put_escaped(writing->out, accepted->value ? accepted->value : "");
        }
        put_note(writing, &accepted->note);
    }
    buf_addc(writing->out, '\n');
}

static void put_answers(struct writing *writing, const struct item *item) {
    buf_addc(writing->out, '{');
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_GRADED:
        put_options(writing, item);
        break;
    case ITEM_TRUEFALSE:
        put_truefalse(writing, item);
        break;
    case ITEM_MATCHING:
        put_matches(writing, item);
        break;
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        put_accepted(writing, item);
        break;
    case ITEM_ORDERING:
    case ITEM_INLINE:
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    if (item->rationale.vi || item->rationale.en) {
        buf_adds(writing->out, "####");
        put_text(writing, &item->rationale);
    }
    buf_addc(writing->out, '}');
}

void gift_put(struct arena *arena, struct buf *out, const struct item *item, const char *lang) {
    struct writing writing = {.arena = arena, .out = out, .lang = lang, .points = DRAFT_WHOLE};
    bool rounded = false;
    if (item->points)
        (void)draft_decimal(item->points, &writing.points, &rounded);
    if (item->title) {
        buf_adds(out, "::");
        put_escaped(out, item->title);
        buf_adds(out, "::");
    }
    buf_adds(out, "[html]");
    put_text(&writing, &item->body);
    if (item->kind != ITEM_STIMULUS)
        put_answers(&writing, item);
}

/* Blanks at the ends of lines and blocks are lost on the way. */
static bool same_but_ends(const char *a, const char *b) {
    size_t a_len = strlen(a), b_len = strlen(b);
    while (a_len && strchr(" \t\n", a[a_len - 1]))
        a_len--;
    while (b_len && strchr(" \t\n", b[b_len - 1]))
        b_len--;
    return a_len == b_len && memcmp(a, b, a_len) == 0;
}

bool gift_same(struct arena *arena, const struct item *item, const char *block) {
    static const char *const LANGS[] = {"vi", "en"};
    bool same = false;
    for (size_t i = 0; i < 2 && !same; i++) {
        struct buf text;
        buf_init(&text, EXCHANGE_ITEM_BYTES_MAX);
        gift_put(arena, &text, item, LANGS[i]);
        same = text.data && !text.failed && same_but_ends(text.data, block);
        buf_release(&text);
    }
    return same;
}

/* ---- files ---- */

struct gift_file {
    FILE *file;
    char topic[256];
};

static enum err open_file(struct exchange_writer *writer) {
    struct gift_file *state = calloc(1, sizeof *state);
    if (!state)
        return ERR_MEMORY;
    writer->state = state;
    state->file = exchange_create(writer->path);
    return state->file ? ERR_NONE : ERR_IO;
}

static enum err add_item(struct exchange_writer *writer, const struct item *item, const struct item_media *media,
                         size_t media_count) {
    struct gift_file *state = writer->state;
    const char *topic = item->meta.topic ? item->meta.topic : "";
    struct buf out;
    (void)media;
    (void)media_count;
    buf_init(&out, EXCHANGE_ITEM_BYTES_MAX);
    if (strcmp(state->topic, topic) != 0) {
        (void)snprintf(state->topic, sizeof state->topic, "%s", topic);
        buf_addf(&out, "$CATEGORY: %s\n\n", topic);
    }
    if (item->meta.external_id && !strpbrk(item->meta.external_id, "[]\r\n"))
        buf_addf(&out, "// [id:%s]\n", item->meta.external_id);
    for (size_t i = 0; i < item->meta.tag_count; i++)
        buf_addf(&out, "// [tag:%s]\n", item->meta.tags[i]);
    buf_adds(&out, "// khoacu: ");
    own_put_stable(&writer->arena, &out, item);
    buf_addc(&out, '\n');
    size_t before = out.len;
    gift_put(&writer->arena, &out, item, writer->options.lang);
    if (out.len - before > GIFT_QUESTION_MAX)
        out.failed = true;
    buf_adds(&out, "\n\n");
    bool written = !out.failed && fwrite(out.data, 1, out.len, state->file) == out.len;
    enum err err = written ? ERR_NONE : out.failed ? ERR_LIMIT : ERR_IO;
    if (!written)
        state->topic[0] = '\0'; /* the line that named it was not written either */
    buf_release(&out);
    return writer->arena.failed ? ERR_MEMORY : err;
}

static enum err close_file(struct exchange_writer *writer) {
    struct gift_file *state = writer->state;
    FILE *file = state->file;
    state->file = NULL;
    bool flushed = fflush(file) == 0;
    return fclose(file) == 0 && flushed ? ERR_NONE : ERR_IO;
}

static void clear(struct exchange_writer *writer) {
    struct gift_file *state = writer->state;
    if (state && state->file)
        (void)fclose(state->file);
    free(state);
}

const struct exchange_writer_ops EXCHANGE_GIFT_OPS = {
    .open = open_file, .add = add_item, .close = close_file, .clear = clear};
