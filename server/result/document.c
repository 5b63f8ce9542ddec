#include "words.h"

#include "khoacu/doc/xlsx.h"
#include "khoacu/result/print.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define PARTS_LINE_MAX 20000

/* ---- sub-scores ---- */

bool result_list_has_parts(const struct result_release_list *list) {
    for (size_t i = 0; i < list->row_count; i++)
        if (list->rows[i].parts)
            return true;
    return false;
}

/* A mark of the file with the point that is wanted. */
static void put_mark(struct buf *out, const char *mark, char point) {
    for (; mark && *mark; mark++)
        buf_addc(out, *mark == '.' ? point : *mark);
}

const char *result_parts_line(struct arena *arena, const char *parts, char point) {
    struct buf out CLEANUP(buf_release);
    const struct json *list = NULL;
    buf_init(&out, PARTS_LINE_MAX);
    if (!parts)
        return "";
    if (json_read(arena, parts, strlen(parts), &list, NULL) != ERR_NONE)
        return NULL;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i);
        const char *title = json_text(json_get(one, "title"));
        buf_addf(&out, "%s%s ", i ? "; " : "", title ? title : "");
        put_mark(&out, json_text(json_get(one, "mean")), point);
        buf_addc(&out, '/');
        put_mark(&out, json_text(json_get(one, "max")), point);
    }
    return out.failed ? NULL : arena_strndup(arena, out.data ? out.data : "", out.len);
}

/* ---- the workbook ---- */

enum { ROW_COLUMNS = 11, POST_COLUMNS = 6 }; /* the last one of the rows only where there are sub-scores */
static const struct xlsx_column ROWS_HEAD[ROW_COLUMNS] = {
    {.heading = "Vị trí việc làm (post)", .width = 14}, {.heading = "Tên vị trí (post title)", .width = 32}, {.heading = "Thứ hạng (rank)", .width = 9, .kind = XLSX_COUNTS},
    {.heading = "Số báo danh (roll number)", .width = 16}, {.heading = "Điểm vòng 2 (raw)", .width = 11, .kind = XLSX_MARKS}, {.heading = "Điểm ưu tiên (priority)", .width = 11, .kind = XLSX_MARKS},
    {.heading = "Tổng điểm (total)", .width = 11, .kind = XLSX_MARKS}, {.heading = "Kết quả (outcome)", .width = 16}, {.heading = "Cơ quan (agency)", .width = 14},
    {.heading = "Lý do (reason)", .width = 24}, {.heading = "Điểm thành phần (sub-scores)", .width = 48}};
static const struct xlsx_column POSTS_HEAD[POST_COLUMNS] = {
    {.heading = "Vị trí việc làm (post)", .width = 14}, {.heading = "Tên vị trí (post title)", .width = 32}, {.heading = "Chỉ tiêu (places)", .width = 10, .kind = XLSX_COUNTS},
    {.heading = "Thí sinh (candidates)", .width = 12, .kind = XLSX_COUNTS}, {.heading = "Đạt (passed)", .width = 10, .kind = XLSX_COUNTS},
    {.heading = "Trúng tuyển (selected)", .width = 12, .kind = XLSX_COUNTS}};

static enum err put_row(struct xlsx_writer *book, const struct result_words *words, const struct result_post *post, const struct result_row *row, size_t columns) {
    const char *parts = result_parts_line(words->arena, row->parts, ',');
    char rank[24] = "", raw[24] = "", priority[24] = "", total[24] = "";
    bool passed = row->rank > 0, open = passed && !row->withheld;
    if (passed)
        (void)snprintf(rank, sizeof rank, "%lld", (long long)row->rank);
    if (open)
        text_format_hundredths(row->raw, raw);
    if (open)
        text_format_hundredths(row->priority, priority);
    if (passed)
        text_format_hundredths(row->total, total);
    if (!parts)
        return ERR_MEMORY;
    return xlsx_put(book, (const char *const[]){post->code, post->title, rank, row->roll_number, raw, priority, total, result_word_of(words, "outcome.", row->outcome),
                                                row->agency ? row->agency : "", result_word_of(words, "reason.", row->reason), parts},
                    columns);
}

static enum err put_post(struct xlsx_writer *book, const struct result_post *post, const struct result_row *rows) {
    char quota[24], all[24], passed[24], selected[24];
    size_t pass = 0, chosen = 0;
    for (size_t i = 0; i < post->row_count; i++) {
        pass += rows[post->first_row + i].rank > 0;
        chosen += strcmp(rows[post->first_row + i].outcome, "selected") == 0;
    }
    (void)snprintf(quota, sizeof quota, "%lld", (long long)post->quota);
    (void)snprintf(all, sizeof all, "%zu", post->row_count);
    (void)snprintf(passed, sizeof passed, "%zu", pass);
    (void)snprintf(selected, sizeof selected, "%zu", chosen);
    return xlsx_put(book, (const char *const[]){post->code, post->title, quota, all, passed, selected}, POST_COLUMNS);
}

