/* packs.h: rule packs as JSON.
 *
 * Used by: pack_list, pack_post, the command `khoacu pack`.
 */
#ifndef KHOACU_SERVER_API_PACKS_H
#define KHOACU_SERVER_API_PACKS_H

#include "khoacu/cycle/pack.h"

/* What came of a pack's import, as one object. */
void api_put_pack_report(struct arena *arena, struct json_writer *writer, const struct cycle_pack_report *report);
/* A pack of the list, as one object. */
void api_put_pack(struct json_writer *writer, const struct cycle_pack_row *row);

#endif
