#include "pack_read.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <stdarg.h>
#include <string.h>

#include "khoacu/base/banned.h"

void pack_misfit(struct pack_reader *r, const char *name, const char *rule) {
    json_misfit_add(r->arena, r->misfits, name, rule, 0, 0);
}

const char *pack_enter(struct pack_reader *r, const char *format, ...) {
    const char *before = r->misfits->prefix;
    char step[80];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(step, sizeof step, format, args);
    va_end(args);
    r->misfits->prefix = arena_printf(r->arena, "%s%s%s", before ? before : "", before && *before ? "." : "", step);
    return before;
}

void pack_leave(struct pack_reader *r, const char *before) {
    r->misfits->prefix = before;
}

static const struct json_field WORDS_FIELDS[] = {JSON_FIELD(struct cycle_words, vi, JSON_STRING, true, 1, 500),
                                                 JSON_FIELD(struct cycle_words, en, JSON_STRING, true, 1, 500),
                                                 {0}};

void pack_read_words(struct pack_reader *r, const char *name, const struct json *value, struct cycle_words *ret_words) {
    const char *before = pack_enter(r, "%s", name);
    (void)json_fit(r->arena, value, WORDS_FIELDS, ret_words, r->misfits);
    pack_leave(r, before);
}

void pack_read_mark(struct pack_reader *r, const char *name, const char *text, int64_t min, int64_t max,
                    int64_t *ret_value) {
    int64_t value = 0;
    if (strchr(text, ',') || !text_parse_hundredths(text, &value))
        pack_misfit(r, name, "number");
    else if (value < min || value > max)
        json_misfit_add(r->arena, r->misfits, name, "range", min, max);
    else
        *ret_value = value;
}

void pack_read_code(struct pack_reader *r, const char *name, const char *text, char out[RANK_CODE_SIZE]) {
    size_t len = strlen(text);
    if (len >= RANK_CODE_SIZE || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != len)
        pack_misfit(r, name, "code");
    else
        memcpy(out, text, len + 1);
}

uint8_t pack_read_key(struct pack_reader *r, const char *name, const char *text, int (*find)(const char *)) {
    int index = find(text);
    if (index < 0)
        pack_misfit(r, name, "unknown");
    return index < 0 ? 0 : (uint8_t)index;
}

struct raw_pack {
    const char *format, *id;
    int64_t version, min_candidates;
    const struct json *title, *valid, *basis, *unconfirmed, *stages, *formulas, *priority, *rank, *ties, *allocation,
        *marking, *calendar, *reserve, *ballots, *waivers, *sitting, *appeals;
};
static const struct json_field PACK_FIELDS[] = {
    JSON_FIELD(struct raw_pack, format, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct raw_pack, id, JSON_STRING, true, 2, 40),
    JSON_FIELD(struct raw_pack, version, JSON_INT, true, 1, 1000000),
    JSON_FIELD(struct raw_pack, title, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_pack, valid, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_pack, basis, JSON_ARRAY, true, 1, CYCLE_PACK_BASIS_MAX),
    JSON_FIELD(struct raw_pack, unconfirmed, JSON_ARRAY, true, 0, CYCLE_PACK_DOUBTS_MAX),
    JSON_FIELD(struct raw_pack, stages, JSON_ARRAY, true, 1, RANK_STAGES_MAX),
    JSON_FIELD(struct raw_pack, formulas, JSON_ARRAY, true, 0, RANK_FORMULAS_MAX),
    JSON_FIELD(struct raw_pack, priority, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_pack, rank, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_pack, ties, JSON_ARRAY, true, 1, RANK_KEYS_MAX),
    JSON_FIELD(struct raw_pack, allocation, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_pack, marking, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_pack, calendar, JSON_OBJECT, true, 0, 0),
    JSON_FIELD(struct raw_pack, reserve, JSON_OBJECT, false, 0, 0),
    JSON_FIELD(struct raw_pack, ballots, JSON_ARRAY, false, 1, CYCLE_PACK_BALLOTS_MAX),
    JSON_FIELD(struct raw_pack, waivers, JSON_ARRAY, false, 1, CYCLE_PACK_WAIVERS_MAX),
    JSON_FIELD(struct raw_pack, min_candidates, JSON_INT, false, 1, 1000000),
    JSON_FIELD(struct raw_pack, sitting, JSON_OBJECT, false, 0, 0),
    JSON_FIELD(struct raw_pack, appeals, JSON_OBJECT, false, 0, 0),
    {0}};

struct raw_valid {
    const char *from, *to;
    int64_t grace_months;
};
static const struct json_field VALID_FIELDS[] = {JSON_FIELD(struct raw_valid, from, JSON_STRING, true, 10, 10),
                                                 JSON_FIELD(struct raw_valid, to, JSON_STRING, false, 10, 10),
                                                 JSON_FIELD(struct raw_valid, grace_months, JSON_INT, false, 1, 120),
                                                 {0}};

