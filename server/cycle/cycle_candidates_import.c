#include "cycle_import.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define NAME_MAX_POINTS 120

enum { ROLL_NUMBER, FULL_NAME, BIRTH_DATE, POST_CODE, PRIORITY_CLASSES, AGENCY_PREFERENCES, EXTRA_TIME, EMAIL };

const struct import_column CYCLE_CANDIDATE_COLUMNS[] = {
    [ROLL_NUMBER] = {.name = "roll_number", .aliases = {"số báo danh", "SBD"}, .required = true, .example = "TC-0001"},
    [FULL_NAME] = {.name = "full_name",
                   .aliases = {"họ và tên", "họ tên"},
                   .required = true,
                   .example = "Nguyễn Thị An"},
    [BIRTH_DATE] = {.name = "birth_date", .aliases = {"ngày sinh"}, .required = true, .example = "28/02/2001"},
    [POST_CODE] = {.name = "post_code",
                   .aliases = {"mã vị trí", "mã vị trí việc làm"},
                   .required = true,
                   .example = "CV-01"},
    [PRIORITY_CLASSES] = {.name = "priority_classes",
                          .aliases = {"đối tượng ưu tiên", "diện ưu tiên"},
                          .example = "P2"},
    [AGENCY_PREFERENCES] = {.name = "agency_preferences",
                            .aliases = {"nguyện vọng", "nguyện vọng cơ quan"},
                            .example = "SNV;STC"},
    [EXTRA_TIME] = {.name = "extra_time_percent", .aliases = {"thêm giờ (%)", "phần trăm thêm giờ"}, .example = ""},
    [EMAIL] = {.name = "email", .aliases = {"thư điện tử", "địa chỉ email"}, .example = ""},
    {0},
};

enum fate { FATE_NEW, FATE_PERSON, FATE_APPLICATION, FATE_ADDRESS, FATE_SAME };

#define KEEP_EMAIL "?" /* no address, so that it can be told from each */

/* A row as it will be stored. */
struct person {
    const char *birth_date;
    int64_t post_id, extra_time_percent;
    const char *classes, *agencies; /* joined by ';' */
    const char *email;              /* "" none, KEEP_EMAIL as it is */
    enum fate fate;
};

struct candidates_import {
    struct cycle_import base;
    const struct cycle_rules *rules;
    struct cycle_posts posts;
    struct person *persons;
    size_t known;       /* candidates of the cycle before */
    const size_t *rows; /* those compared with the database, by their place there */
};

static const char *cell(const struct candidates_import *import, size_t row, size_t column) {
    return import_cell(&import->base.table, row, column);
}

static void refuse(struct candidates_import *import, size_t row, size_t column, enum import_code code,
                   const char *value) {
    import_refuse_value(import->base.report, &import->base.table, row, CYCLE_CANDIDATE_COLUMNS[column].name, code,
                        value);
}

/* ---- one row ---- */

static void check_person(struct candidates_import *import, size_t row) {
    struct cycle_import *base = &import->base;
    const char *roll_number = cell(import, row, ROLL_NUMBER), *birth = cell(import, row, BIRTH_DATE);
    char date[11] = "";
    if (roll_number[0] && !cycle_roll_number_valid(roll_number))
        import_refuse(base->report, &base->table, row, ROLL_NUMBER, IMPORT_SYNTAX);
    cycle_import_check_text(base, row, FULL_NAME, NAME_MAX_POINTS);
    if (birth[0] && (!text_parse_date(birth, date) || strcmp(date, base->cycle.notice_on) >= 0))
        import_refuse(base->report, &base->table, row, BIRTH_DATE, IMPORT_DATE);
    const char *kept = arena_strdup(base->arena, date);
    import->persons[row].birth_date = kept ? kept : "";
}

static bool twice(const char *const *parts, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (strcmp(parts[i], parts[at]) == 0)
            return true;
    return false;
}

