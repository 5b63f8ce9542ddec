/* The document of minutes: made of the frozen text alone. */
#include "khoacu/sitting/minutes.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/pdf.h"
#include "khoacu/json/json.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* X(name, Vietnamese, English) */
#define WORDS(X)                                                                                                       \
    X(ATTENDANCE, "DANH SÁCH THÍ SINH DỰ THI", "ATTENDANCE LIST")                                                       \
    X(INCIDENTS, "BIÊN BẢN COI THI", "MINUTES OF THE HALL")                                                             \
    X(COUNTRY, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM")                                  \
    X(MOTTO, "Độc lập – Tự do – Hạnh phúc", "Independence – Freedom – Happiness")                                       \
    X(DRAFT, "BẢN NHÁP", "DRAFT")                                                                                       \
    X(DRAFT_LINE, "(bản nháp: chờ hai người xác nhận)", "(draft: two persons have yet to confirm)")                     \
    X(DEMONSTRATION, "Minh họa: không phải kỳ thi thật", "Demonstration: not a real examination")                       \
    X(SEAT, "Chỗ", "Seat") X(ROLL, "Số báo danh", "Roll number") X(NAME, "Họ và tên", "Name")                           \
    X(CHECK_IN, "Vào phòng", "Check-in") X(STARTED, "Mở đề", "Opened") X(ENDED, "Kết thúc", "Ended")                    \
    X(ANSWERED, "Số câu", "Answered") X(SIGN, "Ký tên", "Signature")                                                    \
    X(PRESENT, "có mặt", "present") X(REFUSED, "không được vào", "not let in") X(ABSENT, "vắng", "absent")              \
    X(TIME, "Giờ", "Time") X(WHO, "Chỗ / SBD", "Seat / roll") X(KIND, "Loại", "Kind") X(MINUTES, "Phút", "Min.")        \
    X(WHAT, "Nội dung", "What happened") X(BY, "Người ghi", "Recorded by") X(HALL, "cả phòng", "whole hall")            \
    X(NO_INCIDENTS, "Không có sự việc nào được ghi nhận.", "No incident was recorded.")                                 \
    X(INCIDENTS_HEAD, "1. Sự việc", "1. Incidents") X(ADJUSTMENTS_HEAD, "2. Điều chỉnh thời gian", "2. Time")           \
    X(NO_ADJUSTMENTS, "Không điều chỉnh thời gian.", "No time was adjusted.")                                           \
    X(REASON, "Lý do", "Reason") X(SECOND, "Người duyệt", "Second person")               \
    X(ATTEND_HEAD, "3. Số lượng", "3. Attendance")                                                                      \
    X(HAND_FIRST, "Giám thị thứ nhất", "First invigilator") X(HAND_SECOND, "Giám thị thứ hai", "Second invigilator")    \
    X(HAND_HOW, "(ký, ghi rõ họ tên)", "(signature and name)")                                                          \
    X(UNCONFIRMED, "Chưa xác nhận trên hệ thống", "Not confirmed in the system")                                        \
    X(MACHINE, "máy", "machine") X(NETWORK, "mạng", "network") X(POWER, "điện", "power") X(ILLNESS, "sức khỏe", "illness") \
    X(IDENTITY, "giấy tờ", "identity") X(CONDUCT, "vi phạm", "conduct") X(PAPER, "đề thi", "paper")                     \
    X(EVACUATION, "sơ tán", "evacuation") X(OTHER, "khác", "other")                                                     \
    X(EXTRA, "thêm giờ", "extra time") X(COMPENSATION, "bù giờ", "compensation") X(PAUSE, "dừng", "pause") X(RESUME, "tiếp tục", "resume")

enum word {
#define X(name, vi, en) W_##name,
    WORDS(X)
#undef X
        WORD_COUNT
};
static const char *const TEXTS[WORD_COUNT][2] = {
#define X(name, vi, en) {vi, en},
    WORDS(X)
#undef X
};

struct sheet {
    const struct minutes *minutes;
    const struct json *body;
    struct pdf *pdf;
    struct arena *arena;
    const char *origin;
    bool english;
};

static const char *word(const struct sheet *sheet, enum word name) {
    return TEXTS[name][sheet->english];
}

/* The word of a stored key; the key itself where there is none. */
static const char *word_of(const struct sheet *sheet, const char *key) {
    static const struct {
        const char *key;
        enum word word;
    } KEYS[] = {{"machine", W_MACHINE}, {"network", W_NETWORK}, {"power", W_POWER}, {"illness", W_ILLNESS}, {"identity", W_IDENTITY}, {"conduct", W_CONDUCT},
                {"paper", W_PAPER}, {"evacuation", W_EVACUATION}, {"other", W_OTHER}, {"extra_time", W_EXTRA}, {"compensation", W_COMPENSATION},
                {"pause", W_PAUSE}, {"resume", W_RESUME}, {"present", W_PRESENT}, {"refused", W_REFUSED}};
    for (size_t i = 0; key && i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (strcmp(key, KEYS[i].key) == 0)
            return word(sheet, KEYS[i].word);
    return key ? key : "";
}

static const char *text_at(const struct json *object, const char *key) {
    const struct json *value = json_get(object, key);
    return json_kind(value) == JSON_STRING ? json_text(value) : "";
}

static int64_t int_at(const struct json *object, const char *key) {
    int64_t number = 0;
    return json_int(json_get(object, key), &number) ? number : 0;
}

/* Viet Nam's time, seven hours ahead of UTC all year. */
static const char *local(const struct sheet *sheet, const char *utc, bool day) {
    int64_t us = 0;
    char text[25];
    if (!*utc || !text_parse_time(utc, &us))
        return "";
    text_format_time(us + INT64_C(7) * 3600 * 1000000, text);
    const char *made = day ? arena_printf(sheet->arena, "%.2s/%.2s/%.4s %.5s", text + 8, text + 5, text, text + 11) : arena_printf(sheet->arena, "%.8s", text + 11);
    return made ? made : "";
}

static const char *shown(const struct sheet *sheet, int64_t number) {
    const char *text = arena_printf(sheet->arena, "%lld", (long long)number);
    return text ? text : "";
}

/* ---- tables ---- */

enum { COLUMNS_MAX = 8 };
struct grid {
    const struct sheet *sheet;
    struct pdf_cell *cells;
    size_t *row_cells;
    size_t rows, columns;
};

static bool grid_new(const struct sheet *sheet, size_t rows, size_t columns, struct grid *grid) {
    *grid = (struct grid){.sheet = sheet, .columns = columns, .cells = ARENA_ARRAY(sheet->arena, (rows + 1) * columns, struct pdf_cell),
                          .row_cells = ARENA_ARRAY(sheet->arena, rows + 1, size_t)};
    return grid->cells && grid->row_cells;
}

static void put_row(struct grid *grid, const char *const *texts, bool head) {
    for (size_t i = 0; i < grid->columns; i++)
        grid->cells[grid->rows * grid->columns + i] = (struct pdf_cell){.text = pdf_words(grid->sheet->pdf, texts[i], head ? PDF_BOLD : 0), .head = head};
    grid->row_cells[grid->rows++] = grid->columns;
}

static void put_grid(struct grid *grid, const double *shares) {
    pdf_table(grid->sheet->pdf, &(struct pdf_table){.cells = grid->cells, .row_cells = grid->row_cells, .rows = grid->rows, .columns = grid->columns,
                                                    .head_rows = 1, .shares = shares, .size = 9.5});
}

static bool is_present(const struct json *seat) {
    return *text_at(seat, "started_at") != '\0';
}

static void put_total(struct sheet *sheet, const struct json *seats) {
    size_t present = 0, count = json_count(seats);
    char line[300];
    for (size_t i = 0; i < count; i++)
        present += is_present(json_at(seats, i));
    (void)snprintf(line, sizeof line, sheet->english ? "In all: %zu candidates; %zu present; %zu absent or not let in."
                                                     : "Tổng số: %zu thí sinh; có mặt %zu; vắng mặt hoặc không được vào %zu.",
                   count, present, count - present);
    pdf_paragraph(sheet->pdf, pdf_words(sheet->pdf, arena_strdup(sheet->arena, line), 0), &(struct pdf_look){.before = 6, .after = 6});
}

static void put_attendance(struct sheet *sheet) {
    static const double shares[] = {6.5, 13, 24, 13, 11, 11, 7.5, 14};
    const struct json *seats = json_get(sheet->body, "seats");
    struct grid grid;
    if (!grid_new(sheet, json_count(seats), 8, &grid))
        return;
    put_row(&grid, (const char *const[]){word(sheet, W_SEAT), word(sheet, W_ROLL), word(sheet, W_NAME), word(sheet, W_CHECK_IN), word(sheet, W_STARTED),
                                         word(sheet, W_ENDED), word(sheet, W_ANSWERED), word(sheet, W_SIGN)}, true);
    for (size_t i = 0; i < json_count(seats); i++) {
        const struct json *seat = json_at(seats, i);
        const char *check_in = text_at(seat, "check_in");
        bool absent = strcmp(text_at(seat, "state"), "absent") == 0;
        put_row(&grid, (const char *const[]){shown(sheet, int_at(seat, "seat")), text_at(seat, "roll"), text_at(seat, "name"),
                                             *check_in ? word_of(sheet, check_in) : absent ? word(sheet, W_ABSENT) : "",
                                             local(sheet, text_at(seat, "started_at"), false), absent ? "" : local(sheet, text_at(seat, "ended_at"), false),
                                             is_present(seat) ? shown(sheet, int_at(seat, "answered")) : "", ""}, false);
    }
    put_grid(&grid, shares);
    put_total(sheet, seats);
}

static void put_heading(struct sheet *sheet, enum word name) {
    pdf_paragraph(sheet->pdf, pdf_words(sheet->pdf, word(sheet, name), PDF_BOLD), &(struct pdf_look){.role = PDF_H2, .before = 8, .after = 4, .keep_next = true});
}

static void put_line(struct sheet *sheet, enum word name) {
    pdf_paragraph(sheet->pdf, pdf_words(sheet->pdf, word(sheet, name), 0), &(struct pdf_look){.after = 4});
}

static const char *seat_of(struct sheet *sheet, const struct json *entry) {
    if (int_at(entry, "seat") == 0)
        return word(sheet, W_HALL);
    const char *text = arena_printf(sheet->arena, "%lld / %s", (long long)int_at(entry, "seat"), text_at(entry, "roll"));
    return text ? text : "";
}

static void put_incidents(struct sheet *sheet) {
    static const double shares[] = {11, 15, 11, 8, 37, 18};
    const struct json *list = json_get(sheet->body, "incidents");
    struct grid grid;
    put_heading(sheet, W_INCIDENTS_HEAD);
    if (json_count(list) == 0) {
        put_line(sheet, W_NO_INCIDENTS);
        return;
    }
    if (!grid_new(sheet, json_count(list), 6, &grid))
        return;
    put_row(&grid, (const char *const[]){word(sheet, W_TIME), word(sheet, W_WHO), word(sheet, W_KIND), word(sheet, W_MINUTES), word(sheet, W_WHAT), word(sheet, W_BY)}, true);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *entry = json_at(list, i);
        put_row(&grid, (const char *const[]){local(sheet, text_at(entry, "at"), false), seat_of(sheet, entry), word_of(sheet, text_at(entry, "category")),
                                             shown(sheet, int_at(entry, "minutes")), text_at(entry, "words"), text_at(entry, "by")}, false);
    }
    put_grid(&grid, shares);
}

static const char *kind_of(struct sheet *sheet, const struct json *entry) {
    return word_of(sheet, strcmp(text_at(entry, "cause"), "evacuation") == 0 ? "evacuation" : text_at(entry, "kind"));
}

static void put_adjustments(struct sheet *sheet) {
    static const double shares[] = {11, 12, 13, 8, 26, 15, 15};
    const struct json *list = json_get(sheet->body, "adjustments");
    struct grid grid;
    put_heading(sheet, W_ADJUSTMENTS_HEAD);
    if (json_count(list) == 0) {
        put_line(sheet, W_NO_ADJUSTMENTS);
        return;
    }
    if (!grid_new(sheet, json_count(list), 7, &grid))
        return;
    put_row(&grid, (const char *const[]){word(sheet, W_TIME), word(sheet, W_KIND), word(sheet, W_ROLL), word(sheet, W_MINUTES), word(sheet, W_REASON), word(sheet, W_BY),
                                         word(sheet, W_SECOND)}, true);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *entry = json_at(list, i);
        const char *roll = text_at(entry, "roll");
        int64_t seconds = int_at(entry, "seconds");
        put_row(&grid, (const char *const[]){local(sheet, text_at(entry, "at"), false), kind_of(sheet, entry), *roll ? roll : word(sheet, W_HALL),
                                             seconds ? shown(sheet, seconds / 60) : "", text_at(entry, "words"), text_at(entry, "by"), text_at(entry, "second")}, false);
    }
    put_grid(&grid, shares);
}

