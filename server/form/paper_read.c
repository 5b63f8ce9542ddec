#include "paper_private.h"

#include "khoacu/bank/bank.h"
#include "khoacu/base/cleanup.h"
#include "khoacu/doc/markup.h"
#include "khoacu/form/section.h"
#include "khoacu/item/item.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)256 << 20)
#define MEDIA_URL "/api/v1/sittings/own/media/"

struct reader {
    struct arena *arena; /* of this reading alone */
    struct form_paper *paper;
    struct json_writer writer;
    const char *stimulus_codes[FORM_POSITIONS_MAX];
    size_t stimulus_count;
};

/* ---- texts ---- */

/* Whether a markup says more than words in paragraphs. */
static bool is_rich(const char *markup) {
    for (const char *at = strchr(markup, '<'); at; at = strchr(at + 1, '<'))
        if (strncmp(at, "<p>", 3) != 0 && strncmp(at, "</p>", 4) != 0 && strncmp(at, "<br", 3) != 0)
            return true;
    return false;
}

/* Media by our address in place of their names. */
static const char *with_addresses(struct reader *reader, const char *markup) {
    static const char mark[] = "src=\"media:";
    const char *found = strstr(markup, mark);
    if (!found)
        return markup;
    struct buf out CLEANUP(buf_release);
    buf_init(&out, 2 * ITEM_MARKUP_MAX);
    for (; found; found = strstr(markup, mark)) {
        buf_add(&out, markup, (size_t)(found - markup));
        buf_adds(&out, "src=\"" MEDIA_URL);
        markup = found + sizeof mark - 1;
    }
    buf_adds(&out, markup);
    return out.failed ? NULL : arena_strndup(reader->arena, out.data, out.len);
}

static void put_words(struct reader *reader, const char *markup, const char *key, const char *html_key) {
    json_member_text(&reader->writer, key, markup_plain(reader->arena, markup));
    if (is_rich(markup))
        json_member_text(&reader->writer, html_key, with_addresses(reader, markup));
}

struct text_keys {
    const char *words, *html, *words_en, *html_en;
};
static const struct text_keys STEM = {"stem", "stem_html", "stem_en", "stem_html_en"};
static const struct text_keys MARK = {"text", "html", "text_en", "html_en"};

static void put_text(struct reader *reader, const struct item_text *text, const struct text_keys *keys) {
    const char *first = text->vi ? text->vi : text->en;
    put_words(reader, first ? first : "", keys->words, keys->html);
    if (text->vi && text->en)
        put_words(reader, text->en, keys->words_en, keys->html_en);
}

/* ---- items ---- */

/* Members of an object without its braces. */
static size_t begin_piece(struct reader *reader) {
    reader->writer.comma = false;
    return reader->paper->texts.len;
}

static struct paper_piece end_piece(const struct reader *reader, size_t at) {
    return (struct paper_piece){.at = (uint32_t)at, .len = (uint32_t)(reader->paper->texts.len - at)};
}

static struct paper_piece mark_piece(struct reader *reader, const struct item_option *option) {
    size_t at = begin_piece(reader);
    put_text(reader, &option->text, &MARK);
    return end_piece(reader, at);
}

static void put_number(struct reader *reader, const char *key, int64_t number) {
    if (number > 0)
        json_member_int(&reader->writer, key, number);
}

static void put_upload(struct reader *reader, const struct form_upload *upload) {
    json_put_key(&reader->writer, "upload");
    json_open_object(&reader->writer);
    json_put_key(&reader->writer, "types");
    json_open_array(&reader->writer);
    for (size_t i = 0; i < upload->type_count; i++)
        json_put_text(&reader->writer, upload->types[i]);
    json_close_array(&reader->writer);
    json_member_int(&reader->writer, "files_max", upload->files_max);
    json_member_int(&reader->writer, "bytes_max", upload->bytes_max);
    json_close_object(&reader->writer);
}

