#include "khoacu/ledger/tree.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { ENTRY_SIZE = 128 };

void ledger_tree_leaf(const char commitment[2 * CRYPTO_SHA256_LEN + 1], uint8_t ret_leaf[CRYPTO_SHA256_LEN]) {
    char entry[ENTRY_SIZE] = {0}; /* its first byte marks a leaf */
    int len = snprintf(entry + 1, sizeof entry - 1, "{\"c\":\"%.64s\",\"t\":\"event\",\"v\":1}", commitment);
    crypto_sha256(entry, 1 + (size_t)len, ret_leaf);
}

static void join(const uint8_t left[CRYPTO_SHA256_LEN], const uint8_t right[CRYPTO_SHA256_LEN], uint8_t ret_node[CRYPTO_SHA256_LEN]) {
    uint8_t both[1 + 2 * CRYPTO_SHA256_LEN] = {1};
    memcpy(both + 1, left, CRYPTO_SHA256_LEN);
    memcpy(both + 1 + CRYPTO_SHA256_LEN, right, CRYPTO_SHA256_LEN);
    crypto_sha256(both, sizeof both, ret_node);
}

void ledger_tree_add(struct ledger_tree *tree, const uint8_t leaf[CRYPTO_SHA256_LEN]) {
    uint8_t node[CRYPTO_SHA256_LEN];
    int level = 0;
    memcpy(node, leaf, sizeof node);
    for (; level < LEDGER_TREE_DEPTH - 1 && tree->size >> level & 1; level++)
        join(tree->whole[level], node, node);
    memcpy(tree->whole[level], node, sizeof node);
    tree->size++;
}

void ledger_tree_root(const struct ledger_tree *tree, uint8_t ret_root[CRYPTO_SHA256_LEN]) {
    bool begun = false;
    crypto_sha256("", 0, ret_root);
    for (int level = 0; level < LEDGER_TREE_DEPTH; level++) {
        if (!(tree->size >> level & 1))
            continue;
        if (begun)
            join(tree->whole[level], ret_root, ret_root);
        else
            memcpy(ret_root, tree->whole[level], CRYPTO_SHA256_LEN);
        begun = true;
    }
}
