#include "site.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/base/embed.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/seal.h"
#include "khoacu/doc/gzip.h"

#include "../api/result_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

#define ZIP_LEAST 512
#define TAG_LEN 16
#define SHARD_ENTRIES 16 /* records that a shard has on average */
#define RECORD_STEP 256  /* records are filled up with blanks to a multiple */

static void fail(struct site *site, enum err err, const char *what) {
    if (site->err == ERR_NONE) {
        site->err = err;
        (void)snprintf(site->broken, sizeof site->broken, "%s", what);
    }
}

/* ---- files ---- */

static void make_folders(struct site *site, char *path) {
    for (char *slash = path + strlen(site->root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            fail(site, ERR_IO, path);
        *slash = '/';
    }
}

static void write_file(struct site *site, const char *path, const void *bytes, size_t len) {
    char whole[PATH_MAX];
    if ((size_t)snprintf(whole, sizeof whole, "%s/%s", site->root, path) >= sizeof whole) {
        fail(site, ERR_LIMIT, path);
        return;
    }
    make_folders(site, whole);
    FILE *file = fopen(whole, "wbe");
    bool written = file && fwrite(bytes, 1, len, file) == len && fflush(file) == 0;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        fail(site, ERR_IO, path);
}

static void note(struct site *site, const char *path, const void *bytes, size_t len) {
    if (site->count == site->room) {
        size_t room = site->room ? 2 * site->room : 256;
        struct site_entry *more = ARENA_ARRAY(site->arena, room, struct site_entry);
        if (!more) {
            fail(site, ERR_MEMORY, path);
            return;
        }
        if (site->count)
            memcpy(more, site->entries, site->count * sizeof *more);
        site->entries = more;
        site->room = room;
    }
    uint8_t sha256[CRYPTO_SHA256_LEN];
    struct site_entry *entry = &site->entries[site->count];
    crypto_sha256(bytes, len, sha256);
    text_hex(sha256, sizeof sha256, entry->sha256);
    entry->size = len;
    entry->path = arena_strdup(site->arena, path);
    if (entry->path)
        site->count++;
    else
        fail(site, ERR_MEMORY, path);
}

static void put_one(struct site *site, const char *path, const void *bytes, size_t len) {
    if (site->err == ERR_NONE)
        write_file(site, path, bytes, len);
    if (site->err == ERR_NONE)
        note(site, path, bytes, len);
}

void site_put(struct site *site, const char *path, const void *bytes, size_t len, bool zip) {
    put_one(site, path, bytes, len);
    if (!zip || len < ZIP_LEAST || site->err != ERR_NONE)
        return;
    struct buf packed CLEANUP(buf_release);
    char name[PATH_MAX];
    buf_init(&packed, len + len / 4 + 4096); /* as much as zlib may ask for */
    (void)snprintf(name, sizeof name, "%s.gz", path);
    if (gzip_write(bytes, len, &packed) == ERR_NONE && packed.len < len - len / 10)
        put_one(site, name, packed.data, packed.len);
}

void site_put_buf(struct site *site, const char *path, struct buf *bytes, bool zip) {
    if (bytes->failed)
        fail(site, ERR_LIMIT, path);
    else
        site_put(site, path, bytes->data, bytes->len, zip);
}

static int by_path(const void *a, const void *b) {
    return strcmp(((const struct site_entry *)a)->path, ((const struct site_entry *)b)->path);
}

void site_seal(struct site *site, const struct crypto_sign_key *key) {
    struct buf text CLEANUP(buf_release), pem CLEANUP(buf_release);
    struct json_writer w;
    uint8_t signature[CRYPTO_SIGNATURE_LEN];
    buf_init(&text, SITE_FILE_MAX);
    buf_init(&pem, 4096);
    if (site->count > 0)
        qsort(site->entries, site->count, sizeof *site->entries, by_path);
    json_writer_init(&w, &text);
    json_open_object(&w);
    json_put_key(&w, "files");
    json_open_object(&w);
    for (size_t i = 0; i < site->count; i++) {
        json_put_key(&w, site->entries[i].path);
        json_open_object(&w);
        json_member_text(&w, "sha256", site->entries[i].sha256);
        json_member_int(&w, "size", (int64_t)site->entries[i].size);
        json_close_object(&w);
    }
    json_close_object(&w);
    json_member_text(&w, "format", SITE_FORMAT);
    json_member_time(&w, "made_at", clock_now_us());
    json_close_object(&w);
    if (text.failed || crypto_sign(key, text.data, text.len, signature) != ERR_NONE || crypto_sign_public(key, &pem) != ERR_NONE) {
        fail(site, ERR_CRYPTO, "manifest.json");
        return;
    }
    if (site->err == ERR_NONE) {
        write_file(site, "manifest.json", text.data, text.len);
        write_file(site, "manifest.sig", signature, sizeof signature);
        write_file(site, "public-key.pem", pem.data, pem.len);
    }
}

/* ---- pages ---- */

static void add_replaced(struct buf *out, const char *text, const char *find, const char *put) {
    const char *at = strstr(text, find);
    if (!at) {
        buf_adds(out, text);
        return;
    }
    buf_add(out, text, (size_t)(at - text));
    buf_adds(out, put);
    buf_adds(out, at + strlen(find));
}

void site_put_pages(struct site *site, const char *const *codes, size_t count) {
    static const char *const FOLDERS[] = {"web/public/", "web/shared/"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        for (const struct embed_file *f = embed_first(FOLDERS[i]); f; f = embed_next(f, FOLDERS[i])) {
            (void)snprintf(path, sizeof path, "assets/%s", f->path + strlen("web/"));
            if (!strstr(f->path, ".html"))
                site_put(site, path, f->bytes, f->len, true);
        }
    const struct embed_file *page = embed_find("web/public/index.html");
    struct buf marked CLEANUP(buf_release), text CLEANUP(buf_release);
    buf_init(&marked, 1 << 20);
    buf_init(&text, 1 << 20);
    add_replaced(&marked, page ? (const char *)page->bytes : "", "<meta charset=\"utf-8\">\n",
                 "<meta charset=\"utf-8\">\n<meta name=\"khoacu-source\" content=\"files\">\n");
    add_replaced(&text, marked.data, "<noscript>", "<noscript><p><a href=\"/data/releases.json\">/data/releases.json</a></p>");
    site_put_buf(site, "index.html", &text, true);
    site_put_buf(site, "kiem-tra/index.html", &text, true);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "verify/%s/index.html", codes[i]);
        site_put_buf(site, path, &text, true);
    }
}