/* The classes in the order of the pack, so that the order in the file is no difference. */
static void read_classes(struct candidates_import *import, size_t row) {
    const struct rank_pack *pack = &import->rules->rank;
    const char *parts[CYCLE_CLASSES_MAX];
    const char *joined = "";
    size_t count = import_split(import->base.arena, cell(import, row, PRIORITY_CLASSES), parts, CYCLE_CLASSES_MAX);
    if (count > CYCLE_CLASSES_MAX) {
        refuse(import, row, PRIORITY_CLASSES, IMPORT_LENGTH, cell(import, row, PRIORITY_CLASSES));
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (rank_class_find(pack, parts[i]) == RANK_NONE)
            refuse(import, row, PRIORITY_CLASSES, IMPORT_UNKNOWN, parts[i]);
        else if (twice(parts, i))
            refuse(import, row, PRIORITY_CLASSES, IMPORT_DUPLICATE, parts[i]);
    for (uint8_t class = 0; count > 0 && joined && class < pack->class_count; class ++)
        for (size_t i = 0; joined && i < count; i++)
            if (strcmp(pack->classes[class].code, parts[i]) == 0)
                joined = arena_printf(import->base.arena, "%s%s%s", joined, joined[0] ? ";" : "", parts[i]);
    import->persons[row].classes = joined;
}

static int64_t agency_of(const struct cycle_post *post, const char *code) {
    for (size_t i = 0; i < post->agency_count; i++)
        if (strcmp(post->agency_codes[i], code) == 0)
            return post->agency_ids[i];
    return 0;
}

static void read_agencies(struct candidates_import *import, size_t row, const struct cycle_post *post) {
    struct arena *arena = import->base.arena;
    const char *parts[CYCLE_AGENCIES_MAX];
    const char *joined = "";
    size_t count = import_split(arena, cell(import, row, AGENCY_PREFERENCES), parts, CYCLE_AGENCIES_MAX);
    if (count > CYCLE_AGENCIES_MAX) {
        refuse(import, row, AGENCY_PREFERENCES, IMPORT_LENGTH, cell(import, row, AGENCY_PREFERENCES));
        return;
    }
    if (count == 0 && post->agency_count > 1)
        refuse(import, row, AGENCY_PREFERENCES, IMPORT_REQUIRED, "");
    if (count == 0)
        joined = arena_printf(arena, "%lld", (long long)post->agency_ids[0]);
    for (size_t i = 0; joined && i < count; i++) {
        int64_t agency_id = agency_of(post, parts[i]);
        if (agency_id == 0)
            refuse(import, row, AGENCY_PREFERENCES, IMPORT_UNKNOWN, parts[i]);
        else if (twice(parts, i))
            refuse(import, row, AGENCY_PREFERENCES, IMPORT_DUPLICATE, parts[i]);
        joined = arena_printf(arena, "%s%s%lld", joined, joined[0] ? ";" : "", (long long)agency_id);
    }
    import->persons[row].agencies = joined;
}

/* Accommodation: more working time. */
static void read_extra_time(struct candidates_import *import, size_t row) {
    const char *text = cell(import, row, EXTRA_TIME);
    import->persons[row].extra_time_percent = 0;
    if (text[0] && !text_parse_int(text, 0, CYCLE_EXTRA_TIME_MAX, &import->persons[row].extra_time_percent))
        refuse(import, row, EXTRA_TIME, IMPORT_NUMBER, text);
}

/* Where a letter goes: one address, without a name. A file without the column leaves addresses as they are. */
static void read_email(struct candidates_import *import, size_t row) {
    const char *text = cell(import, row, EMAIL), *at = strchr(text, '@');
    import->persons[row].email = import->base.table.place[EMAIL] < 0 ? KEEP_EMAIL : text;
    if (text[0] && (!at || at == text || !at[1] || strchr(at + 1, '@') || strlen(text) > CYCLE_EMAIL_MAX || strpbrk(text, " \t\r\n<>,;\"")))
        refuse(import, row, EMAIL, IMPORT_SYNTAX, text);
}

/* Whether there was memory. */
static bool check_row(struct candidates_import *import, size_t row) {
    struct person *person = &import->persons[row];
    const char *post_code = cell(import, row, POST_CODE);
    check_person(import, row);
    person->classes = person->agencies = "";
    read_classes(import, row);
    read_extra_time(import, row);
    read_email(import, row);
    if (post_code[0]) {
        const struct cycle_post *post = cycle_post_find(&import->posts, post_code);
        if (!post)
            refuse(import, row, POST_CODE, IMPORT_UNKNOWN, post_code);
        else
            read_agencies(import, row, post);
        person->post_id = post ? post->post_id : 0;
    }
    return person->classes && person->agencies && !import->base.arena->failed;
}

static enum err check_rows(struct candidates_import *import) {
    struct cycle_import *base = &import->base;
    for (size_t i = 0; i < base->count; i++)
        if (!check_row(import, i))
            return ERR_MEMORY;
    const struct cycle_import_key *keys = cycle_import_sorted(base, ROLL_NUMBER, ROLL_NUMBER);
    for (size_t i = 1; keys && i < base->count; i++)
        if (keys[i].text[0] && strcmp(keys[i].text, keys[i - 1].text) == 0)
            refuse(import, keys[i].row, ROLL_NUMBER, IMPORT_DUPLICATE, keys[i].text);
    return keys ? ERR_NONE : ERR_MEMORY;
}

/* ---- against the database ---- */

/* Columns of the rows that `wanted` takes. */
struct arrays {
    const char **rolls, **names, **births, **classes, **agencies, **emails;
    int64_t *ids, *posts, *extra_times;
    size_t *rows;
    size_t count;
};

static bool arrays_new(struct arena *arena, size_t size, struct arrays *out) {
    *out = (struct arrays){.rolls = ARENA_ARRAY(arena, size, const char *),
                           .names = ARENA_ARRAY(arena, size, const char *),
                           .births = ARENA_ARRAY(arena, size, const char *),
                           .classes = ARENA_ARRAY(arena, size, const char *),
                           .agencies = ARENA_ARRAY(arena, size, const char *),
                           .emails = ARENA_ARRAY(arena, size, const char *),
                           .ids = ARENA_ARRAY(arena, size, int64_t),
                           .posts = ARENA_ARRAY(arena, size, int64_t),
                           .extra_times = ARENA_ARRAY(arena, size, int64_t),
                           .rows = ARENA_ARRAY(arena, size, size_t)};
    return !arena->failed;
}

static void take(const struct candidates_import *import, size_t row, struct arrays *out) {
    const struct person *person = &import->persons[row];
    size_t i = out->count++;
    out->ids[i] = random_id();
    out->rolls[i] = cell(import, row, ROLL_NUMBER);
    out->names[i] = cell(import, row, FULL_NAME);
    out->births[i] = person->birth_date;
    out->posts[i] = person->post_id;
    out->extra_times[i] = person->extra_time_percent;
    out->classes[i] = person->classes;
    out->agencies[i] = person->agencies;
    out->emails[i] = person->email;
    out->rows[i] = row;
}

/* A row of the file whose roll number is known. */
static enum err note_known(void *ctx, const struct db_row *row) {
    struct candidates_import *import = ctx;
    bool person = db_bool(row, 1), application = db_bool(row, 2), address = db_bool(row, 3);
    import->persons[import->rows[db_int(row, 0) - 1]].fate = application ? FATE_APPLICATION
                                                             : person    ? FATE_PERSON
                                                             : address   ? FATE_ADDRESS
                                                                         : FATE_SAME;
    return ERR_NONE;
}

static enum err compare(struct candidates_import *import, struct db *db) {
    struct cycle_import *base = &import->base;
    struct arrays all;
    if (!arrays_new(base->arena, base->count, &all))
        return ERR_MEMORY;
    for (size_t i = 0; i < base->count; i++) {
        import->persons[i].fate = FATE_NEW;
        if (!import_row_refused(&base->table, i))
            take(import, i, &all);
    }
    import->rows = all.rows;
    return db_many(db, base->arena, DB_CYCLE_CANDIDATES_COMPARE,
                   DB_PARAMS(P_INT(base->cycle.cycle_id), P_TEXTS(all.rolls, all.count), P_TEXTS(all.names, all.count),
                             P_TEXTS(all.births, all.count), P_INTS(all.posts, all.count),
                             P_TEXTS(all.classes, all.count), P_TEXTS(all.agencies, all.count),
                             P_INTS(all.extra_times, all.count), P_TEXTS(all.emails, all.count)),
                   CYCLE_CANDIDATES_MAX, note_known, import);
}

static bool is_free(enum fate fate, enum cycle_state state) {
    switch (fate) {
    case FATE_NEW:
    case FATE_APPLICATION:
        return cycle_applications_free(state);
    case FATE_PERSON:
        return cycle_persons_free(state);
    case FATE_ADDRESS: /* a letter that came back asks for it when all else is long decided */
    case FATE_SAME:
        return true;
    }
    return false;
}

static void judge(struct candidates_import *import) {
    struct cycle_import *base = &import->base;
    struct import_report *report = base->report;
    for (size_t i = 0; i < base->count; i++) {
        enum fate fate = import->persons[i].fate;
        if (import_row_refused(&base->table, i))
            continue;
        if (!is_free(fate, base->state)) {
            import_refuse_value(report, &base->table, i, "", IMPORT_LOCKED, cell(import, i, ROLL_NUMBER));
            continue;
        }
        report->imported += fate == FATE_NEW;
        report->changed += fate == FATE_PERSON || fate == FATE_APPLICATION || fate == FATE_ADDRESS;
        report->unchanged += fate == FATE_SAME;
    }
    if (import->known + report->imported > CYCLE_CANDIDATES_MAX)
        import_refuse_target(report, "", IMPORT_FILE_LIMIT, "");
}

static enum err store(struct candidates_import *import, struct db *db) {
    struct cycle_import *base = &import->base;
    const struct db_param cycle_id = P_INT(base->cycle.cycle_id);
    struct arrays fresh, changed;
    if (!arrays_new(base->arena, base->count, &fresh) || !arrays_new(base->arena, base->count, &changed))
        return ERR_MEMORY;
    for (size_t i = 0; i < base->count; i++)
        if (import->persons[i].fate != FATE_SAME)
            take(import, i, import->persons[i].fate == FATE_NEW ? &fresh : &changed);
    enum err err = db_run(db, DB_CYCLE_CANDIDATES_INSERT,
                          DB_PARAMS(cycle_id, P_INTS(fresh.ids, fresh.count), P_TEXTS(fresh.rolls, fresh.count),
                                    P_TEXTS(fresh.names, fresh.count), P_TEXTS(fresh.births, fresh.count),
                                    P_INTS(fresh.posts, fresh.count), P_TEXTS(fresh.classes, fresh.count),
                                    P_TEXTS(fresh.agencies, fresh.count), P_INTS(fresh.extra_times, fresh.count), P_TEXTS(fresh.emails, fresh.count)),
                          NULL);
    if (err != ERR_NONE)
        return err;
    return db_run(db, DB_CYCLE_CANDIDATES_UPDATE,
                  DB_PARAMS(cycle_id, P_TEXTS(changed.rolls, changed.count), P_TEXTS(changed.names, changed.count),
                            P_TEXTS(changed.births, changed.count), P_INTS(changed.posts, changed.count),
                            P_TEXTS(changed.classes, changed.count), P_TEXTS(changed.agencies, changed.count),
                            P_INTS(changed.extra_times, changed.count), P_TEXTS(changed.emails, changed.count)),
                  NULL);
}

static enum err import_body(void *ctx, struct db *db) {
    struct candidates_import *import = ctx;
    struct cycle_import *base = &import->base;
    const struct db_row *row = NULL;
    enum err err = cycle_import_begin(base, db);
    if (err == ERR_NONE)
        err = db_one(db, base->arena, DB_CYCLE_CANDIDATES_COUNT, DB_PARAMS(P_INT(base->cycle.cycle_id), P_TEXT("")),
                     &row);
    if (err == ERR_NONE) {
        import->known = (size_t)db_int(row, 0);
        err = compare(import, db);
    }
    if (err != ERR_NONE)
        return err;
    judge(import);
    if (!import_may_apply(base->report))
        return DB_ROLLBACK;
    err = store(import, db);
    if (err != ERR_NONE)
        return err;
    return ledger_append_import(db, base->arena, "cycle.candidates_import", "cycle", base->cycle.cycle_id,
                                base->request, base->report);
}

enum err cycle_import_candidates(struct db *db, struct arena *arena, const struct import_request *request,
                                 struct import_report *report) {
    struct candidates_import import = {.base = {.arena = arena, .request = request, .report = report}};
    struct cycle_import *base = &import.base;
    bool open = false;
    enum err err = cycle_import_open(base, db, CYCLE_CANDIDATE_COLUMNS, CYCLE_CANDIDATES_MAX, &open);
    if (err != ERR_NONE || !open)
        return err;
    err = cycle_rules_read(db, arena, &base->cycle, &import.rules);
    if (err == ERR_NONE)
        err = cycle_posts_read(db, arena, base->cycle.cycle_id, &import.posts);
    if (err != ERR_NONE)
        return err;
    import.persons = ARENA_ARRAY(arena, base->count + 1, struct person);
    err = import.persons ? check_rows(&import) : ERR_MEMORY;
    if (err == ERR_NONE && !import_mark(report, &base->table, &base->mark))
        err = ERR_MEMORY;
    if (err == ERR_NONE)
        err = db_transact(db, import_body, &import);
    if (err == ERR_NONE)
        import_close(report, import_may_apply(report));
    return err;
}
