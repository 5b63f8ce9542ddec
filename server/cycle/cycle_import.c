#include "cycle_import.h"

#include "khoacu/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum err cycle_import_open(struct cycle_import *import, struct db *db, const struct import_column *columns,
                           size_t rows_max, bool *ret_open) {
    struct import_report *report = import->report;
    const char *code = import->request->cycle_code ? import->request->cycle_code : "";
    import_report_init(report, import->arena, import->request);
    *ret_open = false;
    enum err err = cycle_code_valid(code) ? cycle_find(db, import->arena, code, &import->cycle) : ERR_NONE;
    if (err != ERR_NONE)
        return err;
    if (import->cycle.cycle_id == 0) {
        import_refuse_target(report, "cycle", IMPORT_UNKNOWN, code);
        import_close(report, false);
        return ERR_NONE;
    }
    bool open = import_open(report, import->request, columns, &import->table);
    import->count = open ? import->table.csv.row_count : 0;
    if (open && import->count > rows_max) {
        import_refuse_target(report, "", IMPORT_FILE_LIMIT, "");
        open = false;
    }
    if (!open)
        import_close(report, false);
    *ret_open = open;
    return ERR_NONE;
}

enum err cycle_import_begin(struct cycle_import *import, struct db *db) {
    import_rewind(import->report, &import->table, &import->mark);
    return cycle_lock(db, import->arena, import->cycle.cycle_id, &import->state);
}

void cycle_import_check_text(struct cycle_import *import, size_t row, size_t column, size_t max) {
    const char *text = import_cell(&import->table, row, column);
    if (!import_one_line(text))
        import_refuse(import->report, &import->table, row, column, IMPORT_SYNTAX);
    else if (text_utf8_len(text) > max)
        import_refuse(import->report, &import->table, row, column, IMPORT_LENGTH);
}

static int by_text(const void *a, const void *b) {
    const struct cycle_import_key *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    if (order == 0)
        order = strcmp(x->second, y->second);
    return order != 0 ? order : x->row < y->row ? -1 : 1;
}

struct cycle_import_key *cycle_import_sorted(struct cycle_import *import, size_t column, size_t second_column) {
    struct cycle_import_key *keys = ARENA_ARRAY(import->arena, import->count + 1, struct cycle_import_key);
    for (size_t i = 0; keys && i < import->count; i++)
        keys[i] = (struct cycle_import_key){.text = import_cell(&import->table, i, column),
                                            .second = import_cell(&import->table, i, second_column),
                                            .row = i};
    if (keys)
        qsort(keys, import->count, sizeof *keys, by_text);
    return keys;
}
