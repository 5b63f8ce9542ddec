#include "pdf_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define COLUMNS_MAX 40
#define PADDING 4.0

/* A cell at its place. */
struct spot {
    const struct pdf_cell *cell;
    size_t row, column;
    unsigned across, down;
    PangoLayout *layout;
    double height;
};
struct grid {
    struct pdf *pdf;
    const struct pdf_table *table;
    struct spot *spots;
    size_t count;
    double widths[COLUMNS_MAX], wishes[COLUMNS_MAX];
    double *heights; /* by row */
};

/* Puts each cell on the first free place of its row. */
static bool spread(struct grid *grid) {
    const struct pdf_table *table = grid->table;
    size_t at = 0;
    bool *taken = ARENA_ARRAY(&grid->pdf->arena, table->rows * table->columns, bool);
    if (!taken || !grid->spots)
        return false;
    for (size_t row = 0; row < table->rows; row++) {
        size_t column = 0;
        for (size_t i = 0; i < table->row_cells[row]; i++, at++) {
            const struct pdf_cell *cell = &table->cells[at];
            while (column < table->columns && taken[row * table->columns + column])
                column++;
            if (column >= table->columns)
                continue; /* more than the table is wide: not shown */
            struct spot spot = {.cell = cell, .row = row, .column = column, .across = cell->across ? cell->across : 1,
                                .down = cell->down ? cell->down : 1};
            if (spot.across > table->columns - column)
                spot.across = (unsigned)(table->columns - column);
            if (spot.down > table->rows - row)
                spot.down = (unsigned)(table->rows - row);
            for (size_t r = row; r < row + spot.down; r++)
                for (size_t c = column; c < column + spot.across; c++)
                    taken[r * table->columns + c] = true;
            grid->spots[grid->count++] = spot;
        }
    }
    return true;
}

static struct pdf_text *text_of(struct grid *grid, const struct pdf_cell *cell) {
    return cell->text ? cell->text : pdf_words(grid->pdf, "", 0);
}

/* Widths by shares, or by what the cells would like, narrow columns first. */
static void choose_widths(struct grid *grid) {
    const struct pdf_table *table = grid->table;
    double total = 0, left = grid->pdf->column_width, share = 0;
    for (size_t i = 0; table->shares && i < table->columns; i++)
        share += table->shares[i];
    for (size_t i = 0; i < grid->count; i++) {
        const struct spot *spot = &grid->spots[i];
        double wish = pdf_text_width(text_of(grid, spot->cell), table->size) + 2 * PADDING + 2;
        for (unsigned c = 0; c < spot->across; c++)
            if (wish / spot->across > grid->wishes[spot->column + c])
                grid->wishes[spot->column + c] = wish / spot->across;
    }
    for (size_t i = 0; i < table->columns; i++) {
        grid->wishes[i] = grid->wishes[i] > 18 ? grid->wishes[i] : 18;
        total += grid->wishes[i];
    }
    bool done[COLUMNS_MAX] = {0};
    for (size_t round = 0; round < table->columns && share <= 0 && total > left; round++) {
        size_t open = 0;
        for (size_t i = 0; i < table->columns; i++)
            open += !done[i];
        double each = open ? left / (double)open : 0;
        for (size_t i = 0; i < table->columns; i++) {
            if (!done[i] && grid->wishes[i] <= each) {
                done[i] = true;
                left -= grid->wishes[i];
            }
        }
    }
    size_t open = 0;
    for (size_t i = 0; i < table->columns; i++)
        open += !done[i];
    for (size_t i = 0; i < table->columns; i++) {
        if (share > 0)
            grid->widths[i] = grid->pdf->column_width * table->shares[i] / share;
        else
            grid->widths[i] = total <= grid->pdf->column_width || done[i] ? grid->wishes[i] : left / (double)open;
    }
}

static double across(const struct grid *grid, size_t from, size_t count) {
    double width = 0;
    for (size_t i = from; i < from + count; i++)
        width += grid->widths[i];
    return width;
}