/* ---- head and foot ---- */

static void draw_head(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct sheet *sheet = ctx;
    double left = width * 0.44, right = width - left;
    (void)page, (void)pages;
    double y = pdf_draw_text(canvas, 0, 0, left - 8, PDF_CENTRE, 10.5, pdf_upper(sheet->pdf, arena_strdup(sheet->arena, text_at(sheet->body, "authority"))), PDF_BOLD);
    pdf_draw_line(canvas, left * 0.34, y + 3, left * 0.62, y + 3, 0.7, false);
    y = pdf_draw_text(canvas, left, 0, right, PDF_CENTRE, 10.5, word(sheet, W_COUNTRY), PDF_BOLD);
    y += pdf_draw_text(canvas, left, y + 1, right, PDF_CENTRE, 10.5, word(sheet, W_MOTTO), PDF_BOLD);
    pdf_draw_line(canvas, left + right * 0.28, y + 4, left + right * 0.72, y + 4, 0.7, false);
}

static bool is_complete(const struct sheet *sheet) {
    return sheet->minutes->confirmed[0].name && sheet->minutes->confirmed[1].name;
}

static void put_title(struct sheet *sheet) {
    char line[700];
    bool attendance = sheet->minutes->kind == MINUTES_ATTENDANCE;
    pdf_canvas(sheet->pdf, 42, draw_head, sheet, NULL);
    pdf_paragraph(sheet->pdf, pdf_words(sheet->pdf, word(sheet, attendance ? W_ATTENDANCE : W_INCIDENTS), PDF_BOLD),
                  &(struct pdf_look){.role = PDF_H1, .align = PDF_CENTRE, .size = 15, .before = 6, .after = 4});
    (void)snprintf(line, sizeof line, sheet->english ? "%s · Shift %s · Hall %s · Begins %s · %lld minutes" : "%s · Ca thi %s · Phòng %s · Bắt đầu %s · %lld phút",
                   text_at(sheet->body, "title"), text_at(sheet->body, "shift"), text_at(sheet->body, "room"), local(sheet, text_at(sheet->body, "starts_at"), true),
                   (long long)int_at(sheet->body, "minutes"));
    pdf_paragraph(sheet->pdf, pdf_words(sheet->pdf, arena_strdup(sheet->arena, line), 0), &(struct pdf_look){.align = PDF_CENTRE, .after = 8});
    if (!is_complete(sheet))
        pdf_paragraph(sheet->pdf, pdf_words(sheet->pdf, word(sheet, W_DRAFT_LINE), PDF_ITALIC), &(struct pdf_look){.align = PDF_CENTRE, .after = 8});
}

