#include "form_private.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define FORMS_MAX 500
#define HISTORY_MAX 1000

enum { MAY_CHANGE = BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER,
       MAY_JUDGE = BANK_RIGHT_REVIEWER | BANK_RIGHT_ASSEMBLER | BANK_RIGHT_OWNER,
       MAY_READ_KEY = BANK_RIGHT_REVIEWER | BANK_RIGHT_OWNER };

struct list {
    struct form *forms;
    size_t count;
};

static enum form_state state_of(const struct form *form, const char *verdict) {
    if (form->seals[1].full_name)
        return FORM_STATE_SEALED;
    if (verdict && strcmp(verdict, "return") == 0)
        return FORM_STATE_RETURNED;
    if (form->seals[0].full_name)
        return FORM_STATE_HALF_SEALED;
    return verdict ? FORM_STATE_REVIEWED : FORM_STATE_DRAFT;
}

static enum err take_form(void *ctx, const struct db_row *row) {
    struct list *list = ctx;
    struct form *form = &list->forms[list->count++];
    *form = (struct form){.form_id = db_int(row, 0), .cycle_id = db_int(row, 1), .bank_id = db_int(row, 2),
                          .assembly_id = db_int(row, 3), .code = db_text(row, 4), .cycle_code = db_text(row, 5),
                          .bank_code = db_text(row, 6), .version = db_int(row, 7), .item_count = db_int(row, 8),
                          .created_at_us = db_time(row, 10), .created_by = db_text(row, 11), .rights = (unsigned)db_int(row, 19)};
    snprintf(form->sha256, sizeof form->sha256, "%s", db_text(row, 9));
    for (int i = 0; i < 2; i++)
        form->seals[i] = (struct form_seal){.full_name = db_text(row, 12 + 3 * i), .staff_id = db_int(row, 13 + 3 * i),
                                            .at_us = db_time(row, 14 + 3 * i)};
    form->state = state_of(form, db_text(row, 18));
    return ERR_NONE;
}

static enum err read_forms(const struct bank_desk *desk, const char *cycle_code, int64_t form_id, struct list *list) {
    list->count = 0;
    list->forms = ARENA_ARRAY(desk->arena, FORMS_MAX, struct form);
    if (!list->forms)
        return ERR_MEMORY;
    return db_many(desk->db, desk->arena, DB_FORM_LIST,
                   DB_PARAMS(P_INT(desk->staff_id), P_TEXT(cycle_code), P_INT(form_id), P_INT(FORMS_MAX)), FORMS_MAX, take_form, list);
}

enum err form_list(const struct bank_desk *desk, const char *cycle_code, struct form **ret_forms, size_t *ret_count) {
    struct list list;
    enum err err = read_forms(desk, cycle_code, 0, &list);
    if (err == ERR_NONE) {
        *ret_forms = list.forms;
        *ret_count = list.count;
    }
    return err;
}

/* ---- one form ---- */

struct reading {
    const struct bank_desk *desk;
    struct form_document *document;
    struct form_texts texts;
    enum err err;
};

static enum err take_version(void *ctx, const struct db_row *row) {
    struct form_document *document = ((struct reading *)ctx)->document;
    struct form_version_line *line = &document->versions[document->version_count++];
    *line = (struct form_version_line){.version = db_int(row, 0), .item_count = db_int(row, 1), .created_at_us = db_time(row, 3),
                                       .author = db_text(row, 4), .reason = db_text(row, 5)};
    snprintf(line->sha256, sizeof line->sha256, "%s", db_text(row, 2));
    if (line->version != document->version)
        return ERR_NONE;
    memcpy(document->sha256, line->sha256, sizeof document->sha256);
    return form_sections_read(((struct reading *)ctx)->desk->arena, db_text(row, 6), (size_t)line->item_count, &document->sections);
}

