#include "round2_content.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/markup.h"
#include "khoacu/doc/raster.h"
#include "khoacu/marking/rubric.h"
#include "khoacu/marking/script.h"
#include "khoacu/score/score.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define FORMS_MAX 64
#define CHUNK 500 /* candidates whose answers are held at once */
#define CHUNK_ARENA_MAX ((size_t)256 << 20)
#define FILE_ARENA_MAX ((size_t)512 << 20)
#define PLAIN_MAX 40000 /* bytes of a page of a plain text: a page has 128 KiB, and NFC may make three of one */
#define QUESTION_MAX 50
#define E7_PER_HUNDREDTH 100000

struct open_form {
    int64_t form_id;
    struct score_key *key;
};
struct round2_content {
    int64_t cycle_id, mark_step;
    struct open_form forms[FORMS_MAX];
    size_t form_count;
    bool by_question;
};

static bool is_open(const struct item *item) {
    return item->kind == ITEM_ESSAY || item->kind == ITEM_UPLOAD;
}

/* Hundredths of a decimal that has no more than two places; false: it has. */
static bool hundredths_of(const char *text, int64_t *ret_value) {
    int64_t units = 0;
    if (!text || !item_decimal_units(text, &units) || units % E7_PER_HUNDREDTH != 0)
        return false;
    *ret_value = units / E7_PER_HUNDREDTH;
    return true;
}

/* ---- plan ---- */

static enum err take_form(void *ctx, const struct db_row *row) {
    struct round2_content *content = ctx;
    content->forms[content->form_count++].form_id = db_int(row, 0);
    return ERR_NONE;
}

/* Whether the questions of the form that persons mark are parts of `part`; writes them behind each other. */
static bool split(const struct score_key *key, const struct marking_part *part, struct marking_part *ret_parts, size_t *ret_count) {
    int64_t sum = 0, points = 0;
    size_t count = 0;
    for (int32_t position = 1; position <= key->count; position++) {
        const struct item *item = &key->items[position];
        if (!is_open(item))
            continue;
        if (position > QUESTION_MAX || !hundredths_of(item->points, &points) || points <= 0 || points % part->mark_step != 0)
            return false;
        ret_parts[count] = *part;
        ret_parts[count].question = position;
        ret_parts[count++].mark_max = points;
        sum += points;
    }
    *ret_count = count;
    return count > 0 && sum == part->mark_max;
}

enum err round2_content_plan(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t cycle_id, struct marking_part *parts,
                             size_t *part_count, struct round2_content **ret_content) {
    struct round2_content *content = ARENA_NEW(arena, struct round2_content);
    size_t written = 0, questions = 0;
    while (written < *part_count && strcmp(parts[written].component, "written") != 0)
        written++;
    *ret_content = NULL;
    if (!content)
        return ERR_MEMORY;
    *content = (struct round2_content){.cycle_id = cycle_id};
    enum err err = written < *part_count ? db_many(db, arena, DB_RESULT_OPEN_FORMS, DB_PARAMS(P_INT(cycle_id)), FORMS_MAX, take_form, content)
                                         : ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < content->form_count; i++) {
        content->forms[i].key = ARENA_NEW(arena, struct score_key);
        err = content->forms[i].key ? score_key_read(db, vault, arena, content->forms[i].form_id, content->forms[i].key) : ERR_MEMORY;
    }
    if (err != ERR_NONE || content->form_count == 0)
        return err;
    struct marking_part split_parts[SITTING_POSITIONS_MAX];
    content->mark_step = parts[written].mark_step;
    content->by_question = content->form_count == 1 && split(content->forms[0].key, &parts[written], split_parts, &questions) &&
                           *part_count - 1 + questions <= ROUND2_PARTS_MAX;
    if (content->by_question) {
        memmove(&parts[written + questions], &parts[written + 1], (*part_count - written - 1) * sizeof *parts);
        memcpy(&parts[written], split_parts, questions * sizeof *parts);
        *part_count += questions - 1;
    }
    *ret_content = content;
    return ERR_NONE;
}

/* ---- guides ---- */

