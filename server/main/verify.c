#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/json/json.h"
#include "khoacu/result/bundle.h"

#include "equating.h"
#include "site.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "khoacu/base/banned.h"

int command_verify(int argc, char **argv);

#define FILES_MAX 10000
#define ARENA_MAX ((size_t)8 << 30)

enum { HOLDS = 0, DOES_NOT_HOLD = 1, MISUSE = 2 };

static const char HELP[] =
    "Usage: khoacu verify FILE|DIR [--json] [--key PUBLIC.pem]\n"
    "Checks a published result file, or every *.json file of a folder, without any database or network:\n"
    "  form       the file is canonical JSON with exactly the members of khoacu-result/1\n"
    "  hashes     the SHA-256 of each section is the one stated\n"
    "  pack       the rules are whole, free of contradictions, and fit the cycle's scales\n"
    "  inputs     every mark is on its scale, a project's follows from what its panel's members gave, no roll number stands twice,\n"
    "             every wish is for a seat that exists; an equating table follows from its counts and is signed by two\n"
    "  decisions  every rank, seat and reason is computed again and is the one stated\n"
    "  counts     the totals are right, no agency takes more persons than it has places, no place is left empty\n"
    "  chain      in a folder: each version states the hash of the version before\n"
    "A folder that `khoacu publish` wrote is checked as a whole first: its signature, its manifest, every file, none too many;\n"
    "then the result files in it. --key: the signature must be by this key, not merely by the one in the folder.\n"
    "Prints what was found, the first line that does not hold by name; --json: the same as one JSON object.\n"
    "Exit status: 0 everything holds, 1 something does not, 2 wrong use or a file that cannot be read.\n";

/* One file and what came out. */
struct verified {
    char path[4096];
    bool read;
    enum result_step failed;
    bool chain_broken;
    char line[1024], cycle_code[64], sha256[65], previous[65];
    int64_t version, candidates, posts, selected, unresolved, withheld;
    bool demonstration;
    char signed_by[1200]; /* of equating tables, with their hashes */
};

/* Texts of a file that nobody vouches for go to a terminal: control characters are shown as '?'. */
static void copy_plain(char *out, size_t size, const char *text) {
    size_t len = 0;
    for (; *text && len + 1 < size; text++)
        out[len++] = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
    out[len] = '\0';
}

/* The file's bytes, or NULL; to be freed. */
static char *read_file(const char *path, size_t *ret_len) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < 0 ||
        (size_t)info.st_size > RESULT_BUNDLE_MAX)
        return NULL;
    size_t size = (size_t)info.st_size;
    char *bytes = malloc(size + 1);
    if (!bytes)
        return NULL;
    size_t len = fread(bytes, 1, size, file);
    if (len != size || ferror(file)) {
        free(bytes);
        return NULL;
    }
    *ret_len = len;
    return bytes;
}

/* The hash of each table with who has signed it, or the line that does not hold. */
static void check_signatures(struct verified *v, const struct result_check *check) {
    char line[400], signers[400], said[1200] = "";
    for (size_t i = 0; i < check->equating_count && v->failed == RESULT_STEP_COUNT; i++) {
        size_t len = strlen(said);
        if (!equating_signed(&check->equatings[i], line, sizeof line)) {
            v->failed = RESULT_STEP_INPUTS;
            copy_plain(v->line, sizeof v->line, line);
            return;
        }
        equating_signers(&check->equatings[i], signers, sizeof signers);
        (void)snprintf(said + len, sizeof said - len, "%s%s, signed by %s", len ? "; " : "", check->equatings[i].sha256, signers);
    }
    copy_plain(v->signed_by, sizeof v->signed_by, said);
}

static void verify_file(struct verified *v) {
    size_t len = 0;
    char *bytes CLEANUP(cleanup_free) = read_file(v->path, &len);
    if (!bytes)
        return;
    struct arena arena;
    struct result_check check;
    arena_init(&arena, ARENA_MAX);
    if (result_verify(&arena, bytes, len, &check) == ERR_NONE) {
        v->read = true;
        v->failed = check.failed;
        v->version = check.version;
        v->candidates = check.candidates;
        v->posts = check.posts;
        v->selected = check.selected;
        v->unresolved = check.unresolved;
        v->withheld = check.withheld;
        v->demonstration = check.demonstration;
        copy_plain(v->line, sizeof v->line, check.line);
        check_signatures(v, &check);
        copy_plain(v->cycle_code, sizeof v->cycle_code, check.cycle_code);
        copy_plain(v->sha256, sizeof v->sha256, check.sha256);
        copy_plain(v->previous, sizeof v->previous, check.previous_sha256 ? check.previous_sha256 : "");
    }
    arena_release(&arena);
}