static enum err take_review(void *ctx, const struct db_row *row) {
    struct reading *reading = ctx;
    struct form_document *document = reading->document;
    struct form_review_line *line = &document->reviews[document->review_count++];
    struct bank_label label = {.part = "form-review", .bank_id = document->form.bank_id, .id = document->form.form_id,
                               .number = db_int(row, 0)};
    struct bank_sealed sealed = {.generation = db_int(row, 5)};
    size_t len = 0;
    *line = (struct form_review_line){.version = db_int(row, 1), .at_us = db_time(row, 2), .reviewer = db_text(row, 3),
                                      .verdict = db_text(row, 4)};
    sealed.bytes = db_bytes(row, 6, &sealed.len);
    return bank_unseal(reading->desk->vault, reading->desk->db, reading->desk->arena, &label, &sealed, &line->reason, &len);
}

static enum err take_place(void *ctx, const struct db_row *row) {
    struct form_texts *texts = &((struct reading *)ctx)->texts;
    size_t at = texts->count + texts->stimulus_count;
    if (at >= FORM_POSITIONS_MAX + FORM_STIMULI_MAX)
        return ERR_LIMIT;
    texts->item_ids[at] = db_int(row, 1);
    texts->versions[at] = db_int(row, 2);
    *(db_int(row, 0) > 0 ? &texts->count : &texts->stimulus_count) += 1;
    return ERR_NONE;
}

static enum err read_history(struct reading *reading) {
    const struct bank_desk *desk = reading->desk;
    struct form_document *document = reading->document;
    int64_t form_id = document->form.form_id;
    document->versions = ARENA_ARRAY(desk->arena, HISTORY_MAX, struct form_version_line);
    document->reviews = ARENA_ARRAY(desk->arena, HISTORY_MAX, struct form_review_line);
    if (!document->versions || !document->reviews)
        return ERR_MEMORY;
    enum err err = db_many(desk->db, desk->arena, DB_FORM_HISTORY, DB_PARAMS(P_INT(form_id), P_INT(HISTORY_MAX)), HISTORY_MAX,
                           take_version, reading);
    if (err == ERR_NONE)
        err = db_many(desk->db, desk->arena, DB_FORM_REVIEWS, DB_PARAMS(P_INT(form_id), P_INT(HISTORY_MAX)), HISTORY_MAX, take_review,
                      reading);
    return err;
}

static enum err read_places(struct reading *reading, bool keys) {
    const struct bank_desk *desk = reading->desk;
    struct form_document *document = reading->document;
    struct form_texts *texts = &reading->texts;
    enum err err = db_many(desk->db, desk->arena, DB_FORM_VERSION_ITEMS,
                           DB_PARAMS(P_INT(document->form.form_id), P_INT(document->version)), FORM_POSITIONS_MAX + FORM_STIMULI_MAX,
                           take_place, reading);
    if (err == ERR_NONE)
        err = form_texts_read(desk, texts, keys);
    if (err == ERR_NONE)
        err = form_texts_link(desk, texts);
    struct form_place *places = err == ERR_NONE ? ARENA_ARRAY(desk->arena, texts->count + texts->stimulus_count, struct form_place) : NULL;
    if (!places)
        return err != ERR_NONE ? err : ERR_MEMORY;
    for (size_t i = 0; i < texts->count + texts->stimulus_count; i++) {
        bool item = i < texts->count;
        places[i] = (struct form_place){.position = item ? (int64_t)i + 1 : (int64_t)texts->count - (int64_t)i - 1,
                                        .text = texts->texts[i], .stimulus = item ? texts->stimulus_of[i] : 0};
    }
    document->items = places;
    document->stimuli = places + texts->count;
    document->item_count = texts->count;
    document->stimulus_count = texts->stimulus_count;
    return ERR_NONE;
}