/* The guide of the item, as far as its points are such as marks are; false: it has none that fits. */
static bool guide_of(struct arena *arena, const struct item *item, int64_t mark_step, struct marking_guide *guide) {
    int64_t points = 0, sum = 0;
    if (item->criterion_count < 1 || item->criterion_count > MARKING_CRITERIA_MAX || !hundredths_of(item->points, &points))
        return false;
    guide->criteria = ARENA_ARRAY(arena, item->criterion_count, struct marking_criterion);
    if (!guide->criteria)
        return false;
    for (size_t i = 0; i < item->criterion_count; i++) {
        const struct item_criterion *from = &item->rubric[i];
        struct marking_criterion *to = &guide->criteria[guide->criterion_count++];
        struct buf levels CLEANUP(buf_release);
        struct json_writer writer;
        buf_init(&levels, 60000);
        json_writer_init(&writer, &levels);
        *to = (struct marking_criterion){.title_vi = from->text.vi ? markup_plain(arena, from->text.vi) : "",
                                         .title_en = from->text.en ? markup_plain(arena, from->text.en) : "",
                                         .mark_step = mark_step};
        if (!hundredths_of(from->max, &to->mark_max) || to->mark_max <= 0 || to->mark_max % mark_step != 0)
            return false;
        json_open_array(&writer);
        for (size_t k = 0; k < from->level_count; k++) {
            int64_t value = 0;
            if (!hundredths_of(from->levels[k].credit, &value) || value < 0 || value > to->mark_max || value % mark_step != 0)
                continue;
            json_open_object(&writer);
            json_member_hundredths(&writer, "value", value);
            json_member_text(&writer, "vi", from->levels[k].text.vi ? markup_plain(arena, from->levels[k].text.vi) : "");
            json_member_text(&writer, "en", from->levels[k].text.en ? markup_plain(arena, from->levels[k].text.en) : "");
            json_close_object(&writer);
        }
        json_close_array(&writer);
        to->levels = levels.failed ? NULL : arena_strndup(arena, levels.data, levels.len);
        sum += to->mark_max;
        if (!to->levels || !to->title_vi || !to->title_en || (!*to->title_vi && !*to->title_en))
            return false;
    }
    return sum == points;
}

static enum err write_guides(struct db *db, struct arena *arena, const struct round2_content *content, int64_t now_us) {
    const struct score_key *key = content->forms[0].key;
    enum marking_guide_verdict verdict;
    enum err err = ERR_NONE;
    for (int32_t position = 1; err == ERR_NONE && position <= key->count; position++) {
        const struct item *item = &key->items[position];
        struct marking_guide guide = {.component = "written", .question = position}, *found = NULL;
        if (!is_open(item))
            continue;
        err = marking_guide_read(db, arena, content->cycle_id, "written", position, &found);
        guide.task_vi = item->body.vi ? markup_plain(arena, item->body.vi) : "";
        guide.task_en = item->body.en ? markup_plain(arena, item->body.en) : "";
        if (err == ERR_NONE && !found && guide.task_vi && guide.task_en && guide_of(arena, item, content->mark_step, &guide))
            err = marking_guide_put(db, arena, content->cycle_id, &guide, LEDGER_SYSTEM, "item", now_us, &verdict);
    }
    return err;
}

/* ---- pages ---- */

struct answer {
    int64_t candidate_id, room_id, sitting_id;
    const char *text; /* JSON; NULL: none */
};
struct chunk {
    struct arena *arena;
    const struct round2_content *content;
    int32_t position, question; /* question: of the scripts */
    const int64_t *candidate_ids;
    size_t candidate_count;
    int64_t *next_pages; /* of each candidate */
    struct answer answers[CHUNK];
    size_t answer_count;
};

static enum err take_answer(void *ctx, const struct db_row *row) {
    struct chunk *chunk = ctx;
    chunk->answers[chunk->answer_count++] = (struct answer){
        .candidate_id = db_int(row, 0), .room_id = db_int(row, 1), .sitting_id = db_int(row, 2), .text = db_text(row, 3)};
    return ERR_NONE;
}

static int64_t *next_page(struct chunk *chunk, int64_t candidate_id) {
    for (size_t i = 0; i < chunk->candidate_count; i++)
        if (chunk->candidate_ids[i] == candidate_id)
            return &chunk->next_pages[i];
    return NULL;
}