static void measure(struct grid *grid) {
    const struct pdf_table *table = grid->table;
    for (size_t i = 0; i < grid->count; i++) {
        struct spot *spot = &grid->spots[i];
        int height = 0;
        double width = across(grid, spot->column, spot->across) - 2 * PADDING;
        spot->layout = pdf_layout_of(text_of(grid, spot->cell), width > 4 ? width : 4, table->size, spot->cell->align, spot->cell->head);
        pango_layout_get_size(spot->layout, NULL, &height);
        spot->height = height / (double)PANGO_SCALE + 2 * PADDING;
        if (spot->down == 1 && spot->height > grid->heights[spot->row])
            grid->heights[spot->row] = spot->height;
    }
    for (size_t i = 0; i < grid->count; i++) { /* what takes several rows makes the last of them taller */
        const struct spot *spot = &grid->spots[i];
        double sum = 0;
        for (size_t row = spot->row; row < spot->row + spot->down; row++)
            sum += grid->heights[row];
        if (sum < spot->height)
            grid->heights[spot->row + spot->down - 1] += spot->height - sum;
    }
}

/* Rows [from, to), which cells hold together, as one block. */
static void add_band(struct grid *grid, size_t from, size_t to, struct pdf_block *block) {
    struct pdf *pdf = grid->pdf;
    block->pieces = ARENA_ARRAY(&pdf->arena, grid->count, struct pdf_piece);
    block->framed = true;
    block->tag = "TR";
    for (size_t row = from; row < to; row++)
        block->height += grid->heights[row];
    for (size_t i = 0; block->pieces && i < grid->count; i++) {
        const struct spot *spot = &grid->spots[i];
        if (spot->row < from || spot->row >= to)
            continue;
        struct pdf_piece *piece = &block->pieces[block->piece_count++];
        *piece = (struct pdf_piece){.text = spot->layout, .tag = spot->cell->head ? "TH" : "TD", .x = across(grid, 0, spot->column),
                                    .width = across(grid, spot->column, spot->across)};
        for (size_t row = from; row < spot->row; row++)
            piece->y += grid->heights[row];
        for (size_t row = spot->row; row < spot->row + spot->down; row++)
            piece->height += grid->heights[row];
    }
}

/* The first row behind `from` that no cell reaches across. */
static size_t band_end(const struct grid *grid, size_t from) {
    size_t end = from + 1;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < grid->count; i++) {
            const struct spot *spot = &grid->spots[i];
            if (spot->row >= from && spot->row < end && spot->row + spot->down > end) {
                end = spot->row + spot->down;
                more = true;
            }
        }
    }
    return end;
}

void pdf_table(struct pdf *pdf, const struct pdf_table *table) {
    size_t cells = 0, heads = 0;
    if (table->rows == 0 || table->columns == 0 || table->columns > COLUMNS_MAX || pdf->err != ERR_NONE)
        return;
    for (size_t row = 0; row < table->rows; row++)
        cells += table->row_cells[row];
    struct grid *grid = ARENA_NEW(&pdf->arena, struct grid);
    struct pdf_block *head = ARENA_ARRAY(&pdf->arena, table->head_rows, struct pdf_block);
    if (!grid || !head)
        return;
    grid->pdf = pdf;
    grid->table = table;
    grid->spots = ARENA_ARRAY(&pdf->arena, cells, struct spot);
    grid->heights = ARENA_ARRAY(&pdf->arena, table->rows, double);
    if (!grid->heights || !spread(grid))
        return;
    choose_widths(grid);
    measure(grid);
    pdf_add(pdf, PDF_BLOCK_SPACE)->height = 3;
    pdf_open(pdf, PDF_KEPT);
    pdf->blocks[pdf->count - 1].tag = "Table";
    for (size_t row = 0, end; row < table->rows; row = end) {
        end = band_end(grid, row);
        struct pdf_block *block = pdf_add(pdf, PDF_BLOCK_CELLS);
        add_band(grid, row, end, block);
        block->keep_next = end <= table->head_rows && end < table->rows;
        if (end <= table->head_rows) {
            head[heads++] = *block;
        } else {
            block->heads = head;
            block->head_count = heads;
        }
    }
    pdf_close(pdf);
    pdf_add(pdf, PDF_BLOCK_SPACE)->height = 5;
}
