/* bank_field.h: items for tests that stand on a database: a vault of its own, and single-choice items put straight into
 * the tables by the owner, sealed as the server does. */
#ifndef KHOACU_TESTS_UNIT_BANK_FIELD_H
#define KHOACU_TESTS_UNIT_BANK_FIELD_H

#include "unit.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One master key for all tests of a database, since each closes what the others left. Lives as long as the process. */
static inline struct bank_vault *bank_field_vault(void) {
    static struct bank_vault *vault;
    const char *folder = getenv("KHOACU_TEST_PG");
    char path[4096], why[400] = "";
    if (vault)
        return vault;
    snprintf(path, sizeof path, "%s/unit-bank.key", folder ? folder : "/tmp");
    if (bank_vault_create(path, why, sizeof why) != ERR_NONE || bank_vault_open(path, &vault, why, sizeof why) != ERR_NONE)
        fail_msg("%s", why);
    return vault;
}

/* Requires: the row of the bank. */
static inline void bank_field_keys(struct bank_vault *vault, struct db *bank, int64_t bank_id) {
    if (bank_vault_begin(vault, bank, bank_id) != ERR_NONE)
        fail_msg("%s", db_last_error(bank));
}

static inline char *bank_field_hex(struct bank_vault *vault, struct db *bank, struct arena *arena, const struct bank_label *label,
                                   const char *text) {
    struct bank_sealed sealed;
    assert_int_equal(bank_seal(vault, bank, arena, label, text, strlen(text), &sealed), ERR_NONE);
    char *hex = arena_alloc(arena, 2 * sealed.len + 1);
    assert_non_null(hex);
    text_hex(sealed.bytes, sealed.len, hex);
    return hex;
}

/* An item in version 1, four options «{item} a» …; the right one counts from 1. Requires: keys of the bank. */
static inline void bank_field_item(struct bank_vault *vault, struct db *owner, struct db *bank, int64_t bank_id, int64_t item_id,
                                   int64_t staff_id, const char *stem, int right) {
    struct arena arena;
    arena_init(&arena, 4 << 20);
    const char *content = arena_printf(
        &arena,
        "{\"body\":{\"vi\":\"%s\"},\"kind\":\"single\",\"options\":[{\"id\":\"a\",\"text\":{\"vi\":\"%s a\"}},{\"id\":\"b\",\"text\":{\"vi\":\"%s b\"}},"
        "{\"id\":\"c\",\"text\":{\"vi\":\"%s c\"}},{\"id\":\"d\",\"text\":{\"vi\":\"%s d\"}}],\"shuffle\":true}",
        stem, stem, stem, stem, stem);
    const char *key = arena_printf(&arena, "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"%c\"}],\"points\":\"1\"}", 'a' + right - 1);
    struct bank_label label = {.part = "content", .bank_id = bank_id, .id = item_id, .number = 1};
    const char *content_hex = bank_field_hex(vault, bank, &arena, &label, content);
    label.part = "extra";
    const char *extra_hex = bank_field_hex(vault, bank, &arena, &label, "{\"external\":\"\",\"reason\":\"\",\"source\":\"\"}");
    label.part = "key";
    const char *key_hex = bank_field_hex(vault, bank, &arena, &label, key);
    long long i = item_id, b = bank_id, s = staff_id;
    const char *sql = arena_printf(
        &arena,
        "INSERT INTO item (item_id, bank_id, code, kind, topic, created_at, updated_at) VALUES (%lld, %lld, 'I%lld', 'single', 'law', now(), now());"
        "INSERT INTO item_version (item_id, version, kind, topic, level, fingerprint, created_at, created_by)"
        " VALUES (%lld, 1, 'single', 'law', 1, sha256('x'), now(), %lld);"
        "INSERT INTO item_text (item_id, version, generation, content, extra) VALUES (%lld, 1, 1, '\\x%s', '\\x%s');"
        "INSERT INTO item_key (item_id, version, generation, sealed) VALUES (%lld, 1, 1, '\\x%s');",
        i, b, i, i, s, i, content_hex, extra_hex, i, key_hex);
    if (!sql || db_script(owner, sql) != ERR_NONE)
        fail_msg("%s", db_last_error(owner));
    arena_release(&arena);
}

/* A form «F» of items item_id + 1 … + count in version 1, sealed by the person of that id and another made here; id, cycle and bank
 * have the same number. As if the items had been live. Requires: person, cycle, bank, items. */
static inline void bank_field_form(struct db *owner, int64_t number, int count) {
    struct arena arena;
    arena_init(&arena, 1 << 20);
    long long n = number, second = number + 5000000;
    const char *sql = arena_printf(
        &arena,
        "INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (%lld, 'second%lld', 'Second', '$scrypt$x');"
        "INSERT INTO form_draft (form_id, cycle_id, bank_id, code, created_at, created_by) VALUES (%lld, %lld, %lld, 'F', now(), %lld);"
        "INSERT INTO form_version (form_id, version, item_count, sha256, created_at, created_by) VALUES (%lld, 1, %d, sha256('form'), now(), %lld);"
        "INSERT INTO form_version_item (form_id, form_version, position, item_id, version) SELECT %lld, 1, n, %lld + n, 1 FROM generate_series(1, %d) n;"
        "INSERT INTO form_review (form_id, version, turn, staff_id, verdict, generation, sealed, at) VALUES (%lld, 1, 1, %lld, 'accept', 1, sha256('r'), now());"
        "INSERT INTO form_seal (form_id, version, place, staff_id, sha256, sealed_at) VALUES (%lld, 1, 1, %lld, sha256('form'), now()),"
        " (%lld, 1, 2, %lld, sha256('form'), now());",
        second, n, n, n, n, n, n, count, n, n, n, count, n, second, n, n, n, second);
    const char *form = arena_printf(
        &arena,
        "INSERT INTO form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_by, sealed_at)"
        " SELECT %lld, %lld, 'F', 1, sha256('seed'), %d, sha256('form'), a.staff_id, a.sealed_at, b.staff_id, b.sealed_at"
        " FROM form_seal a JOIN form_seal b ON b.form_id = a.form_id AND b.place = 2 WHERE a.form_id = %lld AND a.place = 1;"
        "ALTER TABLE form_position DISABLE TRIGGER form_position_guard;"
        "INSERT INTO form_position (form_id, position, item_id, version) SELECT %lld, n, %lld + n, 1 FROM generate_series(1, %d) n;"
        "ALTER TABLE form_position ENABLE TRIGGER form_position_guard;",
        n, n, count, n, n, n, count);
    if (!sql || !form || db_script(owner, sql) != ERR_NONE || db_script(owner, form) != ERR_NONE)
        fail_msg("%s", db_last_error(owner));
    arena_release(&arena);
}

/* Puts another key in the place of an item's. */
static inline const char *bank_field_key(struct bank_vault *vault, struct db *bank, struct arena *arena, int64_t bank_id, int64_t item_id,
                                         int right) {
    const struct bank_label label = {.part = "key", .bank_id = bank_id, .id = item_id, .number = 1};
    const char *key = arena_printf(arena, "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"%c\"}],\"points\":\"1\"}", 'a' + right - 1);
    return bank_field_hex(vault, bank, arena, &label, key);
}

#endif
