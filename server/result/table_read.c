#include "khoacu/result/table.h"

#include "result_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define PARTS_MAX 64
#define ROLL_MAX 64 /* bytes */

enum { POST_CODE, POST_TITLE, AGENCY_CODE, AGENCY_NAME, QUOTA, SEAT_GROUP, CARRIED_OVER };
static const struct import_column POST_COLUMNS[] = {
    [POST_CODE] = {.name = "post_code", .aliases = {"mã vị trí", "mã vị trí việc làm"}, .required = true, .example = "CV-01"},
    [POST_TITLE] = {.name = "post_title", .aliases = {"vị trí việc làm", "tên vị trí"}, .example = "Chuyên viên tổng hợp"},
    [AGENCY_CODE] = {.name = "agency_code", .aliases = {"mã cơ quan", "mã đơn vị"}, .required = true, .example = "SNV"},
    [AGENCY_NAME] = {.name = "agency_name", .aliases = {"cơ quan", "tên cơ quan", "đơn vị"}, .example = "Sở Nội vụ"},
    [QUOTA] = {.name = "quota", .aliases = {"chỉ tiêu", "số lượng"}, .required = true, .example = "2"},
    [SEAT_GROUP] = {.name = "group", .aliases = {"nhóm"}, .example = ""},
    [CARRIED_OVER] = {.name = "carried_over", .aliases = {"chuyển từ kỳ trước"}, .example = ""},
    {0}};

enum { ROLL, POST, CLASSES, AGENCIES, GROUPS, RELAXED, WITHDRAWN, KEPT, ORDER, PLACED, REASON, FIRST_COMPONENT };
static const struct import_column CANDIDATE_COLUMNS[FIRST_COMPONENT] = {
    [ROLL] = {.name = "roll_number", .aliases = {"số báo danh", "sbd"}, .required = true, .example = "0001"},
    [POST] = {.name = "post_code", .aliases = {"mã vị trí", "mã vị trí việc làm"}, .required = true, .example = "CV-01"},
    [CLASSES] = {.name = "priority_classes", .aliases = {"đối tượng ưu tiên", "ưu tiên"}, .example = ""},
    [AGENCIES] = {.name = "agency_preferences", .aliases = {"nguyện vọng", "thứ tự cơ quan"}, .example = ""},
    [GROUPS] = {.name = "groups", .aliases = {"nhóm"}, .example = ""},
    [RELAXED] = {.name = "relaxed", .aliases = {"nới điều kiện"}, .example = ""},
    [WITHDRAWN] = {.name = "withdrawn", .aliases = {"bị hủy kết quả", "rút"}, .example = ""},
    [KEPT] = {.name = "kept", .aliases = {"giữ chỗ"}, .example = ""},
    [ORDER] = {.name = "recorded_order", .aliases = {"thứ tự quyết định"}, .example = ""},
    [PLACED] = {.name = "placed", .aliases = {"cơ quan do hội đồng quyết định"}, .example = ""},
    [REASON] = {.name = "decision_reason", .aliases = {"lý do quyết định"}, .example = ""}};

struct reader {
    struct arena *arena;
    struct result_field *field;
    struct import_table posts, candidates;
    struct import_report *posts_report, *candidates_report;
    struct import_column *columns;
    const char **post_codes;
    size_t *order; /* rows of candidates by roll number */
    struct result_recorded *recorded;
    size_t recorded_count;
    uint32_t preferences;
};

/* ---- rows in the order of a column ---- */

struct sorted {
    const char *text, *then[2];
    size_t row;
};