static int compare_paths(const void *a, const void *b) {
    return strcmp(((const struct verified *)a)->path, ((const struct verified *)b)->path);
}

/* All *.json files of a folder, sorted; NULL: it cannot be read, or has none. */
static struct verified *list_folder(const char *path, size_t *ret_count) {
    DIR *folder = opendir(path);
    struct verified *list = NULL;
    size_t count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder)) && count < FILES_MAX;) {
        size_t len = strlen(entry->d_name);
        if (len < 6 || strcmp(entry->d_name + len - 5, ".json") != 0)
            continue;
        struct verified *more = realloc(list, (count + 1) * sizeof *list);
        if (!more)
            break;
        list = more;
        list[count] = (struct verified){0};
        if ((size_t)snprintf(list[count].path, sizeof list[count].path, "%s/%s", path, entry->d_name) <
            sizeof list[count].path)
            count++;
    }
    if (folder)
        (void)closedir(folder);
    if (count > 0)
        qsort(list, count, sizeof *list, compare_paths);
    *ret_count = count;
    return list;
}

/* Each version whose predecessor is in the folder must state its hash. */
static void check_chain(struct verified *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            struct verified *later = &list[i];
            const struct verified *earlier = &list[k];
            if (later->failed != RESULT_STEP_COUNT || !earlier->read || later->version != earlier->version + 1 ||
                strcmp(later->cycle_code, earlier->cycle_code) != 0 || strcmp(later->previous, earlier->sha256) == 0)
                continue;
            later->chain_broken = true;
            (void)snprintf(later->line, sizeof later->line, "version %lld rests on %s, but version %lld here has %s",
                           (long long)later->version, later->previous, (long long)earlier->version, earlier->sha256);
        }
}

static bool holds(const struct verified *v) {
    return v->read && v->failed == RESULT_STEP_COUNT && !v->chain_broken;
}

static void print_plain(const struct verified *v) {
    if (!v->read) {
        fprintf(stderr, "khoacu: %s cannot be read, or is over 1 GiB.\n", v->path);
        return;
    }
    printf("%s\n  sha256 %s\n", v->path, v->sha256);
    if (*v->cycle_code)
        printf("  cycle %s, version %lld%s\n", v->cycle_code, (long long)v->version,
               v->demonstration ? ", demonstration" : "");
    for (enum result_step step = RESULT_STEP_FORM; step < RESULT_STEP_COUNT && step <= v->failed; step++)
        printf("  %-9s %s\n", result_step_key(step), step == v->failed ? "DOES NOT HOLD" : "holds");
    if (v->chain_broken)
        printf("  chain     DOES NOT HOLD\n");
    if (*v->line)
        printf("  first line that does not hold: %s\n", v->line);
    else
        printf("  %lld candidates of %lld posts computed again, %lld selected, %lld ties open: everything holds\n",
               (long long)v->candidates, (long long)v->posts, (long long)v->selected, (long long)v->unresolved);
    if (!*v->line && *v->signed_by)
        printf("  equating table %s\n", v->signed_by);
    if (!*v->line && v->withheld > 0)
        printf("  of %lld candidates only the total is published, to protect small groups; it is taken as stated\n",
               (long long)v->withheld);
}

static void put_json(struct json_writer *w, const struct verified *v) {
    json_open_object(w);
    json_member_text(w, "file", v->path);
    json_member_bool(w, "read", v->read);
    json_member_bool(w, "holds", holds(v));
    if (v->read) {
        struct result_check check = {.failed = v->failed,
                                     .line = v->line,
                                     .cycle_code = v->cycle_code,
                                     .version = v->version,
                                     .candidates = v->candidates,
                                     .posts = v->posts,
                                     .selected = v->selected,
                                     .unresolved = v->unresolved,
                                     .withheld = v->withheld,
                                     .demonstration = v->demonstration};
        memcpy(check.sha256, v->sha256, sizeof check.sha256);
        result_check_write(w, &check, v->chain_broken ? "chain" : NULL);
        if (*v->signed_by)
            json_member_text(w, "equating_table", v->signed_by);
    }
    json_close_object(w);
}

