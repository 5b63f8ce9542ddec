/* watch.h: a copy of somebody's public log (ledger/log.h), kept by whoever does not want to have to trust him.
 *
 * The folder:
 *   public-key.pem    the log's key, as it was given or first seen
 *   entries.txt       the commitment of each entry, a line each, in order
 *   checkpoint.txt    the newest signed checkpoint that these entries give; whatever was seen before follows from it
 *   contradiction-N.txt, contradiction-N-entries.txt
 *                     a signed checkpoint of N entries that does not go with what is kept, and the entries shown for it
 *
 * Entries go to the disk before the checkpoint over them: after a crash those beyond it are dropped and fetched again.
 *
 * Used by: main (watch). Uses: ledger, crypto. Threads: one, and one process a folder.
 */
#ifndef KHOACU_MAIN_WATCH_H
#define KHOACU_MAIN_WATCH_H

#include "client.h"

#include "khoacu/base/buf.h"
#include "khoacu/ledger/note.h"
#include "khoacu/ledger/tree.h"

#include <stdbool.h>
#include <stdint.h>

enum watch_verdict {
    WATCH_HOLDS,
    WATCH_CONTRADICTED, /* `why` says by what; it is kept in the folder */
    WATCH_FAILED,       /* the work, not the log: no line, no disk; `why` */
    WATCH_ENDING,       /* the program is to end */
};

struct watch {
    const char *dir;
    int lock; /* of the folder; -1: not open */
    struct buf pem, note;
    struct ledger_note kept; /* its text is in `note`; size 0: nothing is kept yet */
    struct ledger_tree tree; /* of the kept entries */
    int64_t added;           /* entries by the last watch_take */
    char why[800];
};

/* Opens a folder, made where there is none, and computes what it holds. `key_file` NULL: the key that is kept or comes with the first
 * checkpoint. */
enum watch_verdict watch_open(struct watch *watch, const char *dir, const char *key_file) MUST_CHECK;
void watch_close(struct watch *watch);
/* Fetches what is new, and keeps it when the signed root is that of all that is kept with it. */
enum watch_verdict watch_take(struct watch *watch, struct client *client) MUST_CHECK;
/* Compares the checkpoints of a file, which somebody else has kept, with the entries that are kept here. */
enum watch_verdict watch_compare(struct watch *watch, const char *path, size_t *ret_count) MUST_CHECK;

#endif
