#include "demo_leadership.h"

#include "khoacu/base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define CYCLE "LD-MINH-HOA"
#define WHY_SHORT "Minh họa: thời gian được rút ngắn. (Demonstration: shortened.)"
enum { MEMBERS = 5, HEARD_MAX = 8, CRITERIA = 3, SUMMONED = 9 };

static const char TITLES[] = "post_code,post_title,agency_code,agency_name,quota\n"
                             "TP-TH,Trưởng phòng Tổng hợp (minh họa),SO-MH,Sở minh họa,1\n"
                             "PP-KH,Phó Trưởng phòng Kế hoạch (minh họa),SO-MH,Sở minh họa,1\n"
                             "GD-TT,Giám đốc Trung tâm (minh họa),SO-MH,Sở minh họa,1\n";
static const char PEOPLE[] = "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n"
                             "LD001,Nguyễn Thanh Minh Họa,1979-03-12,TP-TH,,SO-MH\n"
                             "LD002,Trần Ngọc Minh Họa,1981-07-25,TP-TH,,SO-MH\n"
                             "LD003,Lê Hữu Minh Họa,1984-11-02,TP-TH,,SO-MH\n"
                             "LD004,Phạm Thu Minh Họa,1983-01-19,PP-KH,,SO-MH\n"
                             "LD005,Hoàng Gia Minh Họa,1986-09-08,PP-KH,,SO-MH\n"
                             "LD006,Đặng Xuân Minh Họa,1978-05-30,GD-TT,,SO-MH\n";
static const struct demo_criterion PARTS[CRITERIA] = {{"Viết đề án", "40.00", 4000}, {"Bảo vệ đề án", "30.00", 3000}, {"Trả lời câu hỏi", "30.00", 3000}};

static const struct demo_panel PROJECT = {CYCLE, "DA1", "project", "Hội trường A (minh họa)", MEMBERS, PARTS, CRITERIA};

/* One text member, or none, to a path. */
static bool tell(struct demo *demo, const char *path, const char *member, const char *text) {
    struct buf body;
    struct json_writer w;
    demo_open_body(&body, &w);
    if (member)
        json_member_text(&w, member, text);
    json_close_object(&w);
    return demo_call_json(demo, "POST", path, &body);
}

static bool make_cycle(struct demo *demo) {
    struct buf body;
    struct json_writer w;
    demo_open_body(&body, &w);
    json_member_text(&w, "code", CYCLE);
    json_member_text(&w, "title_vi", "Thi tuyển ba chức danh lãnh đạo, quản lý (minh họa)");
    json_member_text(&w, "title_en", "Examination for three leadership titles (demonstration)");
    json_member_text(&w, "authority_vi", "Cơ quan tuyển dụng minh họa");
    json_member_text(&w, "authority_en", "Demonstration recruiting authority");
    json_member_text(&w, "notice", "Thông báo minh họa: người và điểm trong kỳ này do máy tạo ra.");
    json_member_text(&w, "notice_on", "2026-10-01");
    json_member_text(&w, "pack_id", "LEAD-2424");
    json_member_text(&w, "written_max", "100.00");
    json_member_text(&w, "interview_max", "100.00");
    json_member_bool(&w, "demonstration", true);
    json_close_object(&w);
    return demo_sign_in_as(demo, "hr_officer", 0) && demo_call_json(demo, "POST", "/cycles", &body) &&
           demo_import(demo, "posts", "cycle=" CYCLE, (struct demo_text){TITLES, sizeof TITLES - 1}) &&
           demo_import(demo, "candidates", "cycle=" CYCLE, (struct demo_text){PEOPLE, sizeof PEOPLE - 1});
}

/* ---- the project ---- */

static bool move(struct demo *demo, const char *hearing, const char *to) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, "to", to);
    json_member_text(&w, "reason", WHY_SHORT);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "/hearings/%.16s/phase", hearing);
    return demo_call_json(demo, "POST", path, &body);
}

static bool hear(struct demo *demo, const char *panel, char hearings[HEARD_MAX][17], int *ret_count) {
    static const char *const PHASES[] = {"called", "presentation", "questions", "marking"};
    char path[100];
    (void)snprintf(path, sizeof path, "/panels/%s", panel);
    if (!demo_call(demo, "GET", path))
        return false;
    const struct json *list = json_get(demo->answer.json, "hearings");
    *ret_count = 0;
    for (size_t i = 0; i < json_count(list) && i < HEARD_MAX; i++) {
        const char *id = json_text(json_get(json_at(list, i), "hearing_id"));
        (void)snprintf(hearings[(*ret_count)++], 17, "%s", id ? id : "");
    }
    for (int i = 0; i < *ret_count; i++)
        for (size_t p = 0; p < sizeof PHASES / sizeof *PHASES; p++)
            if (!move(demo, hearings[i], PHASES[p]))
                return false;
    return true;
}

/* Three fifths and more of each criterion: who came this far passes. */
static bool mark(struct demo *demo, const char *hearing, int member) {
    struct random_stream worth;
    struct buf body;
    struct json_writer w;
    char path[100];
    random_stream_init(&worth, strtoull(hearing, NULL, 16));
    demo_open_body(&body, &w);
    json_put_key(&w, "values");
    json_open_array(&w);
    for (int i = 0; i < CRITERIA; i++) {
        int64_t steps = PARTS[i].max / 25, base = steps * 6 / 10 + (int64_t)random_stream_below(&worth, (uint64_t)steps * 3 / 10);
        json_put_hundredths(&w, (base + member % 3) * 25);
    }
    json_close_array(&w);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "/hearings/%.16s/marks", hearing);
    return demo_call_json(demo, "PUT", path, &body);
}

