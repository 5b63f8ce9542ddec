#include "demo_acts.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/embed.h"
#include "khoacu/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

enum { JOB_WAIT_S = 120, FORM_ITEMS = 60, PATIENCE = 150 };

void demo_step(const char *title) {
    printf("Demonstration: %s …\n", title);
    (void)fflush(stdout);
}

void demo_progress(int done, int total, const char *what) {
    bool terminal = isatty(STDOUT_FILENO), whole = done == total;
    char of[32] = "";
    if (!terminal && !whole && done % 100 != 0)
        return;
    if (total > 0)
        snprintf(of, sizeof of, " of %d", total);
    printf("%s    %d%s %s%s", terminal ? "\r" : "", done, of, what, terminal && !whole ? "" : "\n");
    (void)fflush(stdout);
}

bool demo_fail(struct demo *demo, const char *what) {
    snprintf(demo->sentence, sizeof demo->sentence, "%.120s (status %d: %.200s)", what, demo->answer.status,
             demo->answer.text ? demo->answer.text : "");
    return false;
}

struct demo_text demo_file(const char *path) {
    const struct embed_file *file = embed_find(path);
    return file ? (struct demo_text){(const char *)file->bytes, file->len} : (struct demo_text){"", 0};
}

/* One call that must end with a status below 300. */
static bool call(struct demo *demo, const char *method, const char *path, const char *type, struct demo_text body) {
    for (int tries = 0;; tries++) {
        if (client_call(demo->client, method, path, type, body.bytes, body.len, &demo->answer)) {
            demo->answer = (struct client_answer){.text = "no answer"};
            return demo_fail(demo, path);
        }
        if (demo->answer.status != 429 || tries == PATIENCE)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 200000000L}, NULL); /* faster than one person may work */
    }
    return demo->answer.status < 300 ? true : demo_fail(demo, path);
}

bool demo_call(struct demo *demo, const char *method, const char *path) {
    return call(demo, method, path, NULL, (struct demo_text){0});
}

bool demo_call_json(struct demo *demo, const char *method, const char *path, struct buf *body) {
    bool good = !body->failed && call(demo, method, path, "application/json", (struct demo_text){body->data ? body->data : "{}", body->len ? body->len : 2});
    buf_release(body);
    return good;
}

void demo_open_body(struct buf *body, struct json_writer *writer) {
    buf_init(body, 1u << 20);
    json_writer_init(writer, body);
    json_open_object(writer);
}

static bool take_id(struct demo *demo, const char *member, char out[32]) {
    const char *id = json_text(json_get(demo->answer.json, member));
    if (!id)
        return demo_fail(demo, member);
    snprintf(out, 32, "%s", id);
    return true;
}

bool demo_wait(struct demo *demo) {
    char id[32], path[80];
    if (!take_id(demo, "job_id", id))
        return false;
    snprintf(path, sizeof path, "/jobs/%s", id);
    for (int tries = 0; tries < JOB_WAIT_S * 10; tries++) {
        if (!call(demo, "GET", path, NULL, (struct demo_text){0}))
            return false;
        const char *state = json_text(json_get(demo->answer.json, "state"));
        if (state && strcmp(state, "done") == 0)
            return true;
        if (state && strcmp(state, "failed") == 0)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 100000000L}, NULL);
    }
    return demo_fail(demo, "the job did not end well");
}

bool demo_sign_in(struct demo *demo, struct demo_login login) {
    struct buf body;
    struct json_writer w;
    client_forget(demo->client);
    demo_open_body(&body, &w);
    json_member_text(&w, "login_name", login.name);
    json_member_text(&w, "password", login.password);
    json_close_object(&w);
    return demo_call_json(demo, "POST", "/logins", &body);
}

const struct demo_login *demo_login_of(const struct demo *demo, const char *role, int nth) {
    for (int i = 0; i < demo->officer_count; i++) {
        if (strstr(demo->officers[i].roles, role) && nth-- == 0)
            return &demo->officers[i];
    }
    return NULL;
}

bool demo_sign_in_as(struct demo *demo, const char *role, int nth) {
    const struct demo_login *login = demo_login_of(demo, role, nth);
    return login ? demo_sign_in(demo, *login) : demo_fail(demo, role);
}

bool demo_import(struct demo *demo, const char *kind, const char *query, struct demo_text csv) {
    char path[200];
    snprintf(path, sizeof path, "/imports/%s?dry_run=false%s%s", kind, *query ? "&" : "", query);
    return call(demo, "POST", path, "text/csv", csv);
}

