/* panel_private.h: what the files of this module share.
 *
 * Used by: server/panel alone. Threads: as panel.h.
 */
#ifndef KHOACU_SERVER_PANEL_PANEL_PRIVATE_H
#define KHOACU_SERVER_PANEL_PANEL_PRIVATE_H

#include "khoacu/panel/panel.h"

/* Within the transaction of an act on hearing act->id: when all marks are in, settles it by the scheme of the pack, or keeps
 * what the scheme asks for next. */
enum err panel_settle(struct db *db, const struct panel_act *act) MUST_CHECK;

#endif