/* ---- look-up ---- */

struct record {
    uint8_t tag[TAG_LEN], key[CRYPTO_KEY_LEN];
    size_t row;
};

static int by_tag(const void *a, const void *b) {
    return memcmp(((const struct record *)a)->tag, ((const struct record *)b)->tag, TAG_LEN);
}

/* What a look-up answers, as the server would. */
static void put_answer(struct buf *out, const struct result_row *row) {
    struct json_writer w;
    buf_reset(out);
    json_writer_init(&w, out);
    json_open_object(&w);
    json_put_key(&w, "row");
    json_open_object(&w);
    json_member_text(&w, "post", row->post);
    api_put_row(&w, row);
    json_close_object(&w);
    json_put_key(&w, "derivation");
    json_put_raw(&w, row->derivation);
    json_close_object(&w);
}

static void put_entry(struct json_writer *w, const char *tag, const uint8_t *sealed, size_t len, struct buf *text) {
    char *room;
    buf_reset(text);
    room = buf_room(text, (len * 4 + 2) / 3 + 1);
    if (room)
        text_base64url(sealed, len, room);
    json_open_object(w);
    json_member_text(w, "sealed", room);
    json_member_text(w, "tag", tag);
    json_close_object(w);
}

struct lookup {
    const struct result_row *rows;
    struct record *records;
    size_t count, record_len, shard_len; /* bytes of a record, entries of a shard */
    int digits;
    uint8_t *sealed;
    struct buf answer, text;
};

