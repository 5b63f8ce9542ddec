#include "demo_panels.h"

#include "khoacu/base/cleanup.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { MEMBERS = 3, HEARD = 2, CRITERIA = 3 };

static const struct demo_criterion PARTS[CRITERIA] = {
    {"Hiểu biết về vị trí việc làm và cơ quan tuyển dụng", "15.00", 1500},
    {"Xử lý tình huống nghiệp vụ", "15.00", 1500},
    {"Trình bày, ứng xử", "10.00", 1000},
};

/* One text member, to /KIND/ID/WHAT. */
static bool tell(struct demo *demo, const char *kind, const char *id, const char *what, const char *member, const char *text) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, member, text);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "/%s/%s/%s", kind, id, what);
    return demo_call_json(demo, "POST", path, &body);
}

static bool hear(struct demo *demo, char hearings[HEARD][17]) {
    static const char *const PHASES[] = {"called", "preparation", "presentation", "questions", "marking"};
    for (int i = 0; i < HEARD; i++)
        for (size_t p = 0; p < sizeof PHASES / sizeof *PHASES; p++)
            if (!tell(demo, "hearings", hearings[i], "phase", "to", PHASES[p]))
                return false;
    return true;
}

/* Members stand close to each other, and each gives whole quarters. */
static bool mark(struct demo *demo, const char *hearing) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_put_key(&w, "values");
    json_open_array(&w);
    for (int i = 0; i < CRITERIA; i++) {
        int64_t least = PARTS[i].max / 2 / 25, spread = (int64_t)random_stream_below(&demo->stream, 6);
        json_put_hundredths(&w, (least + 6 + spread) * 25);
    }
    json_close_array(&w);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "/hearings/%s/marks", hearing);
    return demo_call_json(demo, "PUT", path, &body);
}

static bool first_hearings(struct demo *demo, const char *panel, char hearings[HEARD][17]) {
    char path[100];
    (void)snprintf(path, sizeof path, "/panels/%s", panel);
    if (!demo_call(demo, "GET", path))
        return false;
    const struct json *list = json_get(demo->answer.json, "hearings");
    for (size_t i = 0; i < HEARD; i++) {
        const char *id = json_text(json_get(json_at(list, i), "hearing_id"));
        if (!id)
            return demo_fail(demo, "too few passed for a panel");
        (void)snprintf(hearings[i], 17, "%s", id);
    }
    return true;
}

bool demo_play_panel(struct demo *demo, const char *cycle_code) {
    const struct demo_panel made = {cycle_code, "PV1", "interview", "Phòng 201", MEMBERS, PARTS, CRITERIA};
    char panel[17] = "", hearings[HEARD][17];
    if (!demo_login_of(demo, "script_officer", 0) || !demo_login_of(demo, "examiner", MEMBERS - 1))
        return demo_fail(demo, "officers of the panel");
    if (!demo_sign_in_as(demo, "chief_marker", 0) || !demo_make_panel(demo, &made, panel) ||
        !tell(demo, "panels", panel, "draw-commitment", "plan", "Giải đặc biệt xổ số miền Bắc của ngày làm việc (minh họa)") ||
        !demo_sign_in_as(demo, "script_officer", 0) || !tell(demo, "panels", panel, "draw", "entropy", "83415") ||
        !first_hearings(demo, panel, hearings) || !hear(demo, hearings))
        return false;
    for (int i = 0; i < MEMBERS; i++) {
        if (!demo_sign_in_as(demo, "examiner", i))
            return false;
        for (int k = 0; k < HEARD; k++)
            if (!mark(demo, hearings[k]))
                return false;
    }
    return true;
}