static void print_json(const struct verified *list, size_t count, bool all) {
    struct buf out CLEANUP(buf_release);
    struct json_writer w;
    buf_init(&out, (size_t)64 << 20);
    json_writer_init(&w, &out);
    json_open_object(&w);
    json_member_bool(&w, "holds", all);
    json_put_key(&w, "files");
    json_open_array(&w);
    for (size_t i = 0; i < count; i++)
        put_json(&w, &list[i]);
    json_close_array(&w);
    json_close_object(&w);
    puts(out.failed ? "{}" : out.data);
}

static int verify_all(struct verified *list, size_t count, bool json) {
    bool all = true, read = true;
    for (size_t i = 0; i < count; i++)
        verify_file(&list[i]);
    check_chain(list, count);
    for (size_t i = 0; i < count; i++) {
        all = all && holds(&list[i]);
        read = read && list[i].read;
        if (!json)
            print_plain(&list[i]);
    }
    if (json)
        print_json(list, count, all);
    return !read ? MISUSE : (all ? HOLDS : DOES_NOT_HOLD);
}

/* The result files of a published folder that holds; NULL: it does not, and that is said. */
static struct verified *list_site(const char *root, const char *key_file, size_t *ret_count, int *ret_status) {
    struct arena arena;
    struct site_check check;
    size_t key_len = 0;
    struct verified *list = NULL;
    arena_init(&arena, ARENA_MAX);
    const char *key = key_file ? site_read(&arena, ".", key_file, &key_len) : NULL;
    if (key_file && !key)
        key = key_file[0] == '/' ? site_read(&arena, "", key_file, &key_len) : NULL;
    *ret_status = MISUSE;
    if (key_file && !key) {
        fprintf(stderr, "khoacu: %s cannot be read.\n", key_file);
    } else if (site_check(&arena, root, key, key_len, &check) == ERR_NONE) {
        *ret_status = check.holds ? HOLDS : DOES_NOT_HOLD;
        if (check.holds) {
            fprintf(stderr, "%s\n  signature and %zu files hold; key %s\n", root, check.files, check.fingerprint);
            list = calloc(check.result_count + 1, sizeof *list);
            for (size_t i = 0; list && i < check.result_count; i++)
                (void)snprintf(list[i].path, sizeof list[i].path, "%.2000s/%.2000s", root, check.results[i]);
            *ret_count = check.result_count;
        } else {
            char line[sizeof check.line];
            copy_plain(line, sizeof line, check.line);
            fprintf(stderr, "%s\n  DOES NOT HOLD: %s\n", root, line);
        }
    }
    arena_release(&arena);
    return list;
}

int command_verify(int argc, char **argv) {
    const char *path = NULL, *key = NULL;
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            (void)fputs(HELP, stdout);
            return HOLDS;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--key") == 0 && i + 1 < argc) {
            key = argv[++i];
        } else if (path || argv[i][0] == '-') {
            fprintf(stderr, "khoacu: %s is not understood here.\n%s", argv[i], HELP);
            return MISUSE;
        } else {
            path = argv[i];
        }
    }
    if (!path) {
        (void)fputs(HELP, stderr);
        return MISUSE;
    }
    if (crypto_init() != ERR_NONE)
        return MISUSE;
    struct stat info;
    size_t count = 1;
    struct verified *list CLEANUP(cleanup_free) = NULL;
    if (site_is(path)) {
        int status = MISUSE;
        list = list_site(path, key, &count, &status);
        if (!list || count == 0)
            return status;
    } else if (key) {
        fprintf(stderr, "khoacu: --key is for a folder that `khoacu publish` wrote.\n");
        return MISUSE;
    } else if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        list = list_folder(path, &count);
        if (count == 0) {
            fprintf(stderr, "khoacu: %s has no *.json file.\n", path);
            return MISUSE;
        }
    } else {
        list = calloc(1, sizeof *list);
        if (list)
            (void)snprintf(list->path, sizeof list->path, "%s", path);
    }
    return list ? verify_all(list, count, json) : MISUSE;
}