/* Records first .. last - 1 and as many made-up ones as fill the shard, by tag, so that nobody sees which are which. */
static void put_shard(struct site *site, struct lookup *l, const char *folder, unsigned shard, size_t first, size_t last) {
    struct buf out CLEANUP(buf_release);
    struct record made = {0};
    char tag[2 * TAG_LEN + 1], prefix[9], path[PATH_MAX];
    struct json_writer w;
    size_t sealed_len = l->record_len + CRYPTO_SEAL_EXTRA, fill = l->shard_len - (last - first);
    (void)snprintf(prefix, sizeof prefix, "%0*x", l->digits, shard);
    buf_init(&out, SITE_FILE_MAX);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_put_key(&w, "entries");
    json_open_array(&w);
    /* each made-up entry goes before a record with the chance that mixes them evenly */
    while (first < last || fill > 0) {
        size_t left = (last - first) + fill;
        if (fill > 0 && random_below(left) < fill) {
            random_bytes(made.tag, sizeof made.tag);
            random_bytes(l->sealed, sealed_len);
            text_hex(made.tag, TAG_LEN, tag);
            memcpy(tag, prefix, (size_t)l->digits);
            put_entry(&w, tag, l->sealed, sealed_len, &l->text);
            fill--;
            continue;
        }
        const struct record *record = &l->records[first++];
        text_hex(record->tag, TAG_LEN, tag);
        put_answer(&l->answer, &l->rows[record->row]);
        while (l->answer.len < l->record_len && !l->answer.failed)
            buf_addc(&l->answer, ' ');
        if (l->answer.failed ||
            crypto_seal(record->key, tag, strlen(tag), l->answer.data, l->record_len, l->sealed) != ERR_NONE)
            fail(site, ERR_CRYPTO, folder);
        put_entry(&w, tag, l->sealed, sealed_len, &l->text);
    }
    json_close_array(&w);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "%s/%s.json", folder, prefix);
    site_put_buf(site, path, &out, false); /* compressed, sizes would tell */
}

static unsigned shard_of(const struct record *record, int digits) {
    unsigned head = (unsigned)record->tag[0] << 8 | record->tag[1];
    return head >> (16 - 4 * digits);
}

static void put_shards(struct site *site, struct lookup *l, const char *folder) {
    size_t first = 0;
    unsigned shards = 1u << (4 * l->digits);
    for (size_t i = 0, run = 0; i < l->count; i++) {
        run = i > 0 && shard_of(&l->records[i], l->digits) == shard_of(&l->records[i - 1], l->digits) ? run + 1 : 1;
        l->shard_len = run > l->shard_len ? run : l->shard_len;
    }
    for (unsigned shard = 0; shard < shards && site->err == ERR_NONE; shard++) {
        size_t last = first;
        while (last < l->count && shard_of(&l->records[last], l->digits) == shard)
            last++;
        put_shard(site, l, folder, shard, first, last);
        first = last;
    }
}

static void put_about(struct site *site, const char *folder, const uint8_t salt[16], int rounds, int digits) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    char text[32], path[PATH_MAX];
    buf_init(&out, 4096);
    text_base64url(salt, 16, text);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_member_int(&w, "digits", digits);
    json_member_int(&w, "rounds", rounds);
    json_member_text(&w, "salt", text);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "%s/about.json", folder);
    site_put_buf(site, path, &out, false);
}

void site_put_lookup(struct site *site, const char *folder, const struct result_row *rows, const char *const *dates, size_t count, int rounds) {
    struct lookup l = {.rows = rows, .count = count, .digits = 1};
    uint8_t salt[16], derived[TAG_LEN + CRYPTO_KEY_LEN];
    char secret[120];
    while (l.digits < 4 && (SHARD_ENTRIES << (4 * l.digits)) < (long)count)
        l.digits++;
    random_bytes(salt, sizeof salt);
    put_about(site, folder, salt, rounds, l.digits);
    buf_init(&l.answer, 1 << 20);
    buf_init(&l.text, 1 << 21);
    l.records = ARENA_ARRAY(site->arena, count, struct record);
    for (size_t i = 0; l.records && i < count && site->err == ERR_NONE; i++) {
        put_answer(&l.answer, &rows[i]);
        size_t len = (l.answer.len + RECORD_STEP - 1) / RECORD_STEP * RECORD_STEP;
        l.record_len = len > l.record_len ? len : l.record_len;
        (void)snprintf(secret, sizeof secret, "%s\n%s", rows[i].roll_number, dates[i]);
        if (crypto_stretch(secret, salt, sizeof salt, rounds, derived, sizeof derived) != ERR_NONE)
            fail(site, ERR_CRYPTO, folder);
        memcpy(l.records[i].tag, derived, TAG_LEN);
        memcpy(l.records[i].key, derived + TAG_LEN, CRYPTO_KEY_LEN);
        l.records[i].row = i;
    }
    l.sealed = arena_alloc(site->arena, l.record_len + CRYPTO_SEAL_EXTRA);
    if (!l.records || !l.sealed)
        fail(site, ERR_MEMORY, folder);
    if (site->err == ERR_NONE && count > 0) {
        qsort(l.records, count, sizeof *l.records, by_tag);
        put_shards(site, &l, folder);
    }
    buf_release(&l.answer);
    buf_release(&l.text);
}