static int compare_sorted(const void *a, const void *b) {
    const struct sorted *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    for (int i = 0; i < 2 && order == 0 && x->then[i]; i++)
        order = strcmp(x->then[i], y->then[i]);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

/* By a column; rows of posts then by agency and group, so that their order in the file does not matter. */
static struct sorted *sort_rows(struct reader *r, const struct import_table *table, size_t column) {
    size_t count = table->csv.row_count;
    struct sorted *list = ARENA_ARRAY(r->arena, count, struct sorted);
    for (size_t i = 0; list && i < count; i++)
        list[i] = (struct sorted){.text = import_cell(table, i, column), .row = i};
    for (size_t i = 0; list && table == &r->posts && column == POST_CODE && i < count; i++) {
        list[i].then[0] = import_cell(table, i, AGENCY_CODE);
        list[i].then[1] = import_cell(table, i, SEAT_GROUP);
    }
    if (list)
        qsort(list, count, sizeof *list, compare_sorted);
    return list;
}

static size_t count_distinct(const struct sorted *list, size_t count) {
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++)
        distinct += i == 0 || strcmp(list[i].text, list[i - 1].text) != 0;
    return distinct;
}

/* ---- posts ---- */

static const char *name_or_code(const char *name, const char *code) {
    return *name ? name : code;
}

/* Rows of seats that one row of the table makes: where the pack says whose share is how large, one for each group beside the open. */
static size_t seats_a_row(const struct rank_pack *rules) {
    return rank_pack_apportions(rules) ? (size_t)1 + rules->group_count : 1;
}

/* Places brought over from a recruitment before, "OBC/2;SC/1", on top of what the row gives. */
static void read_carried(struct reader *r, size_t row, struct rank_seat *seats, size_t count) {
    const char *parts[PARTS_MAX + 1];
    size_t part_count = import_split(r->arena, import_cell(&r->posts, row, CARRIED_OVER), parts, PARTS_MAX);
    for (size_t i = 0; i < part_count && i < PARTS_MAX; i++) {
        const char *slash = strchr(parts[i], '/'), *code = slash ? arena_strndup(r->arena, parts[i], (size_t)(slash - parts[i])) : NULL;
        uint8_t group = code ? rank_group_find(&r->field->rules, code) : RANK_NONE;
        int64_t places = 0;
        size_t at = 0;
        while (at < count && (group == RANK_NONE || seats[at].group != group + 1))
            at++;
        if (at == count)
            import_refuse_value(r->posts_report, &r->posts, row, POST_COLUMNS[CARRIED_OVER].name, IMPORT_UNKNOWN, parts[i]);
        else if (!text_parse_int(slash + 1, 1, 100000, &places) || seats[at].carried)
            import_refuse_value(r->posts_report, &r->posts, row, POST_COLUMNS[CARRIED_OVER].name, seats[at].carried ? IMPORT_DUPLICATE : IMPORT_NUMBER, parts[i]);
        else
            seats[at].carried = (int32_t)places;
    }
    for (size_t i = 0; i < count; i++)
        seats[i].quota += seats[i].carried;
}

static void read_seat(struct reader *r, size_t row, struct rank_post *post) {
    struct result_field *f = r->field;
    struct rank_seat *seats = &f->seats[post->first_seat + post->seat_count];
    int32_t shares[RANK_GROUPS_MAX + 1];
    int64_t quota = 0;
    size_t count = seats_a_row(&f->rules);
    const char *group = import_cell(&r->posts, row, SEAT_GROUP);
    uint32_t agency = result_code_find(f->agencies, f->inputs.agency_count, import_cell(&r->posts, row, AGENCY_CODE));
    if (!text_parse_int(import_cell(&r->posts, row, QUOTA), 0, 1000000, &quota))
        import_refuse(r->posts_report, &r->posts, row, QUOTA, IMPORT_NUMBER);
    if (*group && (count > 1 || rank_group_find(&f->rules, group) == RANK_NONE)) /* of shares the pack speaks, not the row */
        import_refuse(r->posts_report, &r->posts, row, SEAT_GROUP, IMPORT_UNKNOWN);
    else if (*group)
        seats[0].group = (uint8_t)(rank_group_find(&f->rules, group) + 1);
    rank_apportion(&f->rules, (int32_t)quota, shares);
    for (size_t i = 0; i < count; i++) {
        seats[i].agency = agency;
        seats[i].quota = count > 1 ? shares[i] : (int32_t)quota;
        seats[i].group = count > 1 ? (uint8_t)i : seats[i].group;
    }
    for (uint32_t k = 0; k < post->seat_count; k++)
        if (f->seats[post->first_seat + k].agency == agency && f->seats[post->first_seat + k].group == seats[0].group)
            import_refuse(r->posts_report, &r->posts, row, AGENCY_CODE, IMPORT_DUPLICATE);
    read_carried(r, row, seats, count);
    post->seat_count += (uint32_t)count;
}

