/* Writes an examination for the load tests into FOLDER: candidates of one cycle and one form of 60 items.
 *
 *   fill FOLDER KEY BANK_KEY [ASSIGNED]    the server's key, under which the access codes are stored, and the master key of the banks
 *
 *   data.sql     20,000 open sittings in 40 rooms with their log-ins; ASSIGNED (10,000) assigned ones, 500 a further room
 *   save.txt     the input of `load save`: one line for each open sitting, rooms in turn
 *   start.txt    the input of `load start`: roll number and access code of the assigned */
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/crypto/seal.h"
#include "khoacu/form/order.h"
#include "khoacu/identity/identity.h"
#include "khoacu/identity/secret.h"
#include "khoacu/item/item.h"

#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum {
    OPEN = 20000,
    ROOM_SEATS = 500,
    OPEN_ROOMS = OPEN / ROOM_SEATS,
    ITEMS = 60,
    OPTIONS = 4,
    LINES = OPEN,
    POSITION_FIRST = 10,
    CYCLE = 10,
};

static int assigned = 10000, all, rooms;

static const char HEAD[] =
    "SET search_path = khoacu, pg_catalog;\n"
    "INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES (1, 'officer', 'Officer', '$scrypt$x');\n"
    "INSERT INTO rule_pack (pack_id, version, body, sha256) VALUES ('TEST', 1, '{}', sha256('{}'));\n"
    "INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id,\n"
    "  pack_version, written_max, interview_max, created_by, state)\n"
    "VALUES (10, 'LOAD', 'Kỳ thi', 'Cycle', 'Sở', 'Department', 'Notice', '2026-11-01', 'TEST', 1, 100, 0, 1, 'round1');\n"
    "INSERT INTO agency (agency_id, cycle_id, code, name) VALUES (20, 10, 'A', 'Agency');\n"
    "INSERT INTO post (post_id, cycle_id, code, title) VALUES (30, 10, 'P', 'Post');\n"
    "INSERT INTO bank (bank_id, code, name) VALUES (50, 'BANK', 'Bank');\n"
    "SET session_replication_role = replica;\n"
    "INSERT INTO item (item_id, bank_id, code, state, kind, topic, created_at, updated_at)\n"
    "SELECT n, 50, 'I' || n, 'live', 'single', 'law', now(), now() FROM generate_series(1, 60) n;\n"
    "INSERT INTO item_version (item_id, version, kind, topic, level, fingerprint, created_at, created_by)\n"
    "SELECT n, 1, 'single', 'law', 1, sha256('x'), now(), 1 FROM generate_series(1, 60) n;\n";

static const char SHIFT[] =
    "INSERT INTO form_position (form_id, position, item_id, version) SELECT 60, n, n, 1 FROM generate_series(1, 60) n;\n"
    "SET session_replication_role = origin;\n"
    "INSERT INTO shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes)\n"
    "VALUES (70, 10, 'S', 60, 'common', now() - interval '5 min', now() + interval '5 hours', 300);\n"
    "INSERT INTO room (room_id, shift_id, code) SELECT 100 + n, 70, 'R' || n FROM generate_series(0, %d) n;\n";

static const char TAIL[] =
    "UPDATE sitting SET state = 'open', started_at = now() - interval '4 min', closes_at = now() + interval '4 hours' WHERE room_id < 140;\n"
    "ANALYZE;\n";

/* A ciphertext of the bank as a literal, under the words that the vault binds to it. */
static void put_sealed(FILE *data, const uint8_t key[CRYPTO_KEY_LEN], const char *bound, const void *text, size_t len) {
    uint8_t sealed[4096];
    char hex[2 * sizeof sealed + 1];
    if (len + CRYPTO_SEAL_EXTRA > sizeof sealed || crypto_seal(key, bound, strlen(bound), text, len, sealed) != ERR_NONE)
        exit(2);
    text_hex(sealed, len + CRYPTO_SEAL_EXTRA, hex);
    (void)fprintf(data, "'\\x%s'", hex);
}

static void put_part(FILE *data, const uint8_t key[CRYPTO_KEY_LEN], int item, const char *part, const char *text) {
    char bound[80];
    (void)snprintf(bound, sizeof bound, "khoacu/item/v1|%d|1|%s", item, part);
    put_sealed(data, key, bound, text, strlen(text));
}