static bool date_fits(const char *text) {
    char date[11];
    return text_parse_date(text, date) && strcmp(date, text) == 0;
}

static void read_valid(struct pack_reader *r, const struct json *value) {
    struct raw_valid raw = {0};
    const char *before = pack_enter(r, "valid");
    if (json_fit(r->arena, value, VALID_FIELDS, &raw, r->misfits)) {
        if (!date_fits(raw.from))
            pack_misfit(r, "from", "date");
        if (raw.to && (!date_fits(raw.to) || strcmp(raw.to, raw.from) < 0))
            pack_misfit(r, "to", "date");
        r->pack->valid_from = raw.from;
        r->pack->valid_to = raw.to;
        r->pack->grace_months = raw.grace_months;
    }
    pack_leave(r, before);
}

struct raw_note {
    const char *ref, *path;
    const struct json *about;
};
static const struct json_field BASIS_FIELDS[] = {JSON_FIELD(struct raw_note, ref, JSON_STRING, true, 1, 200),
                                                 JSON_FIELD(struct raw_note, about, JSON_OBJECT, true, 0, 0),
                                                 {0}};
static const struct json_field DOUBT_FIELDS[] = {JSON_FIELD(struct raw_note, path, JSON_STRING, true, 1, 200),
                                                 JSON_FIELD(struct raw_note, about, JSON_OBJECT, true, 0, 0),
                                                 {0}};

/* The value at "stages[R2].components[R2_WRITTEN].minutes": members by name, elements by their code. */
static const struct json *value_at(const struct json *value, const char *path) {
    while (*path && value) {
        size_t len = strcspn(path, ".[]");
        char name[64];
        if (len == 0 || len >= sizeof name)
            return NULL;
        memcpy(name, path, len);
        name[len] = '\0';
        path += len;
        if (*path == ']') {
            const struct json *found = NULL;
            for (size_t i = 0; i < json_count(value) && !found; i++) {
                const char *code = json_text(json_get(json_at(value, i), "code"));
                if (code && strcmp(code, name) == 0)
                    found = json_at(value, i);
            }
            value = found;
            path++;
        } else {
            value = json_get(value, name);
        }
        path += *path == '.' || *path == '[';
    }
    return value;
}

static void read_notes(struct pack_reader *r, const struct json *basis, const struct json *doubts,
                       const struct json *whole) {
    struct cycle_pack *pack = r->pack;
    for (size_t i = 0; i < json_count(basis); i++) {
        struct raw_note raw = {0};
        const char *before = pack_enter(r, "basis[%zu]", i);
        if (json_fit(r->arena, json_at(basis, i), BASIS_FIELDS, &raw, r->misfits)) {
            pack->basis[i].ref = raw.ref;
            pack_read_words(r, "about", raw.about, &pack->basis[i].about);
        }
        pack_leave(r, before);
    }
    for (size_t i = 0; i < json_count(doubts); i++) {
        struct raw_note raw = {0};
        const char *before = pack_enter(r, "unconfirmed[%zu]", i);
        if (json_fit(r->arena, json_at(doubts, i), DOUBT_FIELDS, &raw, r->misfits)) {
            pack->doubts[i].path = raw.path;
            pack_read_words(r, "about", raw.about, &pack->doubts[i].about);
            if (!value_at(whole, raw.path))
                pack_misfit(r, "path", "unknown");
        }
        pack_leave(r, before);
    }
    pack->basis_count = json_count(basis);
    pack->doubt_count = json_count(doubts);
}

struct raw_appeals {
    const char *by;
    const struct json *article;
};
static const struct json_field APPEALS_FIELDS[] = {JSON_FIELD(struct raw_appeals, by, JSON_STRING, true, 1, 200),
                                                   JSON_FIELD(struct raw_appeals, article, JSON_OBJECT, true, 0, 0),
                                                   {0}};

static void read_appeals(struct pack_reader *r, const struct json *value) {
    struct raw_appeals raw = {0};
    bool known = false;
    const char *before = pack_enter(r, "appeals");
    if (value && json_fit(r->arena, value, APPEALS_FIELDS, &raw, r->misfits)) {
        for (size_t i = 0; i < r->pack->basis_count; i++)
            known = known || (r->pack->basis[i].ref && strcmp(r->pack->basis[i].ref, raw.by) == 0);
        if (!known)
            pack_misfit(r, "by", "no-basis");
        r->pack->appeals.by = raw.by;
        pack_read_words(r, "article", raw.article, &r->pack->appeals.article);
    }
    pack_leave(r, before);
}

static const struct json_field CALENDAR_FIELDS[] = {
#define X(name) JSON_FIELD(struct cycle_pack_calendar, name, JSON_INT, false, 1, 100000),
    CYCLE_PACK_CALENDAR_TABLE(X)
#undef X
        {0}};

