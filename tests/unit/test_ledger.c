/* The tree and the notes of the public log, without a database. */
#include "unit.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/crypto/sign.h"
#include "khoacu/ledger/note.h"
#include "khoacu/ledger/tree.h"

#include <stdlib.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

/* Eight entries and the roots of the first 0 to 8 of them, which implementations of RFC 6962 hold themselves to. */
static const char *const ENTRIES[] = {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const ROOTS[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void the_known_roots_come_out(void **state) {
    (void)state;
    struct ledger_tree tree = {0};
    for (size_t size = 0; size <= LENGTH(ENTRIES); size++) {
        uint8_t root[32], leaf[32], entry[17] = {0};
        char hex[65];
        ledger_tree_root(&tree, root);
        text_hex(root, sizeof root, hex);
        assert_string_equal(hex, ROOTS[size]);
        if (size == LENGTH(ENTRIES))
            break;
        assert_true(text_unhex(ENTRIES[size], entry + 1, strlen(ENTRIES[size]) / 2));
        crypto_sha256(entry, 1 + strlen(ENTRIES[size]) / 2, leaf);
        ledger_tree_add(&tree, leaf);
    }
}

/* The root by the words of RFC 6962, section 2.1: split at the largest power of two below n. */
static void root_of(uint8_t (*leaves)[32], size_t n, uint8_t out[32]) {
    uint8_t both[65] = {1};
    size_t half = 1;
    if (n == 1) {
        memcpy(out, leaves[0], 32);
        return;
    }
    while (2 * half < n)
        half *= 2;
    root_of(leaves, half, both + 1);
    root_of(leaves + half, n - half, both + 33);
    crypto_sha256(both, sizeof both, out);
}

static void every_size_has_the_root_of_the_definition(void **state) {
    (void)state;
    static uint8_t leaves[1100][32];
    struct ledger_tree tree = {0};
    for (size_t size = 1; size <= LENGTH(leaves); size++) {
        uint8_t root[32], wanted[32];
        char commitment[65];
        crypto_sha256(&size, sizeof size, root);
        text_hex(root, sizeof root, commitment);
        ledger_tree_leaf(commitment, leaves[size - 1]);
        ledger_tree_add(&tree, leaves[size - 1]);
        ledger_tree_root(&tree, root);
        root_of(leaves, size, wanted);
        assert_memory_equal(root, wanted, sizeof root);
    }
    assert_int_equal(tree.size, LENGTH(leaves));
}

/* The entry and its leaf as trust.md's known answer: only the type is another. */
static void a_leaf_is_the_hash_of_its_entry(void **state) {
    (void)state;
    static const char commitment[] = "4e0b15c981d111c27df646282d26987ebf9a81347748304decd6be07d2910459";
    static const char entry[] = "\0{\"c\":\"4e0b15c981d111c27df646282d26987ebf9a81347748304decd6be07d2910459\",\"t\":\"event\",\"v\":1}";
    uint8_t leaf[32], wanted[32];
    ledger_tree_leaf(commitment, leaf);
    crypto_sha256(entry, sizeof entry - 1, wanted);
    assert_memory_equal(leaf, wanted, sizeof leaf);
}

struct maker {
    char folder[40], key[60];
    struct buf pem, note;
};

static void make(struct maker *m, int64_t size) {
    uint8_t root[32];
    struct crypto_sign_key *key = NULL;
    (void)snprintf(m->folder, sizeof m->folder, "/tmp/khoacu-ledger.XXXXXX");
    assert_non_null(mkdtemp(m->folder));
    (void)snprintf(m->key, sizeof m->key, "%s/key", m->folder);
    buf_init(&m->pem, 4096);
    buf_init(&m->note, 4096);
    crypto_sha256("root", 4, root);
    assert_int_equal(ledger_note_make(m->key, "khoacu/thu", size, root, &m->note), ERR_NONE);
    assert_int_equal(crypto_sign_open(m->key, &key), ERR_NONE);
    assert_int_equal(crypto_sign_public(key, &m->pem), ERR_NONE);
    crypto_sign_free(key);
}

static void unmake(struct maker *m) {
    buf_release(&m->pem);
    buf_release(&m->note);
    (void)unlink(m->key);
    (void)rmdir(m->folder);
}

static void a_note_is_read_as_it_was_made(void **state) {
    (void)state;
    struct maker m, other;
    struct ledger_note note;
    uint8_t root[32];
    make(&m, 1234567);
    make(&other, 1);
    crypto_sha256("root", 4, root);
    assert_true(ledger_note_read(m.note.data, m.note.len, &note));
    assert_string_equal(note.origin, "khoacu/thu");
    assert_int_equal(note.size, 1234567);
    assert_memory_equal(note.root, root, sizeof root);
    assert_int_equal(note.len, m.note.len);
    assert_true(ledger_note_signed(&note, m.pem.data, m.pem.len));
    assert_false(ledger_note_signed(&note, other.pem.data, other.pem.len));
    assert_false(ledger_note_signed(&note, "", 0));

    /* a line of a witness before it and one behind it, and a second note after an empty line */
    struct buf more;
    buf_init(&more, 8192);
    buf_add(&more, m.note.data, note.signed_len + 1);
    buf_adds(&more, "— witness.example/w AAAA\n");
    buf_add(&more, m.note.data + note.signed_len + 1, note.len - note.signed_len - 1);
    buf_adds(&more, "— khoacu/thu AAAA\n\n");
    buf_add(&more, other.note.data, other.note.len);
    assert_true(ledger_note_read(more.data, more.len, &note));
    assert_int_equal(note.len, more.len - other.note.len - 1);
    assert_true(ledger_note_signed(&note, m.pem.data, m.pem.len));
    buf_release(&more);
    unmake(&m);
    unmake(&other);
}

static void no_changed_byte_is_taken_for_the_note(void **state) {
    (void)state;
    struct maker m;
    struct ledger_note note;
    make(&m, 42);
    for (size_t at = 0; at < m.note.len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            m.note.data[at] = (char)(m.note.data[at] ^ 1 << bit);
            assert_false(ledger_note_read(m.note.data, m.note.len, &note) && ledger_note_signed(&note, m.pem.data, m.pem.len));
            m.note.data[at] = (char)(m.note.data[at] ^ 1 << bit);
        }
        assert_false(ledger_note_read(m.note.data, at, &note) && ledger_note_signed(&note, m.pem.data, m.pem.len));
    }
    unmake(&m);
}

static void what_is_no_note_is_refused(void **state) {
    (void)state;
#define ROOT64 "ERERERERERERERERERERERERERERERERERERERERERE="
    static const char *const ROWS[] = {"", "\n", "o\n1\n", "o\n1\n" ROOT64 "\n", "o\n1\n" ROOT64 "\n\n", "o\n1\n" ROOT64 "\n— o AAAA\n", "o\n-1\n" ROOT64 "\n\n— o AAAA\n",
                                       "o\n01\n" ROOT64 "\n\n— o AAAA\n", "o\n9007199254740993\n" ROOT64 "\n\n— o AAAA\n", "o\n1 \n" ROOT64 "\n\n— o AAAA\n", "o\n1\nERER\n\n— o AAAA\n",
                                       "o\n1\nERERERERERERERERERERERERERERERERERERERERERF=\n\n— o AAAA\n", "o\n1\n-RERERERERERERERERERERERERERERERERERERERERE\n\n— o AAAA\n",
                                       "o\n1\n" ROOT64 "\nextension\n\n— o AAAA\n", "o\n1\n" ROOT64 "\n\n- o AAAA\n", "o\n1\n" ROOT64 "\n\n— o AAAA"};
    struct ledger_note note;
    char origin[LEDGER_ORIGIN_MAX + 2];
    uint8_t root[32] = {0};
    struct buf out;
    for (size_t i = 0; i < LENGTH(ROWS); i++)
        ROW_TRUE(!ledger_note_read(ROWS[i], strlen(ROWS[i]), &note), ROWS[i]);
    static const char good[] = "o\n1\n" ROOT64 "\n\n— o AAAA\n";
    assert_true(ledger_note_read(good, strlen(good), &note));
    assert_false(ledger_note_signed(&note, "", 0));
    memset(origin, 'x', sizeof origin - 1);
    origin[sizeof origin - 1] = '\0';
    buf_init(&out, 4096);
    assert_int_equal(ledger_note_make("/nowhere/key", origin, 1, root, &out), ERR_RANGE);
    assert_int_equal(ledger_note_make("/nowhere/key", "", 1, root, &out), ERR_RANGE);
    assert_int_equal(ledger_note_make("/nowhere/key", "o", 1, root, &out), ERR_IO);
    buf_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_roots_come_out),
        cmocka_unit_test(every_size_has_the_root_of_the_definition),
        cmocka_unit_test(a_leaf_is_the_hash_of_its_entry),
        cmocka_unit_test(a_note_is_read_as_it_was_made),
        cmocka_unit_test(no_changed_byte_is_taken_for_the_note),
        cmocka_unit_test(what_is_no_note_is_refused),
    };
    if (crypto_init())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
