/* cycle_import.h: what the two imports of a cycle have in common. Used by: cycle_posts_import, cycle_candidates_import.
 */
#ifndef KHOACU_SERVER_CYCLE_CYCLE_IMPORT_H
#define KHOACU_SERVER_CYCLE_CYCLE_IMPORT_H

#include "khoacu/cycle/cycle.h"

struct cycle_import {
    struct arena *arena;
    const struct import_request *request;
    struct import_report *report;
    struct import_table table;
    struct import_mark mark;
    struct cycle cycle;
    enum cycle_state state; /* as locked by the transaction */
    size_t count;           /* rows of the table */
};

/* Finds the cycle and reads the file. *ret_open false: the report says why not, and there is nothing more to do. */
enum err cycle_import_open(struct cycle_import *import, struct db *db, const struct import_column *columns,
                           size_t rows_max, bool *ret_open) MUST_CHECK;
/* Begins the body of the transaction: forgets what an earlier attempt found, locks the cycle. */
enum err cycle_import_begin(struct cycle_import *import, struct db *db) MUST_CHECK;
/* Refuses a cell that is longer than `max` code points or has control characters. */
void cycle_import_check_text(struct cycle_import *import, size_t row, size_t column, size_t max);
/* Rows in order of the text under `column`, equal ones in the order of the file. NULL: no memory. */
struct cycle_import_key {
    const char *text, *second;
    size_t row;
};
struct cycle_import_key *cycle_import_sorted(struct cycle_import *import, size_t column, size_t second_column);

#endif
