#include "khoacu/assembly/blueprint.h"
#include "khoacu/assembly/pool.h"

#include "khoacu/base/text.h"
#include "khoacu/doc/csv.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { ENEMIES_MAX = 200, KIND_MAX = 20, NAME_MAX_BYTES = 120, NUMBER_MAX = 24 };
#define WHOLE_MAX 1000000

/* X(name in the heading) */
#define COLUMN_TABLE(X)                                                                                                \
    X(code)                                                                                                            \
    X(topic)                                                                                                           \
    X(level)                                                                                                           \
    X(kind)                                                                                                            \
    X(facility)                                                                                                        \
    X(a)                                                                                                               \
    X(b)                                                                                                               \
    X(c)                                                                                                               \
    X(words)                                                                                                           \
    X(seconds)                                                                                                         \
    X(exposure)                                                                                                        \
    X(enemies)                                                                                                         \
    X(enemy_group)                                                                                                     \
    X(stimulus)                                                                                                        \
    X(item_id)                                                                                                         \
    X(version)
enum column {
#define X(name) COLUMN_##name,
    COLUMN_TABLE(X)
#undef X
        COLUMN_COUNT
};
static const char *const NAMES[COLUMN_COUNT] = {
#define X(name) #name,
    COLUMN_TABLE(X)
#undef X
};

struct reading {
    struct arena *arena;
    struct assembly_pool_faults *faults;
    int at[COLUMN_COUNT]; /* index in the file, -1: absent */
    const struct csv_row *row;
};

static void fault(struct assembly_pool_faults *faults, size_t line, const char *column, const char *rule) {
    if (faults->count < ASSEMBLY_POOL_FAULTS_MAX)
        faults->list[faults->count] = (struct assembly_pool_fault){.line = line, .column = column, .rule = rule};
    faults->count++;
}

static void cell_fault(struct reading *reading, enum column column, const char *rule) {
    fault(reading->faults, reading->row->line, NAMES[column], rule);
}

static const char *cell(const struct reading *reading, enum column column) {
    return reading->at[column] < 0 ? "" : reading->row->cells[reading->at[column]];
}

static int64_t whole(struct reading *reading, enum column column, int64_t max) {
    int64_t value = 0;
    const char *text = cell(reading, column);
    if (*text && !text_parse_int(text, 0, max, &value))
        cell_fault(reading, column, "range");
    return value;
}

static int64_t decimal(struct reading *reading, enum column column, int64_t min, int64_t max, int64_t absent) {
    int64_t value = absent;
    const char *text = cell(reading, column);
    if (!*text)
        return absent;
    if (!assembly_decimal_parse(text, &value) || value < min || value > max) {
        cell_fault(reading, column, "range");
        return absent;
    }
    return value;
}

static const char *name(struct reading *reading, enum column column) {
    const char *text = cell(reading, column);
    if (strlen(text) > NAME_MAX_BYTES)
        cell_fault(reading, column, "limit");
    return *text ? text : NULL;
}

static const char *kind(struct reading *reading) {
    const char *text = cell(reading, COLUMN_kind);
    size_t len = strlen(text);
    if (len > KIND_MAX || strspn(text, "abcdefghijklmnopqrstuvwxyz") != len)
        cell_fault(reading, COLUMN_kind, "form");
    return *text ? text : "single";
}

static void read_enemies(struct reading *reading, struct assembly_item *item) {
    const char *list[ENEMIES_MAX] = {0};
    char *text = arena_strdup(reading->arena, cell(reading, COLUMN_enemies));
    for (char *part = text, *next; part && *part; part = next) {
        next = strchr(part, ';');
        if (next)
            *next++ = '\0';
        part = text_trim(part);
        if (!*part)
            continue;
        if (!assembly_code_valid(part)) {
            cell_fault(reading, COLUMN_enemies, "form");
        } else if (item->enemy_count == ENEMIES_MAX) {
            cell_fault(reading, COLUMN_enemies, "limit");
            break;
        } else {
            list[item->enemy_count++] = part;
        }
    }
    const char **kept = item->enemy_count ? ARENA_ARRAY(reading->arena, item->enemy_count, const char *) : NULL;
    for (size_t i = 0; kept && i < item->enemy_count; i++)
        kept[i] = list[i];
    item->enemies = kept;
    if (!kept)
        item->enemy_count = 0;
}

static void read_parameters(struct reading *reading, struct assembly_item *item) {
    item->facility = decimal(reading, COLUMN_facility, 0, ASSEMBLY_NANO, ASSEMBLY_UNKNOWN);
    item->a = decimal(reading, COLUMN_a, 0, 20 * ASSEMBLY_NANO, 0);
    item->b = decimal(reading, COLUMN_b, -50 * ASSEMBLY_NANO, 50 * ASSEMBLY_NANO, 0);
    item->c = decimal(reading, COLUMN_c, 0, ASSEMBLY_NANO * 99 / 100, 0);
    bool has_a = *cell(reading, COLUMN_a), has_b = *cell(reading, COLUMN_b), has_c = *cell(reading, COLUMN_c);
    item->calibrated = has_a && has_b;
    if (has_a != has_b || (has_c && !has_a))
        cell_fault(reading, has_a ? COLUMN_b : COLUMN_a, "required");
}

