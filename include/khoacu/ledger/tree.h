/* tree.h: the tree of the public log (RFC 6962, section 2.1), grown leaf by leaf.
 *
 * It keeps the roots of its whole subtrees alone, so a log of any length takes the same memory; its root can be asked for at every size
 * on the way. Pure: no database, no file.
 *
 *   leaf   SHA-256(00 ‖ entry)
 *   node   SHA-256(01 ‖ left ‖ right)
 *   root   of nothing: SHA-256 of the empty text
 *
 * Used by: main (watch). Uses: crypto. Threads: any, one tree in one of them.
 */
#ifndef KHOACU_LEDGER_TREE_H
#define KHOACU_LEDGER_TREE_H

#include "khoacu/crypto/crypto.h"

#include <stdint.h>

#define LEDGER_TREE_DEPTH 53 /* sizes are integers that JSON can hold */

struct ledger_tree {
    int64_t size;
    uint8_t whole[LEDGER_TREE_DEPTH][CRYPTO_SHA256_LEN]; /* [k]: of 2^k leaves, where bit k of size is set */
};

/* The leaf of the entry (log.h) with this commitment, 64 hexadecimal digits. */
void ledger_tree_leaf(const char commitment[2 * CRYPTO_SHA256_LEN + 1], uint8_t ret_leaf[CRYPTO_SHA256_LEN]);
void ledger_tree_add(struct ledger_tree *tree, const uint8_t leaf[CRYPTO_SHA256_LEN]);
void ledger_tree_root(const struct ledger_tree *tree, uint8_t ret_root[CRYPTO_SHA256_LEN]);

#endif
