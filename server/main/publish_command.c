#include "command.h"
#include "settings.h"
#include "site.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/db/db.h"
#include "khoacu/result/print.h"

#include "../api/result_json.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)8 << 30)
#define ROUNDS 20000

static const char HELP[] =
    "Usage: khoacu publish --out DIR --key FILE [--rounds N] [--without-lookup] [--json]\n"
    "Writes every published list of the database of KHOACU_DB as a folder of static files that any web server serves from its root:\n"
    "pages, lists by post, result files, CSV, XLSX and the official PDF, look-up shards, a manifest of SHA-256s and its Ed25519 signature. DIR changes as a whole\n"
    "or not at all; `khoacu verify DIR` checks it, `khoacu serve-static DIR` serves it.\n"
    "  --key FILE         private key (PEM, Ed25519, readable by its owner alone); made when there is none\n"
    "  --rounds N         cost of one look-up and of one guess, 1000 to 10000000 (default 20000: some 10 ms)\n"
    "  --without-lookup   no look-up by roll number and date of birth: a date has few values, and who holds the folder can try them\n"
    "Exit status: 0 written, 1 could not be, 2 wrong use.\n";

struct publishing {
    const char *out, *key_file;
    int64_t rounds;
    bool lookup, json;
    struct buf telling; /* with --json, what is printed at the end */
    struct json_writer told;
    const char *public_url;
    struct db *db;
    struct site site;
    const char **codes; /* of all documents */
    size_t code_count, code_room;
};

/* ---- one release ---- */

static void put_head(struct json_writer *w, const struct result_release *release) {
    api_put_release_cycle(w, release);
    json_member_int(w, "version", release->version);
    json_member_time(w, "published_at", release->published_us);
    json_member_text(w, "sha256", release->sha256);
    json_member_text(w, "verify_code", release->verify_code);
}

static void put_posts(struct publishing *p, const char *folder, const struct result_release_list *list) {
    char path[PATH_MAX];
    for (size_t i = 0; i < list->post_count; i++) {
        struct buf text CLEANUP(buf_release);
        struct json_writer w;
        buf_init(&text, SITE_FILE_MAX);
        json_writer_init(&w, &text);
        api_put_post(&w, &list->posts[i], list->rows);
        (void)snprintf(path, sizeof path, "%s/posts/%zu.json", folder, i);
        site_put_buf(&p->site, path, &text, true);
    }
}

static enum err put_lookup(struct publishing *p, const char *folder, int64_t run_id) {
    struct result_people people;
    char path[PATH_MAX];
    enum err err = result_release_people(p->db, p->site.arena, run_id, &people);
    if (err != ERR_NONE)
        return err;
    (void)snprintf(path, sizeof path, "%s/lookup", folder);
    site_put_lookup(&p->site, path, people.rows, people.birth_dates, people.count, (int)p->rounds);
    return ERR_NONE;
}

/* The official document and the workbook, as the server keeps them; a list too long for a document goes without. */
static enum err put_documents(struct publishing *p, const char *folder, const struct result_release *release) {
    static const char *const KINDS[] = {"pdf", "xlsx"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        const uint8_t *bytes = NULL;
        size_t len = 0;
        enum err err = result_document(p->db, p->site.arena, release, KINDS[i], p->public_url, &bytes, &len);
        if (err == ERR_LIMIT) {
            fprintf(p->json ? stderr : stdout, "%s, version %lld: too long for a document (%s)\n", release->cycle_code, (long long)release->version, KINDS[i]);
            continue;
        }
        if (err != ERR_NONE)
            return err;
        (void)snprintf(path, sizeof path, "%s/%s-v%lld.%s", folder, release->cycle_code, (long long)release->version, KINDS[i]);
        site_put(&p->site, path, bytes, len, false);
    }
    return ERR_NONE;
}