/* The generated passwords come back once; the roles stand in the file. */
bool demo_import_officers(struct demo *demo) {
    struct demo_text file = demo_file("server/demo/officers.csv");
    struct csv csv;
    if (!demo_import(demo, "officers", "", file))
        return false;
    const struct json *secrets = json_get(demo->answer.json, "secrets");
    if (csv_read(&demo->arena, file.bytes, file.len, &csv, NULL))
        return demo_fail(demo, "officers.csv");
    int name = csv_column(&csv, "login_name"), roles = csv_column(&csv, "roles");
    for (size_t i = 0; i < json_count(secrets) && demo->officer_count < DEMO_OFFICER_MAX; i++) {
        const char *login = json_text(json_get(json_at(secrets, i), "login_name"));
        const char *password = json_text(json_get(json_at(secrets, i), "password"));
        struct demo_login *officer = &demo->officers[demo->officer_count];
        for (size_t row = 0; login && password && row < csv.row_count; row++) {
            if (strcmp(csv.rows[row].cells[name], login) != 0)
                continue;
            snprintf(officer->name, sizeof officer->name, "%s", login);
            snprintf(officer->password, sizeof officer->password, "%s", password);
            snprintf(officer->roles, sizeof officer->roles, "%s", csv.rows[row].cells[roles]);
            demo->officer_count++;
        }
    }
    return demo->officer_count > 0 ? true : demo_fail(demo, "officers have no passwords");
}

bool demo_create_cycle(struct demo *demo, const struct demo_cycle *cycle) {
    struct buf body;
    struct json_writer w;
    struct demo_text notice = demo_file("server/demo/notice.txt");
    char *text CLEANUP(cleanup_free) = strndup(notice.bytes, notice.len);
    demo_open_body(&body, &w);
    json_member_text(&w, "code", cycle->code);
    json_member_text(&w, "title_vi", cycle->title_vi);
    json_member_text(&w, "title_en", cycle->title_en);
    json_member_text(&w, "authority_vi", "Cơ quan tuyển dụng minh họa");
    json_member_text(&w, "authority_en", "Demonstration recruiting authority");
    json_member_text(&w, "notice", text && *text ? text : "-");
    json_member_text(&w, "notice_on", "2026-10-01");
    json_member_text(&w, "pack_id", "CC-2026");
    json_member_text(&w, "written_max", "60.00");
    json_member_text(&w, "interview_max", "40.00");
    json_member_bool(&w, "demonstration", true);
    json_close_object(&w);
    return demo_call_json(demo, "POST", "/cycles", &body);
}

/* What was read is what is reviewed and sealed: version and hash. */
struct seen {
    int64_t version;
    char sha256[65];
};

static bool read_form(struct demo *demo, struct seen *seen) {
    char path[100];
    snprintf(path, sizeof path, "/forms/%s", demo->form_id);
    if (!call(demo, "GET", path, NULL, (struct demo_text){0}))
        return false;
    const char *sha256 = json_text(json_get(demo->answer.json, "sha256"));
    if (!sha256 || !json_int(json_get(demo->answer.json, "version"), &seen->version))
        return demo_fail(demo, "the form");
    snprintf(seen->sha256, sizeof seen->sha256, "%s", sha256);
    return true;
}

/* One act on the form by the officer who is signed in: "reviews" accepts it, "seal" seals it. */
static bool act_on_form(struct demo *demo, const char *act, const struct seen *seen) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_int(&w, "version", seen->version);
    if (strcmp(act, "seal") == 0)
        json_member_text(&w, "sha256", seen->sha256);
    else
        json_member_text(&w, "verdict", "accept");
    json_close_object(&w);
    snprintf(path, sizeof path, "/forms/%s/%s", demo->form_id, act);
    return demo_call_json(demo, "POST", path, &body);
}

/* The second item officer reads and accepts what the first has drafted; the first seals, then the second. */
static bool seal_form(struct demo *demo) {
    struct seen seen;
    return demo_sign_in_as(demo, "item_officer", 1) && read_form(demo, &seen) && act_on_form(demo, "reviews", &seen) &&
           demo_sign_in_as(demo, "item_officer", 0) && act_on_form(demo, "seal", &seen) && demo_sign_in_as(demo, "item_officer", 1) &&
           act_on_form(demo, "seal", &seen);
}

bool demo_seal_form(struct demo *demo, const struct demo_cycle *cycle, const char *bank) {
    static const struct {
        const char *topic;
        int count;
    } topics[] = {{"he-thong-chinh-tri", 15}, {"quan-ly-nha-nuoc", 15}, {"cong-vu-cong-chuc", 12}, {"tu-duy-suy-luan", 10}, {"xa-hoi-lich-su-van-hoa", 8}};
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, "code", "DE-01");
    json_member_text(&w, "bank", bank);
    json_put_key(&w, "topics");
    json_open_array(&w);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        json_open_object(&w);
        json_member_text(&w, "topic", topics[i].topic);
        json_member_int(&w, "count", topics[i].count);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    snprintf(path, sizeof path, "/cycles/%s/forms", cycle->code);
    return demo_call_json(demo, "POST", path, &body) && take_id(demo, "id", demo->form_id) && seal_form(demo);
}