static void put_item(FILE *data, const uint8_t key[CRYPTO_KEY_LEN], int n) {
    char content[2048], text[80];
    int len = snprintf(content, sizeof content, "{\"body\":{\"vi\":\"Câu %d: ", n);
    for (int i = 0; i < 12; i++)
        len += snprintf(content + len, sizeof content - (size_t)len, "nội dung câu hỏi ");
    len += snprintf(content + len, sizeof content - (size_t)len, "\"},\"kind\":\"single\",\"options\":[");
    for (int k = 1; k <= OPTIONS; k++)
        len += snprintf(content + len, sizeof content - (size_t)len,
                        "%s{\"id\":\"%c\",\"text\":{\"vi\":\"%d.%d phương án phương án phương án phương án phương án phương án\"}}", k > 1 ? "," : "",
                        'a' + k - 1, n, k);
    (void)snprintf(content + len, sizeof content - (size_t)len, "],\"shuffle\":true}");
    (void)fprintf(data, "INSERT INTO item_text (item_id, version, generation, content, extra) VALUES (%d, 1, 1, ", n);
    put_part(data, key, n, "content", content);
    (void)fputs(", ", data);
    put_part(data, key, n, "extra", "{\"external\":\"\",\"reason\":\"\",\"source\":\"\"}");
    (void)snprintf(text, sizeof text, "{\"kind\":\"single\",\"options\":[{\"credit\":\"1\",\"id\":\"%c\"}],\"points\":\"1\"}", 'a' + n % OPTIONS);
    (void)fprintf(data, ");\nINSERT INTO item_key (item_id, version, generation, sealed) VALUES (%d, 1, 1, ", n);
    put_part(data, key, n, "key", text);
    (void)fputs(");\n", data);
}

/* The bank's data key under the server's master key, and what is sealed with it. */
static void put_bank(FILE *data, const struct identity_secret *master) {
    uint8_t key[CRYPTO_KEY_LEN];
    random_bytes(key, sizeof key);
    for (int generation = 0; generation < 2; generation++) {
        char bound[80];
        (void)snprintf(bound, sizeof bound, "khoacu/bank-key/v1|50|%d", generation);
        (void)fprintf(data, "INSERT INTO bank_data_key (bank_id, generation, wrapped) VALUES (50, %d, ", generation);
        put_sealed(data, master->key, bound, key, sizeof key);
        (void)fputs(");\n", data);
    }
    for (int n = 1; n <= ITEMS; n++)
        put_item(data, key, n);
}

static FILE *create(const char *folder, const char *name) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(2);
    }
    return file;
}

static struct identity_secret *read_key(const char *path) {
    char why[300];
    struct identity_secret *secret;
    if (identity_secret_load(path, &secret, why, sizeof why)) {
        fprintf(stderr, "fill: %s\n", why);
        exit(2);
    }
    return secret;
}

static void put_options(FILE *file, const uint8_t *seed, int64_t sitting_id) {
    struct form_order *order;
    struct form_shape shapes[ITEMS];
    for (int i = 0; i < ITEMS; i++)
        shapes[i] = (struct form_shape){.kind = ITEM_SINGLE, .options = OPTIONS, .shuffled = true};
    if (form_order_new(seed, sitting_id, shapes, ITEMS, &order) != ERR_NONE)
        exit(2);
    for (int position = POSITION_FIRST; position <= ITEMS; position++) {
        char name[FORM_OPTION_NAME];
        form_order_name(order, position, 1 + position % OPTIONS, name);
        (void)fprintf(file, " %s", name);
    }
    (void)fputc('\n', file);
    free(order);
}

static int room_of(int i) {
    return i < OPEN ? i % OPEN_ROOMS : OPEN_ROOMS + (i - OPEN) % (rooms - OPEN_ROOMS);
}