static enum err put_release(struct publishing *p, const char *code, int64_t version, bool newest, const struct result_releases *versions) {
    struct result_release release;
    struct result_release_list list;
    struct json_writer w;
    bool found = false;
    const char *file = NULL;
    char folder[300], path[PATH_MAX];
    struct arena *arena = p->site.arena;
    enum err err = result_release_read(p->db, arena, code, version, &found, &release);
    if (err == ERR_NONE && found)
        err = result_release_rows(p->db, arena, release.run_id, &list);
    if (err == ERR_NONE && found)
        err = result_release_file(p->db, arena, release.run_id, &file);
    if (err != ERR_NONE || !found)
        return err;
    (void)snprintf(folder, sizeof folder, "data/%s/v%lld", code, (long long)version);
    struct buf text CLEANUP(buf_release);
    buf_init(&text, SITE_FILE_MAX);
    json_writer_init(&w, &text);
    api_put_release(&w, &release, versions, &list, folder);
    (void)snprintf(path, sizeof path, "%s/list.json", folder);
    site_put_buf(&p->site, path, &text, true);
    put_posts(p, folder, &list);
    buf_reset(&text);
    api_put_release_csv(&text, arena, &list);
    (void)snprintf(path, sizeof path, "%s/%s-v%lld.csv", folder, code, (long long)version);
    site_put_buf(&p->site, path, &text, true);
    (void)snprintf(path, sizeof path, "%s/%s-v%lld.json", folder, code, (long long)version);
    site_put(&p->site, path, file, strlen(file), true);
    err = put_documents(p, folder, &release);
    return err == ERR_NONE && p->lookup && newest ? put_lookup(p, folder, release.run_id) : err;
}

/* ---- all of them ---- */

static enum err keep_code(struct publishing *p, const char *code) {
    if (p->code_count == p->code_room) {
        size_t room = p->code_room ? 2 * p->code_room : 64;
        const char **more = ARENA_ARRAY(p->site.arena, room, const char *);
        if (!more)
            return ERR_MEMORY;
        if (p->code_count)
            memcpy(more, p->codes, p->code_count * sizeof *more);
        p->codes = more;
        p->code_room = room;
    }
    p->codes[p->code_count++] = code;
    return ERR_NONE;
}

/* What a person is told as it happens, a script at the end and whole. */
static void tell(struct publishing *p, const char *code, int64_t version) {
    if (!p->json) {
        printf("%s, version %lld\n", code, (long long)version);
        return;
    }
    json_open_object(&p->told);
    json_member_text(&p->told, "cycle", code);
    json_member_int(&p->told, "version", version);
    json_close_object(&p->told);
}

static void tell_end(struct publishing *p) {
    if (!p->json) {
        printf("%zu documents in %zu signed files: %s\n", p->code_count, p->site.count, p->out);
        return;
    }
    json_close_array(&p->told);
    json_member_text(&p->told, "out", p->out);
    json_member_int(&p->told, "documents", (int64_t)p->code_count);
    json_member_int(&p->told, "files", (int64_t)p->site.count);
    json_close_object(&p->told);
    puts(p->telling.failed ? "{}" : p->telling.data);
}

static enum err put_cycle(struct publishing *p, const char *code, struct json_writer *documents) {
    struct result_releases versions;
    enum err err = result_release_versions(p->db, p->site.arena, code, &versions);
    for (size_t i = 0; err == ERR_NONE && i < versions.count; i++) {
        const struct result_release *release = &versions.releases[i];
        json_open_object(documents);
        json_member_text(documents, "document", "result_list");
        put_head(documents, release);
        json_member_text(documents, "state", i == 0 ? "valid" : "replaced");
        json_member_int(documents, "newest_version", versions.releases[0].version);
        json_close_object(documents);
        err = keep_code(p, release->verify_code);
        if (err == ERR_NONE)
            err = put_release(p, code, release->version, i == 0, &versions);
        if (err == ERR_NONE)
            tell(p, code, release->version);
    }
    return err;
}

static enum err put_all(struct publishing *p) {
    struct result_releases list;
    struct json_writer w, documents;
    struct buf releases CLEANUP(buf_release), coded CLEANUP(buf_release);
    buf_init(&releases, SITE_FILE_MAX);
    buf_init(&coded, SITE_FILE_MAX);
    enum err err = result_release_list(p->db, p->site.arena, &list);
    if (err != ERR_NONE)
        return err;
    json_writer_init(&w, &releases);
    json_writer_init(&documents, &coded);
    json_open_object(&w);
    json_put_key(&w, "items");
    json_open_array(&w);
    json_open_object(&documents);
    json_put_key(&documents, "items");
    json_open_array(&documents);
    for (size_t i = 0; err == ERR_NONE && i < list.count; i++) {
        const struct result_release *release = &list.releases[i];
        json_open_object(&w);
        put_head(&w, release);
        json_member_int(&w, "candidates", release->candidates);
        json_member_int(&w, "selected", release->selected);
        json_member_text(&w, "cause", release->cause);
        json_close_object(&w);
        err = put_cycle(p, release->cycle_code, &documents);
    }
    json_close_array(&w);
    json_close_object(&w);
    json_close_array(&documents);
    json_close_object(&documents);
    site_put_buf(&p->site, "data/releases.json", &releases, true);
    site_put_buf(&p->site, "data/verifications.json", &coded, true);
    site_put_pages(&p->site, p->codes, p->code_count);
    return err;
}