static void put_head(struct reader *reader, const struct item *item, const struct paper_item *place) {
    struct json_writer *writer = &reader->writer;
    json_member_text(writer, "kind", item_kind_key(item->kind));
    put_text(reader, &item->body, &STEM);
    for (size_t i = 0; item->stimulus && i < reader->stimulus_count; i++)
        if (strcmp(reader->stimulus_codes[i], item->stimulus) == 0)
            json_member_text(writer, "stimulus", arena_printf(reader->arena, "s%zu", i + 1));
    put_number(reader, "choices_min", item->choices_min);
    put_number(reader, "choices_max", item->choices_max);
    if (item->unit && *item->unit)
        json_member_text(writer, "unit", item->unit);
    put_number(reader, "lines", item->lines);
    put_number(reader, "words_max", item->words_max);
    if (place->upload)
        put_upload(reader, place->upload);
}

static enum err shape_of(const struct reader *reader, const struct item *item, struct form_shape *ret_shape) {
    size_t choices = 0;
    for (size_t i = 0; i < item->gap_count; i++)
        choices += item->gaps[i].option_count;
    if (item->kind == ITEM_STIMULUS || item->option_count + item->column_count + choices > FORM_MARKS_MAX)
        return ERR_STATE;
    uint8_t group = 0;
    for (size_t i = 0; item->stimulus && i < reader->stimulus_count; i++)
        if (strcmp(reader->stimulus_codes[i], item->stimulus) == 0)
            group = (uint8_t)(i + 1);
    *ret_shape = (struct form_shape){.kind = (uint8_t)item->kind,
                                     .options = (uint8_t)item->option_count,
                                     .columns = (uint8_t)item->column_count,
                                     .choices = (uint8_t)choices,
                                     .choices_max = item->kind == ITEM_MULTIPLE ? (uint8_t)item->choices_max : 0,
                                     .group = group,
                                     .shuffled = item->kind == ITEM_ORDERING || (item->shuffle && item->kind != ITEM_GRADED)};
    return ERR_NONE;
}

