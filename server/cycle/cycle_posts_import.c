#include "cycle_import.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ROWS_MAX 20000
#define TITLE_MAX 300
#define QUOTA_MAX 10000

enum { POST_CODE, POST_TITLE, AGENCY_CODE, AGENCY_NAME, QUOTA };

const struct import_column CYCLE_POST_COLUMNS[] = {
    [POST_CODE] = {.name = "post_code",
                   .aliases = {"mã vị trí", "mã vị trí việc làm"},
                   .required = true,
                   .example = "CV-01"},
    [POST_TITLE] = {.name = "post_title",
                    .aliases = {"vị trí việc làm", "tên vị trí"},
                    .required = true,
                    .example = "Chuyên viên tổng hợp"},
    [AGENCY_CODE] = {.name = "agency_code", .aliases = {"mã cơ quan", "mã đơn vị"}, .required = true, .example = "SNV"},
    [AGENCY_NAME] = {.name = "agency_name",
                     .aliases = {"cơ quan", "tên cơ quan", "đơn vị"},
                     .required = true,
                     .example = "Sở Nội vụ"},
    [QUOTA] = {.name = "quota", .aliases = {"chỉ tiêu", "số lượng"}, .required = true, .example = "2"},
    {0},
};

static const char *cell(const struct cycle_import *import, size_t row, size_t column) {
    return import_cell(&import->table, row, column);
}

static void check_row(struct cycle_import *import, size_t row) {
    int64_t quota;
    for (size_t column = POST_CODE; column <= AGENCY_CODE; column += AGENCY_CODE - POST_CODE)
        if (cell(import, row, column)[0] && !cycle_short_code_valid(cell(import, row, column)))
            import_refuse(import->report, &import->table, row, column, IMPORT_SYNTAX);
    cycle_import_check_text(import, row, POST_TITLE, TITLE_MAX);
    cycle_import_check_text(import, row, AGENCY_NAME, TITLE_MAX);
    if (cell(import, row, QUOTA)[0] && !text_parse_int(cell(import, row, QUOTA), 0, QUOTA_MAX, &quota))
        import_refuse(import->report, &import->table, row, QUOTA, IMPORT_NUMBER);
}

/* The rows of a code say the same of it. */
static bool check_same(struct cycle_import *import, size_t code, size_t name) {
    const struct cycle_import_key *keys = cycle_import_sorted(import, code, code);
    for (size_t i = 1; keys && i < import->count; i++) {
        bool same_code = keys[i].text[0] && strcmp(keys[i].text, keys[i - 1].text) == 0;
        if (same_code && strcmp(cell(import, keys[i].row, name), cell(import, keys[i - 1].row, name)) != 0)
            import_refuse(import->report, &import->table, keys[i].row, name, IMPORT_CONFLICT);
    }
    return keys;
}

static bool check_pairs(struct cycle_import *import) {
    const struct cycle_import_key *keys = cycle_import_sorted(import, POST_CODE, AGENCY_CODE);
    size_t agencies = 0;
    for (size_t i = 0; keys && i < import->count; i++) {
        bool same_post = i > 0 && strcmp(keys[i].text, keys[i - 1].text) == 0;
        agencies = same_post ? agencies + 1 : 1;
        if (same_post && keys[i].second[0] && strcmp(keys[i].second, keys[i - 1].second) == 0)
            import_refuse(import->report, &import->table, keys[i].row, AGENCY_CODE, IMPORT_DUPLICATE);
        else if (agencies == CYCLE_AGENCIES_MAX + 1)
            import_refuse(import->report, &import->table, keys[i].row, AGENCY_CODE, IMPORT_FILE_LIMIT);
    }
    return keys;
}

/* ---- against what is there ---- */

enum fate { FATE_NEW, FATE_CHANGED, FATE_SAME };

static enum fate fate_of(const struct cycle_import *import, const struct cycle_posts *posts, size_t row) {
    const struct cycle_post *post = cycle_post_find(posts, cell(import, row, POST_CODE));
    int64_t quota = 0;
    (void)text_parse_int(cell(import, row, QUOTA), 0, QUOTA_MAX, &quota);
    for (size_t i = 0; post && i < post->agency_count; i++) {
        if (strcmp(post->agency_codes[i], cell(import, row, AGENCY_CODE)) != 0)
            continue;
        bool same = post->agency_quotas[i] == quota && strcmp(post->title, cell(import, row, POST_TITLE)) == 0 &&
                    strcmp(post->agency_names[i], cell(import, row, AGENCY_NAME)) == 0;
        return same ? FATE_SAME : FATE_CHANGED;
    }
    return FATE_NEW;
}

static void judge_row(struct cycle_import *import, const struct cycle_posts *posts, size_t row) {
    struct import_report *report = import->report;
    enum fate fate = fate_of(import, posts, row);
    const struct cycle_post *post = cycle_post_find(posts, cell(import, row, POST_CODE));
    if (fate != FATE_SAME && !cycle_posts_free(import->state)) {
        import_refuse_value(report, &import->table, row, "", IMPORT_LOCKED, cell(import, row, POST_CODE));
        return;
    }
    if (fate == FATE_NEW && post && post->agency_count >= CYCLE_AGENCIES_MAX) {
        import_refuse(report, &import->table, row, AGENCY_CODE, IMPORT_FILE_LIMIT);
        return;
    }
    report->imported += fate == FATE_NEW;
    report->changed += fate == FATE_CHANGED;
    report->unchanged += fate == FATE_SAME;
}