struct raw_sitting {
    const char *clock;
    bool two_persons;
};
static const struct json_field SITTING_FIELDS[] = {JSON_FIELD(struct raw_sitting, clock, JSON_STRING, false, 1, 20),
                                                   JSON_FIELD(struct raw_sitting, two_persons, JSON_BOOL, false, 0, 0),
                                                   {0}};

static void read_sitting(struct pack_reader *r, const struct json *value) {
    struct raw_sitting raw = {0};
    const char *before = pack_enter(r, "sitting");
    if (value && json_fit(r->arena, value, SITTING_FIELDS, &raw, r->misfits)) {
        r->pack->common_clock = raw.clock && strcmp(raw.clock, "common") == 0;
        r->pack->two_persons = raw.two_persons;
        if (raw.clock && !r->pack->common_clock && strcmp(raw.clock, "personal") != 0)
            pack_misfit(r, "clock", "unknown");
    }
    pack_leave(r, before);
}

static void read_rest(struct pack_reader *r, const struct raw_pack *raw) {
    pack_read_marking(r, raw->marking);
    pack_read_procedures(r, raw->ballots, raw->waivers);
    read_sitting(r, raw->sitting);
    read_appeals(r, raw->appeals);
    const char *before = pack_enter(r, "calendar");
    (void)json_fit(r->arena, raw->calendar, CALENDAR_FIELDS, &r->pack->calendar, r->misfits);
    pack_leave(r, before);
}

static bool id_fits(const char *id) {
    return *id != '-' && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(id);
}

/* The text of a pack is its canonical form, whatever form it was read in. */
static enum err seal(struct pack_reader *r, const struct json *value) {
    struct buf text CLEANUP(buf_release);
    buf_init(&text, CYCLE_PACK_TEXT_MAX);
    enum err err = json_canonical(value, &text);
    if (err == ERR_NONE && text.failed)
        err = ERR_LIMIT;
    if (err != ERR_NONE)
        return err;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    crypto_sha256(text.data, text.len, sha256);
    text_hex(sha256, sizeof sha256, r->pack->sha256);
    r->pack->text_len = text.len;
    r->pack->text = arena_strndup(r->arena, text.data, text.len);
    return r->pack->text ? ERR_NONE : ERR_MEMORY;
}

enum err cycle_pack_of_json(struct arena *arena, const struct json *value, struct cycle_pack *ret_pack,
                            struct json_misfits *misfits) {
    struct raw_pack raw = {0};
    struct cycle_pack *pack = ARENA_NEW(arena, struct cycle_pack);
    if (!pack)
        return ERR_MEMORY;
    struct pack_reader r = {.arena = arena, .misfits = misfits, .pack = pack};
    size_t before = misfits->count;
    if (!json_fit(arena, value, PACK_FIELDS, &raw, misfits))
        return arena->failed ? ERR_MEMORY : ERR_RANGE;
    pack->id = raw.id;
    pack->version = raw.version;
    if (strcmp(raw.format, CYCLE_PACK_FORMAT) != 0)
        pack_misfit(&r, "format", "unknown");
    if (!id_fits(raw.id))
        pack_misfit(&r, "id", "code");
    pack_read_words(&r, "title", raw.title, &pack->title);
    read_valid(&r, raw.valid);
    read_notes(&r, raw.basis, raw.unconfirmed, value);
    pack_read_stages(&r, raw.stages);
    if (misfits->count == before) /* what follows names components by their code */
        pack_read_formulas(&r, raw.formulas);
    if (misfits->count == before)
        pack_read_gates(&r, raw.stages);
    pack->rank.field_min = (int32_t)raw.min_candidates;
    if (misfits->count == before)
        pack_read_order(&r, &(struct raw_order){raw.priority, raw.rank, raw.ties, raw.allocation, raw.reserve});
    read_rest(&r, &raw);
    struct rank_misfit rank_misfit;
    if (misfits->count == before && rank_check_pack(&pack->rank, &rank_misfit) != ERR_NONE)
        json_misfit_add(arena, misfits, arena_strdup(arena, rank_misfit.path + strlen("pack.")),
                        arena_strdup(arena, rank_misfit.reason), 0, 0);
    if (arena->failed)
        return ERR_MEMORY;
    if (misfits->count != before)
        return ERR_RANGE;
    enum err err = seal(&r, value);
    if (err == ERR_NONE)
        *ret_pack = *pack;
    return err;
}

enum err cycle_pack_read(struct arena *arena, const char *text, size_t len, struct cycle_pack *ret_pack,
                         struct json_misfits *misfits, struct json_error *ret_error) {
    const struct json *value = NULL;
    if (len > CYCLE_PACK_TEXT_MAX)
        return ERR_LIMIT;
    enum err err = json_read(arena, text, len, &value, ret_error);
    return err == ERR_NONE ? cycle_pack_of_json(arena, value, ret_pack, misfits) : err;
}