static void read_item(struct reading *reading, struct assembly_item *item) {
    item->code = cell(reading, COLUMN_code);
    item->topic = cell(reading, COLUMN_topic);
    item->kind = kind(reading);
    item->level = whole(reading, COLUMN_level, 4);
    item->words = whole(reading, COLUMN_words, WHOLE_MAX);
    item->seconds = whole(reading, COLUMN_seconds, WHOLE_MAX);
    item->exposure = whole(reading, COLUMN_exposure, WHOLE_MAX);
    item->item_id = whole(reading, COLUMN_item_id, INT64_MAX);
    item->version = whole(reading, COLUMN_version, WHOLE_MAX);
    item->enemy_group = name(reading, COLUMN_enemy_group);
    item->stimulus = name(reading, COLUMN_stimulus);
    read_parameters(reading, item);
    read_enemies(reading, item);
    if (!assembly_code_valid(item->code))
        cell_fault(reading, COLUMN_code, *item->code ? "form" : "required");
    if (!assembly_topic_valid(item->topic))
        cell_fault(reading, COLUMN_topic, *item->topic ? "form" : "required");
}

static void find_columns(struct reading *reading, const struct csv *csv) {
    for (int i = 0; i < COLUMN_COUNT; i++)
        reading->at[i] = csv_column(csv, NAMES[i]);
    for (size_t i = 0; i < csv->column_count; i++) {
        bool known = false;
        for (int k = 0; k < COLUMN_COUNT; k++)
            known |= reading->at[k] == (int)i;
        if (!known)
            fault(reading->faults, 1, csv->columns[i], "unknown");
    }
    if (reading->at[COLUMN_code] < 0)
        fault(reading->faults, 1, NAMES[COLUMN_code], "required");
    if (reading->at[COLUMN_topic] < 0)
        fault(reading->faults, 1, NAMES[COLUMN_topic], "required");
}

enum err assembly_pool_read_csv(struct arena *arena, const char *bytes, size_t len, struct assembly_pool *ret_pool,
                                struct assembly_pool_faults *faults) {
    struct csv csv;
    struct csv_error error = {0};
    enum err err = csv_read(arena, bytes, len, &csv, &error);
    if (err == ERR_SYNTAX || err == ERR_LIMIT)
        fault(faults, error.line, "", error.reason ? error.reason : "limit");
    if (err != ERR_NONE)
        return err == ERR_MEMORY ? err : ERR_SYNTAX;
    struct reading reading = {.arena = arena, .faults = faults};
    find_columns(&reading, &csv);
    if (csv.row_count > ASSEMBLY_POOL_MAX)
        fault(faults, 0, "", "limit");
    if (faults->count > 0)
        return ERR_SYNTAX;
    struct assembly_item *items = ARENA_ARRAY(arena, csv.row_count + 1, struct assembly_item);
    if (!items)
        return ERR_MEMORY;
    for (size_t i = 0; i < csv.row_count; i++) {
        reading.row = &csv.rows[i];
        if (reading.row->extra > 0)
            fault(faults, reading.row->line, "", "extra");
        read_item(&reading, &items[i]);
    }
    if (arena->failed)
        return ERR_MEMORY;
    if (!assembly_pool_sort(items, csv.row_count))
        fault(faults, 0, NAMES[COLUMN_code], "unique");
    if (faults->count > 0)
        return ERR_SYNTAX;
    *ret_pool = (struct assembly_pool){.items = items, .count = csv.row_count};
    return ERR_NONE;
}

/* ---- writing ---- */

static void put_whole(struct buf *out, int64_t value) {
    char text[NUMBER_MAX] = "";
    if (value != 0)
        snprintf(text, sizeof text, "%lld", (long long)value);
    csv_put_plain(out, text, false);
}

static void put_decimal(struct buf *out, int64_t nano, bool known) {
    char text[NUMBER_MAX] = "";
    if (known)
        assembly_decimal_format(nano, text);
    csv_put_plain(out, text, false);
}

static void put_enemies(struct buf *out, const struct assembly_item *item) {
    buf_addc(out, ',');
    for (size_t i = 0; i < item->enemy_count; i++)
        buf_addf(out, "%s%s", i > 0 ? ";" : "", item->enemies[i]); /* codes need no quotes */
}

void assembly_pool_write_csv(const struct assembly_pool *pool, struct buf *out) {
    for (int i = 0; i < COLUMN_COUNT; i++)
        csv_put_plain(out, NAMES[i], i == 0);
    csv_end_row(out);
    for (size_t i = 0; i < pool->count; i++) {
        const struct assembly_item *item = &pool->items[i];
        csv_put_plain(out, item->code, true);
        csv_put_plain(out, item->topic, false);
        put_whole(out, item->level);
        csv_put_plain(out, item->kind, false);
        put_decimal(out, item->facility, item->facility != ASSEMBLY_UNKNOWN);
        put_decimal(out, item->a, item->calibrated);
        put_decimal(out, item->b, item->calibrated);
        put_decimal(out, item->c, item->calibrated);
        put_whole(out, item->words);
        put_whole(out, item->seconds);
        put_whole(out, item->exposure);
        put_enemies(out, item);
        csv_put_plain(out, item->enemy_group ? item->enemy_group : "", false);
        csv_put_plain(out, item->stimulus ? item->stimulus : "", false);
        put_whole(out, item->item_id);
        put_whole(out, item->version);
        csv_end_row(out);
    }
}
