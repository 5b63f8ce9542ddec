#include "table.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

static bool guarded(const char *cell) {
    return cell[0] == '\'' && cell[1] && strchr("=+-@\t\r", cell[1]);
}

const char *table_cell(struct draft *draft, const struct table_row *row, enum table_field field) {
    const char *cell = row->cells[field] ? row->cells[field] : "";
    const char *composed = charset_nfc(draft->arena, guarded(cell) ? cell + 1 : cell);
    char *copy = composed ? arena_strdup(draft->arena, composed) : NULL;
    if (!copy)
        return "";
    char *out = copy;
    for (const char *at = copy; *at; at++)
        if (at[0] != '\r' || at[1] != '\n')
            *out++ = *at;
    *out = '\0';
    return text_trim(copy);
}

static const char *markup_of(struct draft *draft, const char *cell) {
    return cell[0] ? draft_markup(draft, table_cell_is_markup(cell) ? RICH_HTML : RICH_PLAIN, cell, NULL) : NULL;
}

struct item_text table_text(struct draft *draft, const char *cell, const char *cell_en) {
    struct item_text text = {0};
    const char *markup = markup_of(draft, cell);
    if (markup)
        text = draft_lang(draft, markup);
    if (cell_en[0])
        text.en = markup_of(draft, cell_en);
    return text;
}

/* ---- options ---- */

struct wanted {
    const char *cell, *cell_en;
    bool changed, changed_en;
};

static size_t gather(struct draft *draft, const struct table_row *row, const bool *changed, struct wanted *wanted) {
    size_t count = 0;
    for (size_t i = 0; i < TABLE_OPTIONS; i++) {
        enum table_field field = TABLE_OPTION_A + (enum table_field)i, english = TABLE_OPTION_A_EN + (enum table_field)i;
        wanted[i] = (struct wanted){.cell = table_cell(draft, row, field),
                                    .cell_en = table_cell(draft, row, english),
                                    .changed = changed[field],
                                    .changed_en = changed[english]};
        if (wanted[i].cell[0] || wanted[i].cell_en[0])
            count = i + 1;
    }
    return count;
}

static enum table_fault put_pairs(struct draft *draft, const struct wanted *wanted, size_t count,
                                  enum table_field *ret_field) {
    struct item *item = &draft->item;
    /* Rows that no cell shows would be lost. */
    if (item->option_count > TABLE_OPTIONS || item->pair_count > item->option_count)
        return TABLE_FAULT_KIND_OWN;
    item->options = ARENA_ARRAY(draft->arena, TABLE_OPTIONS, struct item_option);
    item->pairs = ARENA_ARRAY(draft->arena, TABLE_OPTIONS, struct item_pair);
    item->option_count = item->column_count = item->pair_count = 0;
    for (size_t i = 0; item->options && item->pairs && i < count; i++) {
        *ret_field = TABLE_OPTION_A + (enum table_field)i;
        if (!wanted[i].cell[0] && !wanted[i].cell_en[0])
            return TABLE_FAULT_HOLE;
        enum table_fault fault = table_put_pair(draft, wanted[i].cell, wanted[i].cell_en);
        if (fault != TABLE_FINE)
            return fault;
    }
    return TABLE_FINE;
}

/* An id that no option has: letters may be taken in another order than they stand. */
static const char *free_id(struct draft *draft, const struct item_option *options, size_t count) {
    for (size_t at = count;; at++) {
        const char *id = draft_id(draft, at);
        bool taken = false;
        for (size_t i = 0; i < count && id && !taken; i++)
            taken = strcmp(options[i].id, id) == 0;
        if (!taken)
            return id;
    }
}

enum table_fault table_put_options(struct draft *draft, const struct table_row *row, const bool *changed,
                                   enum table_field *ret_field) {
    struct item *item = &draft->item;
    struct wanted wanted[TABLE_OPTIONS];
    size_t count = gather(draft, row, changed, wanted), hidden = item->option_count > TABLE_OPTIONS;
    bool any = false;
    for (size_t i = 0; i < TABLE_OPTIONS; i++)
        any |= wanted[i].changed || wanted[i].changed_en;
    if (!any)
        return TABLE_FINE;
    if (item->kind == ITEM_MATCHING)
        return put_pairs(draft, wanted, count, ret_field);
    *ret_field = TABLE_OPTION_A + (enum table_field)(count ? count - 1 : 0);
    if (hidden && count < TABLE_OPTIONS)
        return TABLE_FAULT_HOLE;
    size_t total = hidden ? item->option_count : count;
    struct item_option *options = ARENA_ARRAY(draft->arena, total + 1, struct item_option);
    if (!options)
        return TABLE_FINE;
    size_t kept = item->option_count < total ? item->option_count : total;
    if (kept)
        memcpy(options, item->options, kept * sizeof *options);
    for (size_t i = 0; i < count; i++) {
        *ret_field = TABLE_OPTION_A + (enum table_field)i;
        if (!wanted[i].cell[0] && !wanted[i].cell_en[0])
            return TABLE_FAULT_HOLE;
        if (i >= kept)
            options[i].id = free_id(draft, options, i);
        struct item_text text = table_text(draft, wanted[i].cell, wanted[i].cell_en);
        if (wanted[i].changed || i >= kept)
            options[i].text.vi = text.vi;
        if (wanted[i].changed_en || (i >= kept && text.en) || (wanted[i].changed && !text.vi && text.en))
            options[i].text.en = text.en;
    }
    item->options = options;
    item->option_count = total;
    return TABLE_FINE;
}