/* The different codes under a column with the name that stands beside each. */
struct names {
    int64_t *ids;
    const char **codes, **names;
    size_t count;
};

static bool gather(struct cycle_import *import, size_t code, size_t name, struct names *names) {
    const struct cycle_import_key *keys = cycle_import_sorted(import, code, code);
    *names = (struct names){.ids = ARENA_ARRAY(import->arena, import->count, int64_t),
                            .codes = ARENA_ARRAY(import->arena, import->count, const char *),
                            .names = ARENA_ARRAY(import->arena, import->count, const char *)};
    if (!keys || !names->ids || !names->codes || !names->names)
        return false;
    for (size_t i = 0; i < import->count; i++) {
        if (i > 0 && strcmp(keys[i].text, keys[i - 1].text) == 0)
            continue;
        names->ids[names->count] = random_id();
        names->codes[names->count] = keys[i].text;
        names->names[names->count++] = cell(import, keys[i].row, name);
    }
    return true;
}

static enum err store_quotas(struct cycle_import *import, struct db *db) {
    size_t count = import->count;
    const char **posts = ARENA_ARRAY(import->arena, count, const char *);
    const char **agencies = ARENA_ARRAY(import->arena, count, const char *);
    int64_t *quotas = ARENA_ARRAY(import->arena, count, int64_t);
    if (!posts || !agencies || !quotas)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        posts[i] = cell(import, i, POST_CODE);
        agencies[i] = cell(import, i, AGENCY_CODE);
        (void)text_parse_int(cell(import, i, QUOTA), 0, QUOTA_MAX, &quotas[i]);
    }
    return db_run(db, DB_CYCLE_QUOTAS_STORE,
                  DB_PARAMS(P_INT(import->cycle.cycle_id), P_TEXTS(posts, count), P_TEXTS(agencies, count),
                            P_INTS(quotas, count)),
                  NULL);
}

static enum err store(struct cycle_import *import, struct db *db) {
    struct names agencies, posts;
    const struct db_param cycle_id = P_INT(import->cycle.cycle_id);
    if (!gather(import, AGENCY_CODE, AGENCY_NAME, &agencies) || !gather(import, POST_CODE, POST_TITLE, &posts))
        return ERR_MEMORY;
    enum err err = db_run(db, DB_CYCLE_AGENCIES_STORE,
                          DB_PARAMS(cycle_id, P_INTS(agencies.ids, agencies.count),
                                    P_TEXTS(agencies.codes, agencies.count), P_TEXTS(agencies.names, agencies.count)),
                          NULL);
    if (err == ERR_NONE)
        err = db_run(db, DB_CYCLE_POSTS_STORE,
                     DB_PARAMS(cycle_id, P_INTS(posts.ids, posts.count), P_TEXTS(posts.codes, posts.count),
                               P_TEXTS(posts.names, posts.count)),
                     NULL);
    return err == ERR_NONE ? store_quotas(import, db) : err;
}

static enum err judge(struct cycle_import *import, const struct cycle_posts *known) {
    const struct cycle_import_key *keys = cycle_import_sorted(import, POST_CODE, POST_CODE);
    if (!keys)
        return ERR_MEMORY;
    size_t posts = known->count;
    for (size_t i = 0; i < import->count; i++) {
        bool first = i == 0 || strcmp(keys[i].text, keys[i - 1].text) != 0;
        posts += first && !cycle_post_find(known, keys[i].text);
        if (!import_row_refused(&import->table, i))
            judge_row(import, known, i);
    }
    if (posts > CYCLE_POSTS_MAX)
        import_refuse_target(import->report, "post_code", IMPORT_FILE_LIMIT, "");
    return ERR_NONE;
}

static enum err import_body(void *ctx, struct db *db) {
    struct cycle_import *import = ctx;
    struct cycle_posts known;
    enum err err = cycle_import_begin(import, db);
    if (err == ERR_NONE)
        err = cycle_posts_read(db, import->arena, import->cycle.cycle_id, &known);
    if (err == ERR_NONE)
        err = judge(import, &known);
    if (err == ERR_NONE && !import_may_apply(import->report))
        return DB_ROLLBACK;
    if (err == ERR_NONE)
        err = store(import, db);
    if (err != ERR_NONE)
        return err;
    return ledger_append_import(db, import->arena, "cycle.posts_import", "cycle", import->cycle.cycle_id,
                                import->request, import->report);
}

enum err cycle_import_posts(struct db *db, struct arena *arena, const struct import_request *request,
                            struct import_report *report) {
    struct cycle_import import = {.arena = arena, .request = request, .report = report};
    bool open = false;
    enum err err = cycle_import_open(&import, db, CYCLE_POST_COLUMNS, ROWS_MAX, &open);
    if (err != ERR_NONE || !open)
        return err;
    for (size_t i = 0; i < import.count; i++)
        check_row(&import, i);
    if (!check_same(&import, POST_CODE, POST_TITLE) || !check_same(&import, AGENCY_CODE, AGENCY_NAME) ||
        !check_pairs(&import) || !import_mark(report, &import.table, &import.mark))
        return ERR_MEMORY;
    err = db_transact(db, import_body, &import);
    if (err == ERR_NONE)
        import_close(report, import_may_apply(report));
    return err;
}