bool demo_schedule(struct demo *demo, const struct demo_cycle *cycle) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, "code", "CA-1");
    json_member_text(&w, "form_id", demo->form_id);
    json_member_text(&w, "clock", cycle->clock);
    json_member_time(&w, "starts_at", cycle->starts_us);
    json_member_time(&w, "ends_at", cycle->ends_us);
    json_member_int(&w, "minutes", FORM_ITEMS);
    json_member_int(&w, "room_size", 50);
    json_close_object(&w);
    snprintf(path, sizeof path, "/cycles/%s/shifts", cycle->code);
    return demo_call_json(demo, "POST", path, &body) && take_id(demo, "id", demo->shift_id);
}

bool demo_issue_codes(struct demo *demo, const struct demo_cycle *cycle) {
    char path[100];
    static const char body[] = "{\"scope\":\"missing\"}";
    snprintf(path, sizeof path, "/cycles/%s/access-codes", cycle->code);
    if (!call(demo, "POST", path, "application/json", (struct demo_text){body, sizeof body - 1}))
        return false;
    if (csv_read(&demo->arena, demo->answer.text, demo->answer.len, &demo->codes, NULL))
        return demo_fail(demo, "access codes");
    return true;
}

bool demo_close_shift(struct demo *demo) {
    char path[100];
    static const char body[] = "{\"reason\":\"Minh họa: một giờ làm bài được rút ngắn; mọi thí sinh mô phỏng đã dừng. (Demonstration: the hour is shortened.)\"}";
    snprintf(path, sizeof path, "/shifts/%s/close", demo->shift_id);
    return call(demo, "POST", path, "application/json", (struct demo_text){body, sizeof body - 1}) && demo_wait(demo);
}

bool demo_open_round2(struct demo *demo, const struct demo_cycle *cycle) {
    char path[100];
    snprintf(path, sizeof path, "/cycles/%s/round2", cycle->code);
    return call(demo, "POST", path, "application/json", (struct demo_text){"{}", 2}) && demo_wait(demo);
}

bool demo_make_panel(struct demo *demo, const struct demo_panel *made, char panel[17]) {
    struct buf body;
    struct json_writer w;
    char path[100];
    demo_open_body(&body, &w);
    json_member_text(&w, "code", made->code);
    json_member_text(&w, "kind", made->kind);
    json_member_text(&w, "room", made->room);
    json_member_text(&w, "chair", demo_login_of(demo, "examiner", 0)->name);
    json_member_text(&w, "secretary", demo_login_of(demo, "script_officer", 0)->name);
    json_put_key(&w, "members");
    json_open_array(&w);
    for (int i = 1; i < made->members; i++)
        json_put_text(&w, demo_login_of(demo, "examiner", i)->name);
    json_close_array(&w);
    json_put_key(&w, "criteria");
    json_open_array(&w);
    for (int i = 0; i < made->criterion_count; i++) {
        json_open_object(&w);
        json_member_text(&w, "title", made->criteria[i].title);
        json_member_text(&w, "mark_max", made->criteria[i].mark_max);
        json_member_text(&w, "mark_step", "0.25");
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    (void)snprintf(path, sizeof path, "/cycles/%s/panels", made->cycle);
    if (!demo_call_json(demo, "POST", path, &body))
        return false;
    const char *id = json_text(json_get(demo->answer.json, "panel_id"));
    if (!id)
        return demo_fail(demo, "a panel without id");
    (void)snprintf(panel, 17, "%s", id);
    return true;
}

bool demo_freeze_marks(struct demo *demo, const struct demo_cycle *cycle) {
    char path[100];
    static const char body[] = "{\"reason\":\"Đã nhập đủ điểm vòng 2. (All marks of round 2 are in.)\"}";
    snprintf(path, sizeof path, "/cycles/%s/marks-freeze", cycle->code);
    return call(demo, "POST", path, "application/json", (struct demo_text){body, sizeof body - 1}) && demo_wait(demo);
}

static bool run_once(struct demo *demo, const struct demo_cycle *cycle) {
    char path[100];
    static const char body[] = "{\"cause\":\"Tính kết quả lần đầu (minh họa)\"}";
    snprintf(path, sizeof path, "/cycles/%s/runs", cycle->code);
    if (!call(demo, "POST", path, "application/json", (struct demo_text){body, sizeof body - 1}) || !take_id(demo, "run_id", demo->run_id))
        return false;
    if (!demo_wait(demo))
        return false;
    snprintf(path, sizeof path, "/runs/%s", demo->run_id);
    return call(demo, "GET", path, NULL, (struct demo_text){0});
}

/* Records, for each unbroken tie of the run just read, the order that the list names, with a reason. */
static bool decide_ties(struct demo *demo, const struct demo_cycle *cycle) {
    struct buf bodies[16];
    size_t count = 0;
    char path[100];
    const struct json *ties = json_get(demo->answer.json, "ties");
    for (size_t i = 0; i < json_count(ties) && count < 16; i++) {
        struct json_writer w;
        demo_open_body(&bodies[count], &w);
        json_put_key(&w, "order");
        json_put_value(&w, json_get(json_at(ties, i), "roll_numbers"));
        json_member_text(&w, "reason", "Quyết định minh họa của người đứng đầu: theo thứ tự số báo danh. (Generated decision.)");
        json_close_object(&w);
        count++;
    }
    snprintf(path, sizeof path, "/cycles/%s/tie-decisions", cycle->code);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        if (good)
            good = demo_call_json(demo, "POST", path, &bodies[i]);
        else
            buf_release(&bodies[i]);
    }
    return good;
}