static enum err read_posts(struct reader *r, const struct sorted *by_post, const struct sorted *by_agency) {
    struct result_field *f = r->field;
    size_t rows = r->posts.csv.row_count, posts = 0, agencies = 0;
    for (size_t i = 0; i < rows; i++) {
        if (i > 0 && strcmp(by_agency[i].text, by_agency[i - 1].text) == 0)
            continue;
        f->agencies[agencies] = by_agency[i].text;
        f->agency_names[agencies++] = name_or_code(import_cell(&r->posts, by_agency[i].row, AGENCY_NAME), by_agency[i].text);
    }
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || strcmp(by_post[i].text, by_post[i - 1].text) != 0) {
            r->post_codes[posts] = by_post[i].text;
            f->post_titles[posts] = name_or_code(import_cell(&r->posts, by_post[i].row, POST_TITLE), by_post[i].text);
            f->posts[posts++] = (struct rank_post){.code = by_post[i].text, .first_seat = (uint32_t)(i * seats_a_row(&f->rules))};
        }
        read_seat(r, by_post[i].row, &f->posts[posts - 1]);
    }
    return ERR_NONE;
}

/* ---- candidates ---- */

static void refuse(struct reader *r, size_t row, size_t column, enum import_code code) {
    import_refuse(r->candidates_report, &r->candidates, row, column, code);
}

static const char *cell(const struct reader *r, size_t row, size_t column) {
    return import_cell(&r->candidates, row, column);
}

static bool parse_value(const struct rank_component *component, const char *text, int64_t *ret_value) {
    return component->unit == RANK_UNIT_COUNT ? text_parse_int(text, 0, RANK_VALUE_MAX, ret_value)
                                              : !strchr(text, ',') && text_parse_hundredths(text, ret_value);
}

static void read_results(struct reader *r, size_t row, size_t at) {
    struct result_field *f = r->field;
    const struct rank_pack *rules = &f->rules;
    for (uint8_t k = 0; k < rules->component_count; k++) {
        size_t place = at * rules->component_count + k, column = (size_t)FIRST_COMPONENT + 2 * (size_t)k;
        const char *text = cell(r, row, column), *group = cell(r, row, column + 1);
        int64_t shift = 0;
        if (rules->components[k].statistic != RANK_STATISTIC_GIVEN)
            continue;
        int status = rank_status_find(text);
        if (*text && status >= 0 && status != RANK_STATUS_NONE && status != RANK_STATUS_VALUE)
            f->statuses[place] = (uint8_t)status;
        else if (*text && !parse_value(&rules->components[k], text, &f->values[place]))
            refuse(r, row, column, rules->components[k].unit == RANK_UNIT_COUNT ? IMPORT_NUMBER : IMPORT_MARK);
        else if (*text && (f->values[place] < 0 || f->values[place] > rules->components[k].max))
            refuse(r, row, column, IMPORT_SCALE);
        else if (*text)
            f->statuses[place] = RANK_STATUS_VALUE;
        if (*group && !text_parse_int(group, 0, 99999, &shift))
            refuse(r, row, column + 1, IMPORT_NUMBER);
        f->groups[place] = (uint32_t)shift;
    }
}