static const char *confirmation(struct sheet *sheet, int at) {
    char utc[25];
    const char *name = sheet->minutes->confirmed[at].name;
    if (!name)
        return word(sheet, W_UNCONFIRMED);
    text_format_time(sheet->minutes->confirmed[at].at_us, utc);
    const char *text = arena_printf(sheet->arena, "%s: %s, %s", sheet->english ? "Confirmed in the system" : "Xác nhận trên hệ thống", name, local(sheet, utc, true));
    return text ? text : "";
}

static void draw_end(void *ctx, struct pdf_canvas *canvas, double width, size_t page, size_t pages) {
    struct sheet *sheet = ctx;
    double qr = 84, part = (width - qr - 10) / 2;
    (void)page, (void)pages;
    const char *url = arena_printf(sheet->arena, "%s/verify/%s", sheet->origin, sheet->minutes->code);
    pdf_draw_qr(canvas, 0, 0, qr, url ? url : sheet->minutes->code);
    for (int i = 0; i < 2; i++) {
        double x = qr + 10 + part * i;
        pdf_draw_text(canvas, x, 0, part, PDF_CENTRE, 10.5, word(sheet, i ? W_HAND_SECOND : W_HAND_FIRST), PDF_BOLD);
        pdf_draw_text(canvas, x, 15, part, PDF_CENTRE, 9, word(sheet, W_HAND_HOW), PDF_ITALIC);
        pdf_draw_text(canvas, x + 4, 80, part - 8, PDF_CENTRE, 8.5, confirmation(sheet, i), 0);
    }
    const char *how = arena_printf(sheet->arena, sheet->english
        ? "Check at %s/verify/%s. The server's detached Ed25519 signature goes with this file; the public key is at /api/v1/signing-key."
        : "Kiểm tra tại %s/verify/%s. Tệp này có chữ ký số Ed25519 tách rời của máy chủ; khóa công khai ở /api/v1/signing-key.", sheet->origin, sheet->minutes->code);
    pdf_draw_text(canvas, 0, 108, width, PDF_LEFT, 8, how ? how : "", 0);
}