static enum err write_texts(struct db *db, struct chunk *chunk) {
    int64_t *ids = ARENA_ARRAY(chunk->arena, CHUNK, int64_t), *pages = ARENA_ARRAY(chunk->arena, CHUNK, int64_t);
    const char **bodies = ARENA_ARRAY(chunk->arena, CHUNK, const char *);
    if (!ids || !pages || !bodies)
        return ERR_MEMORY;
    for (size_t i = 0; i < chunk->answer_count; i++) {
        const struct answer *answer = &chunk->answers[i];
        const struct json *tree = NULL;
        enum err err = answer->text ? json_read(chunk->arena, answer->text, strlen(answer->text), &tree, NULL) : ERR_NONE;
        if (err != ERR_NONE)
            return err;
        int64_t *page = next_page(chunk, answer->candidate_id);
        ids[i] = answer->candidate_id;
        pages[i] = page ? (*page)++ : 1;
        bodies[i] = json_text(tree) ? json_text(tree) : "";
    }
    const struct db_row *row = NULL;
    return db_one(db, chunk->arena, DB_SCRIPT_TEXTS_PUT,
                  DB_PARAMS(P_INT(chunk->content->cycle_id), P_TEXT("written"), P_INT(chunk->question), P_INT(chunk->position),
                            P_INTS(ids, chunk->answer_count), P_INTS(pages, chunk->answer_count), P_TEXTS(bodies, chunk->answer_count)),
                  &row);
}

static enum err write_picture(struct db *db, struct arena *arena, struct chunk *chunk, const struct answer *answer,
                              const struct raster_page *picture, const uint8_t sha256[32]) {
    int64_t *page = next_page(chunk, answer->candidate_id);
    const struct db_row *row = NULL;
    if (!page || *page > MARKING_PAGES_MAX)
        return ERR_NONE;
    return db_one(db, arena, DB_SCRIPT_IMAGE_PUT,
                  DB_PARAMS(P_INT(chunk->content->cycle_id), P_TEXT("written"), P_INT(chunk->question), P_INT((*page)++),
                            P_INT(chunk->position), P_INT(answer->candidate_id), picture ? P_TEXT("image/jpeg") : P_NULL,
                            picture ? P_BYTES(picture->bytes, picture->len) : P_NULL, picture ? P_INT(picture->width) : P_NULL,
                            picture ? P_INT(picture->height) : P_NULL, P_BYTES(sha256, 32)),
                  &row);
}

/* Whether a file is a text and nothing else. */
static bool is_plain(const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f)
            return false;
    }
    return len > 0 && text_is_utf8(bytes, len);
}

/* How much of a text the next page takes: up to the end of a line, else of a character. */
static size_t page_of(const char *text, size_t len) {
    if (len <= PLAIN_MAX)
        return len;
    const char *line = memrchr(text, '\n', PLAIN_MAX);
    size_t take = PLAIN_MAX;
    while (!line && ((unsigned char)text[take] & 0xc0) == 0x80)
        take--;
    return line ? (size_t)(line - text) + 1 : take;
}

static enum err write_plain_page(struct db *db, struct arena *arena, struct chunk *chunk, const struct answer *answer, const char *text) {
    int64_t *page = next_page(chunk, answer->candidate_id);
    const struct db_row *row = NULL;
    if (!text || !page || *page > MARKING_PAGES_MAX)
        return text ? ERR_NONE : ERR_MEMORY;
    int64_t at = (*page)++;
    return db_one(db, arena, DB_SCRIPT_TEXTS_PUT,
                  DB_PARAMS(P_INT(chunk->content->cycle_id), P_TEXT("written"), P_INT(chunk->question), P_INT(chunk->position),
                            P_INTS(&answer->candidate_id, 1), P_INTS(&at, 1), P_TEXTS(&text, 1)),
                  &row);
}

static enum err write_plain(struct db *db, struct arena *arena, struct chunk *chunk, const struct answer *answer, const char *text, size_t len) {
    static const char mark[] = "\xef\xbb\xbf";
    size_t at = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0, take = 0;
    enum err err = ERR_NONE;
    for (; at < len && err == ERR_NONE; at += take) {
        take = page_of(text + at, len - at);
        err = write_plain_page(db, arena, chunk, answer, arena_strndup(arena, text + at, take));
    }
    return err;
}

/* One file of an answer: its pages as pictures, its text, or that it is withheld. */
static enum err write_file(struct db *db, struct chunk *chunk, const struct answer *answer, const char *name) {
    struct arena arena CLEANUP(arena_release);
    uint8_t sha256[32];
    const struct db_row *row = NULL;
    size_t len = 0, count = 0;
    enum raster_end end;
    arena_init(&arena, FILE_ARENA_MAX);
    struct raster_page *pages = ARENA_ARRAY(&arena, RASTER_PAGES_MAX, struct raster_page);
    if (!pages || !name || !text_unhex(name, sha256, sizeof sha256))
        return pages ? ERR_NONE : ERR_MEMORY;
    enum err err = db_one(db, &arena, DB_RESULT_OPEN_FILE, DB_PARAMS(P_INT(answer->room_id), P_INT(answer->sitting_id), P_BYTES(sha256, 32)), &row);
    if (err != ERR_NONE)
        return err == ERR_DB_NO_ROW ? ERR_NONE : err;
    const uint8_t *bytes = db_bytes(row, 0, &len);
    err = raster_pages(&arena, bytes, len, pages, &count, &end);
    if (err == ERR_NONE && end != RASTER_DONE) {
        const char *text = (const char *)bytes;
        return is_plain(text, len) ? write_plain(db, &arena, chunk, answer, text, len) : write_picture(db, &arena, chunk, answer, NULL, sha256);
    }
    for (size_t i = 0; i < count && err == ERR_NONE; i++) {
        crypto_sha256(pages[i].bytes, pages[i].len, sha256);
        err = write_picture(db, &arena, chunk, answer, &pages[i], sha256);
    }
    return err;
}