static enum err fill_book(struct xlsx_writer *book, struct arena *arena, const struct result_release_list *list) {
    size_t columns = result_list_has_parts(list) ? ROW_COLUMNS : ROW_COLUMNS - 1;
    struct result_words words;
    enum err err = result_words_load(arena, "vi", &words);
    if (err == ERR_NONE)
        err = xlsx_sheet(book, "Kết quả", ROWS_HEAD, columns);
    for (size_t i = 0; err == ERR_NONE && i < list->post_count; i++)
        for (size_t k = 0; err == ERR_NONE && k < list->posts[i].row_count; k++)
            err = put_row(book, &words, &list->posts[i], &list->rows[list->posts[i].first_row + k], columns);
    if (err == ERR_NONE)
        err = xlsx_sheet(book, "Vị trí", POSTS_HEAD, POST_COLUMNS);
    for (size_t i = 0; err == ERR_NONE && i < list->post_count; i++)
        err = put_post(book, &list->posts[i], list->rows);
    return err == ERR_NONE ? xlsx_close(book) : err;
}

static enum err take_file(const char *path, struct buf *out) {
    FILE *file CLEANUP(cleanup_file) = fopen(path, "rbe");
    char block[65536];
    if (!file)
        return ERR_IO;
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        buf_add(out, block, got);
    return ferror(file) ? ERR_IO : out->failed ? ERR_LIMIT : ERR_NONE;
}

/* Appends the list as a workbook: a sheet of all rows and one of the posts, with the words of the screens; no cell is a formula. */
static enum err workbook_write(struct arena *arena, const struct result_release_list *list, struct buf *out) {
    char path[] = "/tmp/khoacu-list-XXXXXX";
    struct xlsx_writer *book = NULL;
    int fd = mkstemp(path); /* readable by this process alone, and gone before anybody gets it */
    if (fd < 0)
        return ERR_IO;
    (void)close(fd);
    enum err err = xlsx_new(path, &book);
    if (err == ERR_NONE)
        err = fill_book(book, arena, list);
    xlsx_free(book);
    if (err == ERR_NONE)
        err = take_file(path, out);
    (void)unlink(path);
    return err;
}

/* ---- kept files ---- */

struct kept {
    const uint8_t *bytes;
    size_t len;
};

static enum err take_kept(void *ctx, const struct db_row *row) {
    struct kept *kept = ctx;
    kept->bytes = db_bytes(row, 0, &kept->len);
    return ERR_NONE;
}

static enum err make(struct db *db, struct arena *arena, const struct result_release *release, const char *kind, const char *public_url,
                     const char *lang, struct buf *out) {
    struct result_release_list list;
    enum err err = result_release_rows(db, arena, release->run_id, &list);
    if (err != ERR_NONE || strcmp(kind, "xlsx") == 0)
        return err == ERR_NONE ? workbook_write(arena, &list, out) : err;
    return result_paper_print(arena,
                              &(struct result_paper){.release = release,
                                                     .list = &list,
                                                     .public_url = public_url,
                                                     .lang = lang,
                                                     .made_us = release->published_us ? release->published_us : clock_now_us()},
                              out);
}

enum err result_document(struct db *db, struct arena *arena, const struct result_release *release, const char *kind,
                         const char *public_url, const uint8_t **ret_bytes, size_t *ret_len) {
    struct buf out CLEANUP(buf_release);
    struct kept kept = {0};
    buf_init(&out, RESULT_DOCUMENT_MAX);
    enum err err = db_many(db, arena, DB_RELEASE_DOCUMENT_READ, DB_PARAMS(P_INT(release->run_id), P_TEXT(kind)), 1, take_kept, &kept);
    if (err == ERR_NONE && !kept.bytes) {
        err = make(db, arena, release, kind, public_url, "vi", &out);
        if (err == ERR_NONE)
            err = db_run(db, DB_RELEASE_DOCUMENT_INSERT,
                         DB_PARAMS(P_INT(release->run_id), P_TEXT(kind), P_BYTES(out.data, out.len), P_TIME(clock_now_us())), NULL);
        if (err == ERR_NONE) /* another may have been first: all get the same bytes */
            err = db_many(db, arena, DB_RELEASE_DOCUMENT_READ, DB_PARAMS(P_INT(release->run_id), P_TEXT(kind)), 1, take_kept, &kept);
    }
    if (err == ERR_NONE) {
        *ret_bytes = kept.bytes;
        *ret_len = kept.len;
    }
    return err;
}

enum err result_draft(struct db *db, struct arena *arena, const struct result_release *release, const char *public_url,
                      const char *lang, struct buf *out) {
    return make(db, arena, release, "pdf", public_url, lang, out);
}