static void read_classes(struct reader *r, size_t row, struct rank_candidate *c) {
    const struct rank_pack *rules = &r->field->rules;
    const char *parts[PARTS_MAX + 1];
    size_t count = import_split(r->arena, cell(r, row, CLASSES), parts, PARTS_MAX);
    for (size_t i = 0; i < count && i < PARTS_MAX; i++) {
        uint8_t class = rank_class_find(rules, parts[i]);
        if (class == RANK_NONE)
            import_refuse_value(r->candidates_report, &r->candidates, row, CANDIDATE_COLUMNS[CLASSES].name, IMPORT_UNKNOWN, parts[i]);
        else
            c->classes |= 1u << class;
    }
    count = import_split(r->arena, cell(r, row, GROUPS), parts, PARTS_MAX);
    for (size_t i = 0; i < count && i < PARTS_MAX; i++) {
        uint8_t group = rank_group_find(rules, parts[i]);
        if (group == RANK_NONE)
            import_refuse_value(r->candidates_report, &r->candidates, row, CANDIDATE_COLUMNS[GROUPS].name, IMPORT_UNKNOWN, parts[i]);
        else
            c->groups |= (uint16_t)(1u << group);
    }
}

static void read_agencies(struct reader *r, size_t row, struct rank_candidate *c) {
    struct result_field *f = r->field;
    const char *parts[PARTS_MAX + 1], *kept = cell(r, row, KEPT);
    size_t count = import_split(r->arena, cell(r, row, AGENCIES), parts, PARTS_MAX);
    if (count > PARTS_MAX)
        refuse(r, row, AGENCIES, IMPORT_LENGTH);
    c->first_preference = r->preferences;
    for (size_t i = 0; i < count && i < PARTS_MAX; i++) {
        uint32_t agency = result_code_find(f->agencies, f->inputs.agency_count, parts[i]);
        if (agency == UINT32_MAX)
            import_refuse_value(r->candidates_report, &r->candidates, row, CANDIDATE_COLUMNS[AGENCIES].name, IMPORT_UNKNOWN, parts[i]);
        f->preferences[r->preferences++] = agency;
        c->preference_count++;
    }
    const char *slash = strchr(kept, '/'), *agency = slash ? arena_strndup(r->arena, kept, (size_t)(slash - kept)) : kept;
    uint8_t group = slash ? rank_group_find(&f->rules, slash + 1) : 0;
    c->kept = *kept != '\0';
    c->kept_agency = c->kept && agency ? result_code_find(f->agencies, f->inputs.agency_count, agency) : 0;
    if ((c->kept && c->kept_agency == UINT32_MAX) || group == RANK_NONE)
        refuse(r, row, KEPT, IMPORT_UNKNOWN);
    else if (slash)
        c->kept_group = (uint8_t)(group + 1);
}