static void put_candidates(FILE *data, FILE *start, const struct identity_secret *secret) {
    (void)fputs("COPY candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, access_code_hmac, post_id, agency_ids) "
                "FROM stdin;\n",
                data);
    for (int i = 0; i < all; i++) {
        char roll[16], text[IDENTITY_ACCESS_CODE_SIZE], hex[2 * CRYPTO_SHA256_LEN + 1];
        uint8_t code[IDENTITY_ACCESS_CODE_LEN], hmac[CRYPTO_SHA256_LEN];
        (void)snprintf(roll, sizeof roll, "T%06d", i);
        identity_access_code_make(code, text);
        identity_access_code_hmac(secret, CYCLE, roll, code, hmac);
        text_hex(hmac, sizeof hmac, hex);
        (void)fprintf(data, "%d\t%d\t%s\tCandidate %d\t2000-01-01\t\\\\x%s\t30\t{20}\n", 1000000 + i, CYCLE, roll, i, hex);
        if (i >= OPEN)
            (void)fprintf(start, "%s %s\n", roll, text);
    }
    (void)fputs("\\.\n", data);
}

static void put_sittings(FILE *data, FILE *save, const uint8_t *seed, int64_t *ids) {
    (void)fputs("COPY sitting (room_id, sitting_id, shift_id, candidate_id, seat) FROM stdin;\n", data);
    for (int i = 0; i < all; i++) {
        int own = i < OPEN ? OPEN_ROOMS : rooms - OPEN_ROOMS, seat = (i < OPEN ? i : i - OPEN) / own + 1;
        ids[i] = random_id();
        (void)fprintf(data, "%d\t%lld\t70\t%d\t%d\n", 100 + room_of(i), (long long)ids[i], 1000000 + i, seat);
    }
    (void)fputs("\\.\nCOPY login (token_sha256, candidate_id, created_at, last_seen_at, expires_at) FROM stdin;\n", data);
    for (int i = 0; i < OPEN; i++) {
        uint8_t token[IDENTITY_TOKEN_LEN], sha256[CRYPTO_SHA256_LEN];
        char text[64], hex[2 * CRYPTO_SHA256_LEN + 1], sitting[TEXT_ID_LEN + 1];
        random_bytes(token, sizeof token);
        text_base64url(token, sizeof token, text);
        if (!identity_candidate_sha256(text, LOAD_DEVICE, sha256))
            exit(2);
        text_hex(sha256, sizeof sha256, hex);
        (void)fprintf(data, "\\\\x%s\t%d\tnow\tnow\ttomorrow\n", hex, 1000000 + i);
        if (i >= LINES)
            continue;
        text_format_id(ids[i], sitting);
        (void)fprintf(save, "%s %s", text, sitting);
        put_options(save, seed, ids[i]);
    }
    (void)fputs("\\.\n", data);
}

int main(int argc, char **argv) {
    uint8_t seed[FORM_SEED_LEN];
    char hex[2 * FORM_SEED_LEN + 1];
    int64_t wanted = assigned;
    if ((argc == 5 && !text_parse_int(argv[4], ROOM_SEATS, 200000, &wanted)) || argc < 4 || argc > 5)
        return 2;
    assigned = (int)wanted / ROOM_SEATS * ROOM_SEATS;
    all = OPEN + assigned;
    rooms = all / ROOM_SEATS;
    int64_t *ids = calloc((size_t)all, sizeof *ids);
    if (!ids || crypto_init() != ERR_NONE)
        return 2;
    struct identity_secret *secret = read_key(argv[2]), *bank = read_key(argv[3]);
    FILE *data = create(argv[1], "data.sql"), *save = create(argv[1], "save.txt"), *start = create(argv[1], "start.txt");
    random_bytes(seed, sizeof seed);
    text_hex(seed, sizeof seed, hex);
    (void)fputs(HEAD, data);
    put_bank(data, bank);
    (void)fprintf(data,
                  "INSERT INTO form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_at, sealed_by)\n"
                  "VALUES (60, 10, 'F', 1, '\\x%s', 60, sha256('form'), 2, now(), now(), 1);\n",
                  hex);
    (void)fprintf(data, SHIFT, rooms - 1);
    put_candidates(data, start, secret);
    put_sittings(data, save, seed, ids);
    (void)fputs(TAIL, data);
    identity_secret_free(secret);
    identity_secret_free(bank);
    free(ids);
    return fclose(data) != 0 || fclose(save) != 0 || fclose(start) != 0;
}