static bool sign_minutes(struct demo *demo, const char *panel, const char *digest, const char *password) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, "sha256", digest);
    json_member_text(&w, "password", password);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "/panels/%s/signatures", panel);
    return demo_call_json(demo, "POST", path, &body);
}

static bool close_panel(struct demo *demo, const char *panel, const struct demo_login *secretary) {
    char path[100], digest[65];
    (void)snprintf(path, sizeof path, "/panels/%s/minutes", panel);
    if (!demo_sign_in(demo, *secretary) || !tell(demo, path, NULL, NULL))
        return false;
    const char *detail = json_text(json_get(demo->answer.json, "detail"));
    (void)snprintf(digest, sizeof digest, "%s", detail ? detail : "");
    if (!sign_minutes(demo, panel, digest, secretary->password))
        return false;
    for (int i = 0; i < MEMBERS; i++) {
        const struct demo_login *member = demo_login_of(demo, "examiner", i);
        if (!demo_sign_in(demo, *member) || !sign_minutes(demo, panel, digest, member->password))
            return false;
    }
    return true;
}

static bool play_project(struct demo *demo) {
    char panel[17] = "", path[100], hearings[HEARD_MAX][17];
    int heard = 0;
    const struct demo_login *secretary = demo_login_of(demo, "script_officer", 0);
    if (!secretary || !demo_login_of(demo, "examiner", MEMBERS - 1))
        return demo_fail(demo, "officers of the panel");
    if (!demo_sign_in_as(demo, "chief_marker", 0) || !demo_make_panel(demo, &PROJECT, panel))
        return false;
    (void)snprintf(path, sizeof path, "/panels/%s/draw-commitment", panel);
    if (!tell(demo, path, "plan", "Giải đặc biệt xổ số miền Bắc của ngày làm việc (minh họa)") || !demo_sign_in(demo, *secretary))
        return false;
    (void)snprintf(path, sizeof path, "/panels/%s/draw", panel);
    if (!tell(demo, path, "entropy", "40918") || !hear(demo, panel, hearings, &heard))
        return false;
    for (int i = 0; i < MEMBERS; i++) {
        if (!demo_sign_in_as(demo, "examiner", i))
            return false;
        for (int k = 0; k < heard; k++)
            if (!mark(demo, hearings[k], i))
                return false;
    }
    return close_panel(demo, panel, secretary);
}

/* ---- the list, and the first ballot ---- */

static bool prepare_ballot(struct demo *demo) {
    struct buf body;
    struct json_writer w;
    char path[100], rolls[HEARD_MAX][24];
    int count = 0;
    (void)snprintf(path, sizeof path, "/runs/%s/decisions?post=TP-TH&limit=50", demo->run_id);
    if (!demo_call(demo, "GET", path))
        return false;
    const struct json *items = json_get(demo->answer.json, "items");
    for (size_t i = 0; i < json_count(items) && count < HEARD_MAX; i++) {
        int64_t rank = 0;
        const char *roll = json_text(json_get(json_at(items, i), "roll_number"));
        if (roll && json_int(json_get(json_at(items, i), "rank"), &rank) && rank > 0)
            (void)snprintf(rolls[count++], sizeof rolls[0], "%s", roll);
    }
    demo_open_body(&body, &w);
    json_member_text(&w, "post", "TP-TH");
    json_put_key(&w, "roll_numbers");
    json_open_array(&w);
    for (int i = 0; i < count; i++)
        json_put_text(&w, rolls[i]);
    json_close_array(&w);
    json_member_text(&w, "reason", "Theo kết quả thi tuyển đã công bố. (After the published list.)");
    json_close_object(&w);
    if (!demo_call_json(demo, "POST", "/cycles/" CYCLE "/appointments", &body))
        return false;
    const char *id = json_text(json_get(demo->answer.json, "id"));
    (void)snprintf(path, sizeof path, "/appointments/%s/ballots", id ? id : "");
    demo_open_body(&body, &w);
    json_member_int(&w, "summoned", SUMMONED);
    json_member_int(&w, "excused", 0);
    json_close_object(&w);
    return demo_call_json(demo, "POST", path, &body);
}

bool demo_play_leadership(struct demo *demo) {
    const struct demo_cycle cycle = {.code = CYCLE, .written_only = true, .least = 54};
    demo_step("Three leadership titles: written part, projects before a panel, the list, the first ballot");
    return make_cycle(demo) && demo_open_round2(demo, &cycle) && demo_mark(demo, &cycle) && demo_sign_in_as(demo, "hr_officer", 0) &&
           demo_open_round2(demo, &cycle) && play_project(demo) && demo_sign_in_as(demo, "hr_officer", 0) &&
           demo_freeze_marks(demo, &cycle) && demo_rank(demo, &cycle) && demo_freeze_list(demo) && demo_sign_list(demo, "A", 0) &&
           demo_sign_in_as(demo, "hr_officer", 1) && demo_sign_list(demo, "B", 1) && demo_sign_in_as(demo, "hr_officer", 0) &&
           demo_publish(demo) && prepare_ballot(demo);
}