static enum err note_reading(struct reading *reading, enum form_reading what) {
    static const char *const prints[] = {[FORM_FOR_BOOKLET] = "booklet", [FORM_FOR_SHEET] = "answer-sheet", [FORM_FOR_KEY] = "key"};
    const struct bank_desk *desk = reading->desk;
    const struct form_document *document = reading->document;
    const struct form_texts *texts = &reading->texts;
    enum bank_purpose purpose = what == FORM_FOR_SCREEN ? BANK_PURPOSE_FORM : BANK_PURPOSE_PRINT;
    enum err err = bank_access_note(desk, purpose, texts->item_ids, texts->versions, texts->count + texts->stimulus_count);
    if (err != ERR_NONE || what == FORM_FOR_SCREEN)
        return err;
    return form_note(desk, "form.print", document->form.form_id,
                     arena_printf(desk->arena, "{\"version\":%lld,\"what\":\"%s\"}", (long long)document->version, prints[what]));
}

static void judge(struct form_document *document, int64_t staff_id) {
    const struct form *form = &document->form;
    bool open = form->state != FORM_STATE_SEALED, newest = document->version == form->version;
    document->may_change = open && newest && (form->rights & MAY_CHANGE);
    document->may_review = open && newest && (form->rights & MAY_JUDGE);
    document->may_seal = newest && (form->rights & MAY_JUDGE) &&
                         (form->state == FORM_STATE_REVIEWED || (form->state == FORM_STATE_HALF_SEALED && form->seals[0].staff_id != staff_id));
    document->may_read_key = form->rights & MAY_READ_KEY;
}

struct job {
    const struct bank_desk *desk;
    int64_t form_id, version;
    enum form_reading what;
    struct form_document *document;
};

static enum err read_body(void *ctx, struct db *db) {
    struct job *job = ctx;
    struct list list;
    struct reading *reading = ARENA_NEW(job->desk->arena, struct reading);
    struct form_document *document = ARENA_NEW(job->desk->arena, struct form_document);
    (void)db;
    job->document = NULL;
    if (!reading || !document)
        return ERR_MEMORY;
    *reading = (struct reading){.desk = job->desk, .document = document};
    enum err err = read_forms(job->desk, "", job->form_id, &list);
    if (err != ERR_NONE || list.count == 0 || (job->what == FORM_FOR_KEY && !(list.forms[0].rights & MAY_READ_KEY)))
        return err;
    document->form = list.forms[0];
    document->version = job->version ? job->version : document->form.version;
    judge(document, job->desk->staff_id);
    err = read_history(reading);
    if (err == ERR_NONE && !*document->sha256)
        return ERR_NONE; /* no such version */
    if (err == ERR_NONE)
        err = read_places(reading, job->what == FORM_FOR_KEY);
    if (err == ERR_NONE)
        err = note_reading(reading, job->what);
    if (err == ERR_NONE)
        job->document = document;
    return err;
}

enum err form_read(const struct bank_desk *desk, int64_t form_id, int64_t version, enum form_reading reading,
                   struct form_document **ret_document) {
    struct job job = {.desk = desk, .form_id = form_id, .version = version, .what = reading};
    enum err err = db_transact(desk->db, read_body, &job);
    if (err == ERR_NONE)
        *ret_document = job.document;
    return err;
}

/* ---- items shown elsewhere ---- */

struct shown {
    int64_t item_ids[FORM_POSITIONS_MAX + FORM_STIMULI_MAX], versions[FORM_POSITIONS_MAX + FORM_STIMULI_MAX];
    size_t count;
};

static enum err take_shown(void *ctx, const struct db_row *row) {
    struct shown *shown = ctx;
    shown->item_ids[shown->count] = db_int(row, 0);
    shown->versions[shown->count++] = db_int(row, 1);
    return ERR_NONE;
}

enum err form_shown_note(const struct bank_desk *desk, int64_t form_id, enum bank_purpose purpose) {
    struct shown *shown = ARENA_NEW(desk->arena, struct shown);
    if (!shown)
        return ERR_MEMORY;
    shown->count = 0;
    enum err err = db_many(desk->db, desk->arena, DB_FORM_SHOWN_ITEMS, DB_PARAMS(P_INT(form_id)), FORM_POSITIONS_MAX + FORM_STIMULI_MAX,
                           take_shown, shown);
    return err == ERR_NONE ? bank_access_note(desk, purpose, shown->item_ids, shown->versions, shown->count) : err;
}
