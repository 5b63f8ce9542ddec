#include "demo_people.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { POST_MAX = 64, AGENCY_MAX = 8 };

static const char *const family[] = {"Nguyễn", "Trần", "Lê",  "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ",   "Võ",  "Đặng",
                                     "Bùi",    "Đỗ",   "Hồ",  "Ngô",  "Dương", "Lý",    "Đinh", "Trịnh", "Mai", "Lương"};
static const char *const middle[] = {"Thị", "Văn", "Minh", "Ngọc", "Đức", "Thanh", "Hữu", "Quang", "Thu", "Gia", "Hồng", "Xuân", "Bảo", "Khánh"};
static const char *const given[] = {"An",   "Anh",  "Bình", "Châu", "Chi",   "Cường", "Dung", "Dũng",  "Đạt",   "Giang", "Hà",    "Hải",
                                    "Hạnh", "Hiếu", "Hoa",  "Hùng", "Hương", "Khoa",  "Lan",  "Linh",  "Long",  "Mai",   "Nam",   "Nga",
                                    "Ngân", "Nhung", "Phúc", "Phương", "Quân", "Quỳnh", "Sơn", "Tâm",  "Thảo",  "Thủy",  "Trang", "Trung",
                                    "Tú",   "Tuấn", "Uyên", "Vân",  "Việt",  "Vy",    "Yến",  "Ước"};

struct post {
    const char *code;
    const char *agencies[AGENCY_MAX];
    int agency_count;
    uint64_t quota;
};

static int read_posts(const struct csv *posts, struct post *out, uint64_t *ret_total) {
    int code = csv_column(posts, "post_code"), agency = csv_column(posts, "agency_code"), quota = csv_column(posts, "quota");
    int count = 0;
    *ret_total = 0;
    for (size_t i = 0; code >= 0 && agency >= 0 && quota >= 0 && i < posts->row_count; i++) {
        const char **cells = posts->rows[i].cells;
        int64_t places = 0;
        int at = 0;
        while (at < count && strcmp(out[at].code, cells[code]) != 0)
            at++;
        if (at == POST_MAX || !text_parse_int(cells[quota], 0, 10000, &places))
            continue;
        if (at == count)
            out[count++] = (struct post){.code = cells[code]};
        if (out[at].agency_count < AGENCY_MAX)
            out[at].agencies[out[at].agency_count++] = cells[agency];
        out[at].quota += (uint64_t)places;
        *ret_total += (uint64_t)places;
    }
    return count;
}

static const char *draw(struct random_stream *stream, const char *const *list, size_t count) {
    return list[random_stream_below(stream, count)];
}
#define DRAW(stream, list) draw((stream), (list), sizeof(list) / sizeof((list)[0]))

static const struct post *draw_post(struct random_stream *stream, const struct post *posts, int count, uint64_t total) {
    uint64_t at = random_stream_below(stream, total ? total : 1);
    for (int i = 0; i < count; i++) {
        if (at < posts[i].quota)
            return &posts[i];
        at -= posts[i].quota;
    }
    return &posts[0];
}

/* About one in seven has a class; a few have two, of which only the higher counts. */
static const char *draw_classes(struct random_stream *stream) {
    uint64_t lot = random_stream_below(stream, 200);
    return lot < 2 ? "P1" : lot < 16 ? "P2" : lot < 26 ? "P3" : lot < 28 ? "P4" : lot < 30 ? "P2;P3" : "";
}

void demo_people_csv(const struct csv *posts_csv, const char *prefix, int count, uint64_t seed, struct buf *out) {
    struct post posts[POST_MAX];
    uint64_t total;
    int post_count = read_posts(posts_csv, posts, &total);
    struct random_stream stream;
    random_stream_init(&stream, seed);
    buf_adds(out, "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n");
    for (int i = 1; post_count > 0 && i <= count; i++) {
        const char *first = DRAW(&stream, family), *second = DRAW(&stream, middle), *third = DRAW(&stream, given);
        unsigned year = 1988 + (unsigned)random_stream_below(&stream, 16), month = 1 + (unsigned)random_stream_below(&stream, 12);
        unsigned day = 1 + (unsigned)random_stream_below(&stream, 28);
        const struct post *post = draw_post(&stream, posts, post_count, total);
        const char *classes = draw_classes(&stream);
        buf_addf(out, "%s%04d,%s %s %s,%04u-%02u-%02u,%s,%s,", prefix, i, first, second, third, year, month, day, post->code, classes);
        int start = (int)random_stream_below(&stream, (uint64_t)post->agency_count);
        for (int k = 0; post->agency_count > 1 && k < post->agency_count; k++)
            buf_addf(out, "%s%s", k ? ";" : "", post->agencies[(start + k) % post->agency_count]);
        buf_addc(out, '\n');
    }
}