bool demo_rank(struct demo *demo, const struct demo_cycle *cycle) {
    for (int tries = 0; tries < 3; tries++) {
        int64_t unresolved = 0;
        if (!run_once(demo, cycle))
            return false;
        (void)json_int(json_get(demo->answer.json, "unresolved"), &unresolved);
        if (unresolved == 0)
            return true;
        printf("    %d ties at a last seat: decisions are recorded, and the list is ranked again\n", (int)unresolved);
        if (!decide_ties(demo, cycle))
            return false;
    }
    return demo_fail(demo, "ties stay unbroken");
}

bool demo_freeze_list(struct demo *demo) {
    char path[100];
    static const char body[] = "{\"reason\":\"Đã xem trang chất lượng của danh sách minh họa. (Looked through.)\"}";
    snprintf(path, sizeof path, "/runs/%s/quality", demo->run_id);
    if (!call(demo, "POST", path, "application/json", (struct demo_text){"{}", 2}) || !demo_wait(demo))
        return false;
    snprintf(path, sizeof path, "/runs/%s/list-freeze", demo->run_id);
    return call(demo, "POST", path, "application/json", (struct demo_text){body, sizeof body - 1});
}

bool demo_sign_list(struct demo *demo, const char *place, int nth) {
    const struct demo_login *login = demo_login_of(demo, "hr_officer", nth);
    struct buf body;
    struct json_writer w;
    char path[100];
    if (!login)
        return demo_fail(demo, "hr_officer");
    demo_open_body(&body, &w);
    json_member_text(&w, "place", place);
    json_member_text(&w, "verdict", "approved");
    json_member_text(&w, "reason", "Đã đối chiếu danh sách minh họa. (Checked.)");
    json_member_text(&w, "password", login->password);
    json_close_object(&w);
    snprintf(path, sizeof path, "/runs/%s/signatures", demo->run_id);
    return demo_call_json(demo, "POST", path, &body);
}

bool demo_publish(struct demo *demo) {
    char path[100];
    snprintf(path, sizeof path, "/runs/%s/release", demo->run_id);
    return call(demo, "POST", path, "application/json", (struct demo_text){"{}", 2});
}

bool demo_write_logins(struct demo *demo, const struct state *state) {
    char path[PATH_MAX], part[PATH_MAX];
    state_path(state, "demo/logins.txt", path);
    state_path(state, "demo/logins.part", part);
    FILE *file = fopen(part, "w");
    if (!file)
        return demo_fail(demo, part);
    fprintf(file, "Officers (sign in at /can-bo/)\n");
    fprintf(file, "  %-16s %-24s %s\n", demo->administrator.name, demo->administrator.password, "administrator");
    for (int i = 0; i < demo->officer_count; i++)
        fprintf(file, "  %-16s %-24s %s\n", demo->officers[i].name, demo->officers[i].password, demo->officers[i].roles);
    fprintf(file, "Candidates of the open trial sitting (sign in at /thi/)\n");
    int roll = csv_column(&demo->codes, "roll_number"), code = csv_column(&demo->codes, "access_code");
    for (size_t i = 0; roll >= 0 && code >= 0 && i < demo->codes.row_count && i < 10; i++)
        fprintf(file, "  %-16s %s\n", demo->codes.rows[i].cells[roll], demo->codes.rows[i].cells[code]);
    if (fclose(file) != 0 || rename(part, path) != 0)
        return demo_fail(demo, path);
    return true;
}
