/* imports.h: the kinds of import, each with its function, columns and permission.
 *
 * To add a kind: one row in imports.c. Used by: import_post, import_template_get, the command `khoacu import`.
 */
#ifndef KHOACU_SERVER_API_IMPORTS_H
#define KHOACU_SERVER_API_IMPORTS_H

#include "api.h"

#include "khoacu/doc/import.h"

struct api_import {
    const char *kind; /* "officers" */
    enum api_permission permission;
    bool needs_cycle, needs_bank;
    import_fn *run; /* NULL: run_bank */
    const struct import_column *columns;
    enum err (*run_bank)(const struct bank_desk *desk, const struct import_request *request, struct import_report *report);
};
/* NULL: no such kind. */
const struct api_import *api_import_find(const char *kind);
/* The report as one JSON object. */
void api_put_import_report(struct json_writer *writer, const struct api_import *import,
                           const struct import_report *report);

#endif