static bool read_flag(struct reader *r, size_t row, size_t column) {
    const char *text = cell(r, row, column);
    if (*text && strcmp(text, "1") != 0 && strcmp(text, "0") != 0 && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        refuse(r, row, column, IMPORT_SYNTAX);
    return strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
}

static void read_order(struct reader *r, size_t row, struct rank_candidate *c) {
    const char *text = cell(r, row, ORDER), *slash = strchr(text, '/');
    int64_t decision = 0, place = 0;
    const char *first = slash ? arena_strndup(r->arena, text, (size_t)(slash - text)) : NULL;
    if (!*text)
        return;
    if (!first || !text_parse_int(first, 1, INT32_MAX, &decision) || !text_parse_int(slash + 1, 1, INT32_MAX, &place))
        refuse(r, row, ORDER, IMPORT_SYNTAX);
    else
        r->recorded[r->recorded_count++] = (struct result_recorded){.roll = c->roll, .reason = cell(r, row, REASON), .decision = decision, .place = place, .row = row};
}

/* The agency that a decision gives where none is left on the own list. */
static void read_placed(struct reader *r, size_t row, const struct rank_candidate *c) {
    struct result_field *f = r->field;
    const char *agency = cell(r, row, PLACED), *reason = cell(r, row, REASON);
    if (!*agency)
        return;
    struct result_placement *p = &f->placements[f->placement_count++];
    *p = (struct result_placement){.number = (int64_t)f->placement_count, .roll = c->roll, .reason = *reason ? reason : "khoacu rank",
                                   .agency = result_code_find(f->agencies, f->inputs.agency_count, agency)};
    if (p->agency == UINT32_MAX)
        refuse(r, row, PLACED, IMPORT_UNKNOWN);
}

static void read_candidate(struct reader *r, size_t at) {
    struct result_field *f = r->field;
    size_t row = r->order[at];
    struct rank_candidate *c = &f->candidates[at];
    c->roll = cell(r, row, ROLL);
    if (!import_one_line(c->roll) || strlen(c->roll) > ROLL_MAX)
        refuse(r, row, ROLL, IMPORT_LENGTH);
    if (at > 0 && strcmp(c->roll, f->candidates[at - 1].roll) == 0)
        refuse(r, row, ROLL, IMPORT_DUPLICATE);
    c->post = result_code_find(r->post_codes, f->inputs.post_count, cell(r, row, POST));
    if (c->post == UINT32_MAX)
        refuse(r, row, POST, IMPORT_UNKNOWN);
    read_results(r, row, at);
    read_classes(r, row, c);
    read_agencies(r, row, c);
    c->relaxed = read_flag(r, row, RELAXED);
    c->withdrawn = read_flag(r, row, WITHDRAWN);
    read_order(r, row, c);
    read_placed(r, row, c);
}

/* Orders and placements, once every candidate is there. */
static enum err apply_decisions(struct reader *r) {
    const struct result_recorded *twice = NULL;
    const char *roll = NULL;
    enum err err = result_recorded_orders(r->arena, r->field, r->recorded, r->recorded_count, &twice);
    if (err == ERR_NONE && twice)
        refuse(r, twice->row, ORDER, IMPORT_DUPLICATE);
    return err == ERR_NONE && !result_field_apply_placements(r->field, &roll) ? ERR_STATE : err;
}

/* ---- the files ---- */

/* Own columns, then two for each component: its result, and the group that a statistic sees it in. */
static bool make_columns(struct reader *r) {
    const struct rank_pack *rules = &r->field->rules;
    r->columns = ARENA_ARRAY(r->arena, (size_t)FIRST_COMPONENT + 2 * (size_t)rules->component_count + 1, struct import_column);
    if (!r->columns)
        return false;
    memcpy(r->columns, CANDIDATE_COLUMNS, sizeof CANDIDATE_COLUMNS);
    for (uint8_t k = 0; k < rules->component_count; k++) {
        char name[RANK_CODE_SIZE + 8] = "";
        for (size_t i = 0; rules->components[k].code[i]; i++)
            name[i] = (char)tolower((unsigned char)rules->components[k].code[i]);
        const char *code = arena_strdup(r->arena, name);
        r->columns[FIRST_COMPONENT + 2 * k] = (struct import_column){.name = code, .example = ""};
        r->columns[FIRST_COMPONENT + 2 * k + 1] = (struct import_column){.name = arena_printf(r->arena, "%s_group", name), .example = ""};
    }
    return !r->arena->failed;
}

static size_t count_parts(const struct import_table *table, size_t column) {
    size_t parts = 0;
    for (size_t i = 0; i < table->csv.row_count; i++)
        for (const char *at = import_cell(table, i, column); *at; at++)
            parts += *at == ';' || at[1] == '\0';
    return parts;
}

static size_t count_filled(const struct import_table *table, size_t column) {
    size_t count = 0;
    for (size_t i = 0; i < table->csv.row_count; i++)
        if (*import_cell(table, i, column))
            count++;
    return count;
}

static enum err read_tables(struct reader *r) {
    size_t posts = r->posts.csv.row_count, candidates = r->candidates.csv.row_count;
    const struct sorted *by_post = sort_rows(r, &r->posts, POST_CODE), *by_agency = sort_rows(r, &r->posts, AGENCY_CODE),
                        *by_roll = sort_rows(r, &r->candidates, ROLL);
    r->post_codes = ARENA_ARRAY(r->arena, posts, const char *);
    r->order = ARENA_ARRAY(r->arena, candidates, size_t);
    r->recorded = ARENA_ARRAY(r->arena, count_filled(&r->candidates, ORDER), struct result_recorded);
    r->field->placements = ARENA_ARRAY(r->arena, count_filled(&r->candidates, PLACED), struct result_placement);
    if (!by_post || !by_agency || !by_roll || !r->post_codes || !r->order || !r->recorded || !r->field->placements)
        return ERR_MEMORY;
    struct result_sizes sizes = {.agencies = count_distinct(by_agency, posts),
                                 .posts = count_distinct(by_post, posts),
                                 .seats = posts * seats_a_row(&r->field->rules),
                                 .candidates = candidates,
                                 .preferences = count_parts(&r->candidates, AGENCIES) + candidates};
    enum err err = result_field_init(r->arena, &sizes, r->field);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < candidates; i++)
        r->order[i] = by_roll[i].row;
    err = read_posts(r, by_post, by_agency);
    for (size_t i = 0; i < candidates && err == ERR_NONE; i++)
        read_candidate(r, i);
    r->field->inputs.preference_count = r->preferences;
    if (err == ERR_NONE && import_may_apply(r->candidates_report))
        err = apply_decisions(r);
    bool fits = import_may_apply(r->posts_report) && import_may_apply(r->candidates_report);
    return err != ERR_NONE || fits ? err : ERR_RANGE;
}