/* ---- the folder ---- */

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_folder(const char *path) {
    (void)nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
}

/* The new folder takes the place of the old one at once. */
static bool exchange(const struct publishing *p) {
    if (renameat2(AT_FDCWD, p->site.root, AT_FDCWD, p->out, RENAME_NOREPLACE) == 0)
        return true;
    bool done = errno == EEXIST && (site_is(p->out) || rmdir(p->out) == 0) &&
                (renameat2(AT_FDCWD, p->site.root, AT_FDCWD, p->out, RENAME_EXCHANGE) == 0 || rename(p->site.root, p->out) == 0);
    if (done)
        remove_folder(p->site.root);
    return done;
}

static int publish(struct publishing *p, const struct settings *settings) {
    struct crypto_sign_key *key = NULL;
    char why[300];
    struct stat info;
    if (stat(p->out, &info) == 0 && !site_is(p->out) && rmdir(p->out) != 0)
        return command_fail(EXIT_MISUSE, "%s is there and was not written by `khoacu publish`: name another folder.", p->out);
    if (crypto_sign_open(p->key_file, &key))
        return command_fail(EXIT_MISUSE, "%s is no Ed25519 key in PEM that its owner alone can read.", p->key_file);
    if (db_open(settings->db, DB_ROLE_SERVER, &p->db, why, sizeof why)) {
        crypto_sign_free(key);
        return command_fail(EXIT_FAILED, "The database cannot be reached: %s", why);
    }
    (void)snprintf(p->site.root, sizeof p->site.root, "%s.%ld", p->out, (long)getpid());
    int status = EXIT_FAILED;
    enum err err = mkdir(p->site.root, 0755) == 0 ? put_all(p) : ERR_IO;
    if (err == ERR_NONE && p->site.err == ERR_NONE)
        site_seal(&p->site, key);
    if (p->site.err != ERR_NONE)
        (void)command_fail(status, "%s cannot be written (%s).", p->site.broken, err_key(p->site.err));
    else if (err != ERR_NONE)
        (void)command_fail(status, "The lists cannot be read (%s): %s", err_key(err), db_last_error(p->db));
    else if (!exchange(p))
        (void)command_fail(status, "%s cannot be put in place: %s.", p->out, strerror(errno));
    else
        status = EXIT_DONE;
    if (status == EXIT_DONE)
        tell_end(p);
    else
        remove_folder(p->site.root);
    db_close(p->db);
    crypto_sign_free(key);
    return status;
}

int command_publish(int argc, char **argv) {
    struct publishing p = {.rounds = ROUNDS, .lookup = true};
    for (int i = 1; i < argc; i++) {
        if (command_wants_help(argv[i]))
            return command_print(HELP);
        if (strcmp(argv[i], "--out") == 0 && i + 1 < argc)
            p.out = argv[++i];
        else if (strcmp(argv[i], "--key") == 0 && i + 1 < argc)
            p.key_file = argv[++i];
        else if (strcmp(argv[i], "--without-lookup") == 0)
            p.lookup = false;
        else if (strcmp(argv[i], "--json") == 0)
            p.json = true;
        else if (strcmp(argv[i], "--rounds") != 0 || i + 1 >= argc || !text_parse_int(argv[++i], 1000, 10000000, &p.rounds))
            return command_misuse(HELP, argv[i]);
    }
    if (!p.out || !p.key_file)
        return command_lacks(HELP, "publish needs --out DIR and --key FILE");
    struct settings settings;
    char sentence[400];
    if (settings_read_database(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    struct arena arena;
    arena_init(&arena, ARENA_MAX);
    p.site.arena = &arena;
    buf_init(&p.telling, 16u << 20);
    json_writer_init(&p.told, &p.telling);
    json_open_object(&p.told);
    json_put_key(&p.told, "lists");
    json_open_array(&p.told);
    p.public_url = settings.public_base;
    int status = publish(&p, &settings);
    buf_release(&p.telling);
    arena_release(&arena);
    return status;
}
