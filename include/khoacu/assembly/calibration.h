/* calibration.h: what statistics of real sittings say of a bank's items: the parameters by which a blueprint's information
 * targets are met.
 *
 * Parameters belong to a version: an item that is written anew has none until it is calibrated again. They are brought in by
 * a table, code, a, b and c (2PL without c), all or nothing; the same table twice changes nothing, and what held before stays
 * to be read. Who may draw forms from a topic, or owns the bank, brings them in.
 *
 * Limits: |b| 50, a 20, c 0.99, nine places; the items of a bank.
 *
 * Used by: assembly, api, main. Uses: bank, pool.h, ledger, doc, db. Threads: that of the desk.
 */
#ifndef KHOACU_ASSEMBLY_CALIBRATION_H
#define KHOACU_ASSEMBLY_CALIBRATION_H

#include "khoacu/bank/bank.h"
#include "khoacu/doc/import.h"

struct assembly_calibration {
    const char *code, *topic;
    int64_t item_id, version; /* the newest */
    bool known;               /* the version is calibrated */
    int64_t a, b, c;          /* NANO */
};
/* Every item of the bank by code in byte order, calibrated or not. */
enum err assembly_calibrations_read(const struct bank_desk *desk, int64_t bank_id, struct assembly_calibration **ret_list,
                                    size_t *ret_count) MUST_CHECK;
/* NULL: no such code. */
struct assembly_calibration *assembly_calibration_find(struct assembly_calibration *list, size_t count, const char *code);

/* Of one version: item_id, version, known and what holds. The caller has shown that the item may be seen. */
enum err assembly_calibration_of(const struct bank_desk *desk, int64_t item_id, int64_t version,
                                 struct assembly_calibration *ret_calibration) MUST_CHECK;

/* Columns code, a, b, c. `imported`: items that had none; `changed`: other parameters than before. Side effects: event
 * assembly.calibrations_import. */
extern const struct import_column ASSEMBLY_CALIBRATION_COLUMNS[];
enum err assembly_import_calibrations(const struct bank_desk *desk, const struct import_request *request,
                                      struct import_report *report) MUST_CHECK;

#endif