/* Files are written one by one: not in the order of the candidates. */
static void shuffle_answers(struct chunk *chunk) {
    for (size_t i = chunk->answer_count; i > 1; i--) {
        size_t k = (size_t)random_below(i);
        struct answer kept = chunk->answers[i - 1];
        chunk->answers[i - 1] = chunk->answers[k];
        chunk->answers[k] = kept;
    }
}

static enum err write_files(struct db *db, struct chunk *chunk) {
    enum err err = ERR_NONE;
    shuffle_answers(chunk);
    for (size_t i = 0; i < chunk->answer_count && err == ERR_NONE; i++) {
        const struct answer *answer = &chunk->answers[i];
        const struct json *files = NULL;
        if (answer->text)
            err = json_read(chunk->arena, answer->text, strlen(answer->text), &files, NULL);
        for (size_t k = 0; k < json_count(files) && err == ERR_NONE; k++)
            err = write_file(db, chunk, answer, json_text(json_get(json_at(files, k), "sha256")));
    }
    return err;
}

/* All answers of some candidates to the questions of a form that persons mark. */
static enum err write_chunk(struct db *db, const struct round2_content *content, const struct open_form *form, const int64_t *ids,
                            size_t count, int64_t *next_pages) {
    enum err err = ERR_NONE;
    for (int32_t position = 1; position <= form->key->count && err == ERR_NONE; position++) {
        const struct item *item = &form->key->items[position];
        struct arena arena CLEANUP(arena_release);
        arena_init(&arena, CHUNK_ARENA_MAX);
        struct chunk *chunk = is_open(item) ? ARENA_NEW(&arena, struct chunk) : NULL;
        if (!chunk && is_open(item))
            return ERR_MEMORY;
        if (!chunk)
            continue;
        *chunk = (struct chunk){.arena = &arena,
                                .content = content,
                                .position = position,
                                .question = content->by_question ? position : 0,
                                .candidate_ids = ids,
                                .candidate_count = count,
                                .next_pages = next_pages};
        if (content->by_question)
            for (size_t i = 0; i < count; i++)
                next_pages[i] = 1;
        err = db_many(db, &arena, DB_RESULT_OPEN_ANSWERS, DB_PARAMS(P_INTS(ids, count), P_INT(form->form_id), P_INT(position)), CHUNK,
                      take_answer, chunk);
        if (err == ERR_NONE && chunk->answer_count > 0)
            err = item->kind == ITEM_ESSAY ? write_texts(db, chunk) : write_files(db, chunk);
    }
    return err;
}

enum err round2_content_write(struct db *db, struct arena *arena, const struct round2_content *content, const int64_t *candidate_ids,
                              size_t candidate_count, int64_t now_us) {
    if (!content)
        return ERR_NONE;
    int64_t *ids = ARENA_ARRAY(arena, candidate_count, int64_t), *next_pages = ARENA_ARRAY(arena, candidate_count, int64_t);
    if (!ids || !next_pages)
        return ERR_MEMORY;
    for (size_t i = 0; i < candidate_count; i++) {
        size_t k = (size_t)random_below(i + 1);
        ids[i] = ids[k];
        ids[k] = candidate_ids[i];
        next_pages[i] = 1;
    }
    enum err err = content->by_question ? write_guides(db, arena, content, now_us) : ERR_NONE;
    for (size_t f = 0; f < content->form_count && err == ERR_NONE; f++)
        for (size_t from = 0; from < candidate_count && err == ERR_NONE; from += CHUNK) {
            size_t count = candidate_count - from < CHUNK ? candidate_count - from : CHUNK;
            err = write_chunk(db, content, &content->forms[f], ids + from, count, next_pages + from);
        }
    return err;
}