static enum err keep_gaps(struct reader *reader, const struct item *item, struct paper_item *place) {
    struct arena *arena = &reader->paper->arena;
    place->gaps = ARENA_ARRAY(arena, item->gap_count + 1, struct form_gap);
    for (size_t i = 0; place->gaps && i < item->gap_count; i++)
        place->gaps[i] = (struct form_gap){.id = arena_strdup(arena, item->gaps[i].id), .choices = (uint8_t)item->gaps[i].option_count};
    place->gap_count = item->gap_count;
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err keep_upload(struct reader *reader, const struct item *item, struct paper_item *place) {
    struct arena *arena = &reader->paper->arena;
    if (item->kind != ITEM_UPLOAD)
        return ERR_NONE;
    const char **types = ARENA_ARRAY(arena, item->upload_type_count + 1, const char *);
    struct form_upload *upload = ARENA_NEW(arena, struct form_upload);
    if (!types || !upload)
        return ERR_MEMORY;
    for (size_t i = 0; i < item->upload_type_count; i++)
        types[i] = arena_strdup(arena, item->upload_types[i]);
    *upload = (struct form_upload){.types = types,
                                   .type_count = item->upload_type_count,
                                   .files_max = item->upload_files_max > 0 ? item->upload_files_max : 1,
                                   .bytes_max = item->upload_bytes_max > 0 ? item->upload_bytes_max : (int64_t)10 << 20};
    if (upload->files_max > FORM_ANSWER_FILES_MAX)
        upload->files_max = FORM_ANSWER_FILES_MAX;
    place->upload = upload;
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err keep_media(struct reader *reader, const struct item *item) {
    struct form_paper *paper = reader->paper;
    const char *const *names = NULL;
    size_t count = 0;
    if (!item_media_names(reader->arena, item, &names, &count))
        return ERR_MEMORY;
    if (count == 0)
        return ERR_NONE;
    const char **media = ARENA_ARRAY(&paper->arena, paper->media_count + count, const char *);
    if (!media)
        return ERR_MEMORY;
    for (size_t i = 0; i < paper->media_count; i++)
        media[i] = paper->media[i];
    for (size_t i = 0; i < count; i++)
        media[paper->media_count + i] = arena_strdup(&paper->arena, names[i]);
    paper->media = media;
    paper->media_count += count;
    return paper->arena.failed ? ERR_MEMORY : ERR_NONE;
}

/* All marks in their canonical order: options, columns, choices of gaps. */
static enum err keep_marks(struct reader *reader, const struct item *item, struct paper_item *place, int marks) {
    place->marks = ARENA_ARRAY(&reader->paper->arena, (size_t)marks + 1, struct paper_piece);
    if (!place->marks)
        return ERR_MEMORY;
    size_t at = 0;
    for (size_t i = 0; i < item->option_count; i++)
        place->marks[at++] = mark_piece(reader, &item->options[i]);
    for (size_t i = 0; i < item->column_count; i++)
        place->marks[at++] = mark_piece(reader, &item->columns[i]);
    for (size_t g = 0; g < item->gap_count; g++)
        for (size_t i = 0; i < item->gaps[g].option_count; i++)
            place->marks[at++] = mark_piece(reader, &item->gaps[g].options[i]);
    return ERR_NONE;
}

static enum err read_content(struct reader *reader, const struct bank_version_text *text, struct item *item) {
    const struct json *content = NULL;
    struct item_faults faults = {.count = 0};
    enum err err = json_read(reader->arena, text->content, text->content_len, &content, NULL);
    if (err == ERR_NONE && !item_read(reader->arena, content, NULL, NULL, item, &faults))
        err = faults.grave ? ERR_STATE : ERR_NONE;
    return err;
}

static enum err add_item(struct reader *reader, size_t at, const struct bank_version_text *text) {
    struct form_paper *paper = reader->paper;
    struct paper_item *place = &paper->items[at];
    struct item item;
    enum err err = read_content(reader, text, &item);
    if (err == ERR_NONE)
        err = shape_of(reader, &item, &paper->shapes[at]);
    if (err == ERR_NONE)
        err = keep_gaps(reader, &item, place);
    if (err == ERR_NONE)
        err = keep_upload(reader, &item, place);
    if (err == ERR_NONE)
        err = keep_media(reader, &item);
    if (err == ERR_NONE)
        err = keep_marks(reader, &item, place, form_shape_marks(&paper->shapes[at]));
    if (err != ERR_NONE)
        return err;
    size_t head = begin_piece(reader);
    put_head(reader, &item, place);
    place->head = end_piece(reader, head);
    paper->bank_id = text->bank_id;
    return reader->arena->failed || paper->arena.failed ? ERR_MEMORY : paper->texts.failed ? ERR_LIMIT : ERR_NONE;
}

/* ---- a form ---- */

struct versions {
    int64_t item_ids[FORM_POSITIONS_MAX], versions[FORM_POSITIONS_MAX];
    size_t count;
};

static enum err take_version(void *ctx, const struct db_row *row) {
    struct versions *versions = ctx;
    if (db_int(row, 0) != (int64_t)versions->count + 1)
        return ERR_STATE;
    versions->item_ids[versions->count] = db_int(row, 1);
    versions->versions[versions->count++] = db_int(row, 2);
    return ERR_NONE;
}

static enum err read_texts(struct bank_vault *vault, struct db *db, struct arena *arena, enum db_statement statement, int64_t form_id,
                           struct bank_version_text **ret_texts, size_t *ret_count) {
    struct bank_version_text *texts = ARENA_ARRAY(arena, FORM_POSITIONS_MAX, struct bank_version_text);
    struct versions versions = {.count = 0};
    enum err err = texts ? db_many(db, arena, statement, DB_PARAMS(P_INT(form_id)), FORM_POSITIONS_MAX, take_version, &versions) : ERR_MEMORY;
    if (err == ERR_NONE && versions.count > 0)
        err = bank_texts_read(db, vault, arena, versions.item_ids, versions.versions, versions.count, false, texts);
    *ret_texts = texts;
    *ret_count = versions.count;
    return err;
}

static enum err read_stimuli(struct bank_vault *vault, struct db *db, struct reader *reader) {
    struct bank_version_text *texts = NULL;
    struct form_paper *paper = reader->paper;
    size_t count = 0;
    enum err err = read_texts(vault, db, reader->arena, DB_FORM_STIMULUS_VERSIONS, paper->form_id, &texts, &count);
    size_t at = begin_piece(reader);
    json_open_array(&reader->writer);
    for (size_t i = 0; err == ERR_NONE && i < count; i++) {
        struct item item;
        err = read_content(reader, &texts[i], &item);
        if (err == ERR_NONE)
            err = keep_media(reader, &item);
        if (err != ERR_NONE)
            break;
        json_open_object(&reader->writer);
        json_member_text(&reader->writer, "id", arena_printf(reader->arena, "s%zu", i + 1));
        put_text(reader, &item.body, &STEM);
        json_close_object(&reader->writer);
        reader->stimulus_codes[reader->stimulus_count++] = texts[i].code;
    }
    json_close_array(&reader->writer);
    paper->stimuli = end_piece(reader, at);
    return err;
}

/* The seed, and the sections as the database keeps them. */
static enum err read_seed(struct db *db, struct arena *arena, int64_t form_id, uint8_t out[FORM_SEED_LEN], const char **ret_sections) {
    const struct db_row *row = NULL;
    size_t seed_len = 0;
    enum err err = db_one(db, arena, DB_FORM_SEED, DB_PARAMS(P_INT(form_id)), &row);
    if (err != ERR_NONE)
        return err;
    const uint8_t *seed = db_bytes(row, 0, &seed_len);
    if (!seed || seed_len != FORM_SEED_LEN)
        return ERR_STATE;
    memcpy(out, seed, FORM_SEED_LEN);
    *ret_sections = db_text(row, 1);
    return ERR_NONE;
}

/* A part is where its section is: sections keep their places in every order. */
static enum err read_parts(struct reader *reader, const char *text) {
    struct form_paper *paper = reader->paper;
    struct form_sections sections = {.count = 0};
    enum err err = form_sections_read(reader->arena, text, paper->count, &sections);
    int64_t first = 1;
    size_t at = begin_piece(reader);
    json_open_array(&reader->writer);
    for (size_t i = 0; err == ERR_NONE && i < sections.count; i++) {
        const struct form_section *section = &sections.list[i];
        json_open_object(&reader->writer);
        json_member_text(&reader->writer, "title", section->title_vi);
        if (*section->title_en)
            json_member_text(&reader->writer, "title_en", section->title_en);
        json_member_int(&reader->writer, "first", first);
        json_member_int(&reader->writer, "last", first += section->items - 1);
        json_close_object(&reader->writer);
        first++;
    }
    json_close_array(&reader->writer);
    paper->parts = end_piece(reader, at);
    for (size_t i = 0; i < paper->count; i++)
        paper->shapes[i].section = (uint8_t)form_sections_of(&sections, i + 1);
    return err;
}

enum err paper_read(struct bank_vault *vault, struct db *db, int64_t form_id, struct form_paper *paper) {
    struct arena arena CLEANUP(arena_release);
    struct bank_version_text *texts = NULL;
    const char *sections = NULL;
    arena_init(&arena, ARENA_MAX);
    struct reader *reader = ARENA_NEW(&arena, struct reader);
    if (!reader)
        return ERR_MEMORY;
    *reader = (struct reader){.arena = &arena, .paper = paper};
    json_writer_init(&reader->writer, &paper->texts);
    paper->form_id = form_id;
    enum err err = read_seed(db, &arena, form_id, paper->seed, &sections);
    if (err == ERR_NONE)
        err = read_stimuli(vault, db, reader);
    if (err == ERR_NONE)
        err = read_texts(vault, db, &arena, DB_FORM_VERSIONS, form_id, &texts, &paper->count);
    for (size_t i = 0; err == ERR_NONE && i < paper->count; i++)
        err = add_item(reader, i, &texts[i]);
    return err == ERR_NONE ? read_parts(reader, sections) : err;
}