#define NAMES_MAX 256

/* The names of all members, in the order in which they first stand. False: no flat objects, or too many names. */
static bool names_of(const struct json *list, const char *names[NAMES_MAX], size_t *ret_count) {
    size_t count = 0;
    for (size_t i = 0; i < json_count(list); i++) {
        if (json_kind(json_at(list, i)) != JSON_OBJECT)
            return false;
        for (size_t k = 0; k < json_count(json_at(list, i)); k++) {
            const char *name = json_key_at(json_at(list, i), k);
            size_t at = 0;
            while (at < count && strcmp(names[at], name) != 0)
                at++;
            if (at == NAMES_MAX)
                return false;
            if (at == count)
                names[count++] = name;
        }
    }
    *ret_count = count;
    return true;
}

/* What a cell says, NULL where a member is of a kind that no cell can say: it is not read as an empty one. */
static const char *cell_of(struct arena *arena, const char *name, const struct json *value) {
    int64_t number = 0;
    bool truth = false, flag = strcmp(name, "relaxed") == 0 || strcmp(name, "withdrawn") == 0;
    if (!value || json_kind(value) == JSON_NULL)
        return "";
    if (json_int(value, &number))
        return arena_printf(arena, "%lld", (long long)number);
    if (json_bool(value, &truth))
        return !flag ? NULL : truth ? "1" : "";
    return json_text(value);
}

#define SHOWN_MAX 80

/* What to say of a file that is JSON and no table: where, and what stands there. */
struct odd {
    const char *path, *value;
};
static enum err is_odd(struct arena *arena, const char *path, const struct json *value, struct odd *ret_odd) {
    struct buf out CLEANUP(buf_release);
    buf_init(&out, 1 << 16);
    *ret_odd = (struct odd){.path = path, .value = "JSON"};
    if (value && json_canonical(value, &out) == ERR_NONE && !out.failed)
        ret_odd->value = arena_printf(arena, "%.*s%s", (int)(out.len < SHOWN_MAX ? out.len : SHOWN_MAX), out.data, out.len < SHOWN_MAX ? "" : "…");
    return arena->failed ? ERR_MEMORY : ERR_SYNTAX;
}

