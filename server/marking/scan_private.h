/* scan_private.h: what the files of scans share.
 *
 * Used by: scan.c, scan_import.c, scan_print.c.
 */
#ifndef KHOACU_SERVER_MARKING_SCAN_PRIVATE_H
#define KHOACU_SERVER_MARKING_SCAN_PRIVATE_H

#include "khoacu/ledger/ledger.h"
#include "khoacu/marking/scan.h"

#define SCAN_QR_PREFIX "KHOACU:S:"

/* The word of a function of the schema. ERR_STATE: none that is known. */
enum err scan_word(const struct db_row *row, enum scan_verdict *ret_verdict) MUST_CHECK;
/* An event about a bag. */
enum err scan_event(struct db *db, struct arena *arena, const struct scan_actor *actor, const char *act, int64_t bag_id,
                    const char *details) MUST_CHECK;
/* Codes of the sheets of a bag, in the order of the print; room for SCAN_SHEETS_MAX. */
enum err scan_codes(struct db *db, struct arena *arena, int64_t bag_id, int64_t *ret_ids, size_t *ret_count) MUST_CHECK;

#endif