static enum err open_pdf(struct sheet *sheet) {
    char made[25], foot[100];
    bool complete = is_complete(sheet);
    text_format_time(complete ? sheet->minutes->confirmed[1].at_us : sheet->minutes->made_us, made);
    made[19] = 'Z'; /* whole seconds */
    made[20] = '\0';
    (void)snprintf(foot, sizeof foot, sheet->english ? "Page {page} of {pages} · Code %s" : "Trang {page}/{pages} · Mã %s", sheet->minutes->code);
    const struct json *demonstration = json_get(sheet->body, "demonstration");
    bool truth = false;
    const struct pdf_setup setup = {.title = word(sheet, sheet->minutes->kind == MINUTES_ATTENDANCE ? W_ATTENDANCE : W_INCIDENTS),
                                    .author = text_at(sheet->body, "authority"),
                                    .subject = text_at(sheet->body, "cycle"),
                                    .lang = sheet->minutes->lang,
                                    .made_at = made,
                                    .foot_left = json_bool(demonstration, &truth) && truth ? word(sheet, W_DEMONSTRATION) : NULL,
                                    .foot_right = foot,
                                    .watermark = complete ? NULL : word(sheet, W_DRAFT),
                                    .size = 10.5};
    enum err err = pdf_new(&setup, &sheet->pdf);
    if (err == ERR_NONE)
        sheet->arena = pdf_arena(sheet->pdf);
    return err;
}

enum err minutes_print(const struct minutes *minutes, const char *origin, struct buf *out) {
    struct arena arena CLEANUP(arena_release);
    struct sheet sheet = {.minutes = minutes, .origin = origin, .english = strcmp(minutes->lang, "en") == 0};
    arena_init(&arena, 64 << 20);
    enum err err = json_read(&arena, minutes->body, strlen(minutes->body), &sheet.body, NULL);
    if (err == ERR_NONE)
        err = open_pdf(&sheet);
    if (err != ERR_NONE)
        return err;
    put_title(&sheet);
    if (minutes->kind == MINUTES_ATTENDANCE) {
        put_attendance(&sheet);
    } else {
        put_incidents(&sheet);
        put_adjustments(&sheet);
        put_heading(&sheet, W_ATTEND_HEAD);
        put_total(&sheet, json_get(sheet.body, "seats"));
    }
    pdf_open(sheet.pdf, PDF_KEPT);
    pdf_space(sheet.pdf, 10);
    pdf_canvas(sheet.pdf, 132, draw_end, &sheet, NULL);
    pdf_close(sheet.pdf);
    err = pdf_finish(sheet.pdf, out, NULL);
    pdf_free(sheet.pdf);
    return err;
}