/* A JSON array of flat objects as the CSV that says the same. ERR_SYNTAX: it is none, with *ret_odd. */
static enum err flatten(struct arena *arena, const struct import_request *from, struct import_request *to, struct buf *out, struct odd *ret_odd) {
    const struct json *list = NULL;
    const char *names[NAMES_MAX];
    struct json_error error = {0};
    size_t first = 0, name_count = 0;
    *to = *from;
    while (first < from->len && isspace((unsigned char)from->bytes[first]))
        first++;
    if (first == from->len || (from->bytes[first] != '[' && from->bytes[first] != '{'))
        return ERR_NONE;
    enum err err = json_read(arena, from->bytes, from->len, &list, &error);
    if (err == ERR_SYNTAX || err == ERR_LIMIT)
        *ret_odd = (struct odd){.path = arena_printf(arena, "byte %zu", error.offset), .value = arena_strdup(arena, *error.reason ? error.reason : "JSON")};
    if (err != ERR_NONE)
        return err == ERR_LIMIT ? ERR_SYNTAX : err;
    if (json_kind(list) != JSON_ARRAY || !names_of(list, names, &name_count))
        return is_odd(arena, "", list, ret_odd);
    for (size_t k = 0; k < name_count; k++)
        csv_put_plain(out, names[k], k == 0);
    csv_end_row(out);
    for (size_t i = 0; i < json_count(list); i++) {
        for (size_t k = 0; k < name_count; k++) {
            const char *text = cell_of(arena, names[k], json_get(json_at(list, i), names[k]));
            if (!text)
                return is_odd(arena, arena_printf(arena, "[%zu].%s", i, names[k]), json_get(json_at(list, i), names[k]), ret_odd);
            csv_put_plain(out, text, k == 0);
        }
        csv_end_row(out);
    }
    to->bytes = out->data;
    to->len = out->len;
    return out->failed ? ERR_LIMIT : ERR_NONE;
}

enum err result_table_read(struct arena *arena, const struct import_request *posts, const struct import_request *candidates,
                           struct result_field *field, struct import_report *ret_posts, struct import_report *ret_candidates) {
    struct buf posts_csv CLEANUP(buf_release), candidates_csv CLEANUP(buf_release);
    struct import_request posts_from, candidates_from;
    struct reader r = {.arena = arena, .field = field, .posts_report = ret_posts, .candidates_report = ret_candidates};
    buf_init(&posts_csv, (size_t)1 << 30);
    buf_init(&candidates_csv, (size_t)4 << 30);
    import_report_init(ret_posts, arena, posts);
    import_report_init(ret_candidates, arena, candidates);
    struct odd odd = {"", "JSON"};
    enum err err = flatten(arena, posts, &posts_from, &posts_csv, &odd);
    if (err == ERR_SYNTAX)
        import_refuse_target(ret_posts, odd.path, IMPORT_SYNTAX, odd.value);
    if (err == ERR_NONE) {
        err = flatten(arena, candidates, &candidates_from, &candidates_csv, &odd);
        if (err == ERR_SYNTAX)
            import_refuse_target(ret_candidates, odd.path, IMPORT_SYNTAX, odd.value);
    }
    if (err == ERR_NONE && !make_columns(&r))
        err = ERR_MEMORY;
    if (err != ERR_NONE)
        return err == ERR_SYNTAX ? ERR_RANGE : err;
    bool open = import_open(ret_posts, &posts_from, POST_COLUMNS, &r.posts);
    open = import_open(ret_candidates, &candidates_from, r.columns, &r.candidates) && open;
    return open && import_may_apply(ret_posts) && import_may_apply(ret_candidates) ? read_tables(&r) : (arena->failed ? ERR_MEMORY : ERR_RANGE);
}
