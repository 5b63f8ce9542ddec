/* Any bytes: read without fault; what is read and written again reads as the same cells. */
#include "khoacu/doc/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

static void write_all(const struct csv *csv, struct buf *out) {
    for (size_t k = 0; k < csv->column_count; k++)
        csv_put_plain(out, csv->columns[k], k == 0);
    csv_end_row(out);
    for (size_t i = 0; i < csv->row_count; i++) {
        for (size_t k = 0; k < csv->column_count; k++)
            csv_put_plain(out, csv->rows[i].cells[k], k == 0);
        csv_end_row(out);
    }
}

/* A header that is blank or begins with a mark of byte order, or holds a name with other separators in it, may
 * read differently. */
static bool comes_back(const struct csv *csv) {
    bool named = csv->column_count > 1 && strncmp(csv->columns[0], "\xef\xbb\xbf", 3) != 0;
    for (size_t k = 0; k < csv->column_count; k++)
        named = named && *csv->columns[k] && !strpbrk(csv->columns[k], ",;\t\r\n\"");
    return named;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct buf text;
    struct csv csv = {0}, again = {0};
    struct csv_error error = {0};
    arena_init(&arena, 1 << 26);
    buf_init(&text, 1 << 24);
    if (csv_read(&arena, (const char *)data, size, &csv, &error) != ERR_NONE) {
        must(error.reason && error.line > 0);
    } else if (comes_back(&csv)) {
        write_all(&csv, &text);
        must(!text.failed && csv_read(&arena, text.data, text.len, &again, NULL) == ERR_NONE);
        must(again.column_count == csv.column_count);
        for (size_t i = 0; i < again.row_count && again.row_count == csv.row_count; i++)
            for (size_t k = 0; k < csv.column_count; k++)
                must(strcmp(csv.rows[i].cells[k], again.rows[i].cells[k]) == 0);
    }
    buf_release(&text);
    arena_release(&arena);
    return 0;
}
