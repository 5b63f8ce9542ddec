#include "cycles.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"

#include "khoacu/base/banned.h"

static void put_posts(struct json_writer *writer, const struct cycle_posts *posts) {
    json_put_key(writer, "posts");
    json_open_array(writer);
    for (size_t i = 0; i < posts->count; i++) {
        const struct cycle_post *post = &posts->posts[i];
        json_open_object(writer);
        json_member_text(writer, "code", post->code);
        json_member_text(writer, "title", post->title);
        json_member_int(writer, "quota", post->quota);
        json_member_int(writer, "applicants", post->applicants);
        json_put_key(writer, "agencies");
        json_open_array(writer);
        for (size_t k = 0; k < post->agency_count; k++) {
            json_open_object(writer);
            json_member_text(writer, "code", post->agency_codes[k]);
            json_member_text(writer, "name", post->agency_names[k]);
            json_member_int(writer, "quota", post->agency_quotas[k]);
            json_close_object(writer);
        }
        json_close_array(writer);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_forms(struct json_writer *writer, const struct cycle_progress *progress) {
    json_put_key(writer, "forms");
    json_open_array(writer);
    for (size_t i = 0; i < progress->form_count; i++) {
        const struct cycle_form *form = &progress->forms[i];
        json_open_object(writer);
        json_member_id(writer, "id", form->form_id);
        json_member_text(writer, "code", form->code);
        json_member_int(writer, "item_count", form->item_count);
        json_member_text(writer, "sha256", form->sha256);
        json_member_time(writer, "sealed_at", form->sealed_us);
        json_put_key(writer, "sections");
        json_put_raw(writer, form->sections);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_shifts(struct json_writer *writer, const struct cycle_progress *progress) {
    json_put_key(writer, "shifts");
    json_open_array(writer);
    for (size_t i = 0; i < progress->shift_count; i++) {
        const struct cycle_shift *shift = &progress->shifts[i];
        json_open_object(writer);
        json_member_id(writer, "id", shift->shift_id);
        json_member_text(writer, "code", shift->code);
        json_member_text(writer, "form", shift->form_code);
        json_member_text(writer, "clock", shift->clock);
        json_member_time(writer, "starts_at", shift->starts_us);
        json_member_time(writer, "ends_at", shift->ends_us);
        json_member_int(writer, "minutes", shift->minutes);
        json_member_text(writer, "state", shift->state);
        json_put_key(writer, "counts");
        json_open_object(writer);
        json_member_int(writer, "assigned", shift->assigned);
        json_member_int(writer, "open", shift->open);
        json_member_int(writer, "submitted", shift->submitted);
        json_member_int(writer, "closed", shift->closed);
        json_member_int(writer, "absent", shift->absent);
        json_close_object(writer);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_run(struct json_writer *writer, const struct cycle_run *run) {
    json_open_object(writer);
    json_member_id(writer, "id", run->run_id);
    json_member_int(writer, "version", run->version);
    json_member_time(writer, "computed_at", run->computed_us);
    json_member_text(writer, "computed_by", run->computed_by);
    json_member_text(writer, "cause", run->cause);
    json_member_int(writer, "candidates", run->candidates);
    json_member_int(writer, "selected", run->selected);
    json_member_int(writer, "unresolved", run->unresolved);
    json_put_key(writer, "approval");
    if (run->verdict) {
        json_open_object(writer);
        json_member_text(writer, "verdict", run->verdict);
        json_member_text(writer, "approved_by", run->approved_by);
        json_member_time(writer, "approved_at", run->approved_us);
        json_close_object(writer);
    } else {
        json_put_null(writer);
    }
    json_put_key(writer, "release");
    if (run->release_version != 0) {
        json_open_object(writer);
        json_member_int(writer, "version", run->release_version);
        json_member_time(writer, "published_at", run->published_us);
        json_close_object(writer);
    } else {
        json_put_null(writer);
    }
    json_close_object(writer);
}

static void put_scripts(struct json_writer *writer, const char *key, int64_t total, int64_t marked) {
    json_put_key(writer, key);
    json_open_object(writer);
    json_member_int(writer, "total", total);
    json_member_int(writer, "marked", marked);
    json_close_object(writer);
}

static void put_progress(struct json_writer *writer, const struct cycle_progress *progress) {
    const struct cycle_counts *counts = &progress->counts;
    json_open_object(writer);
    put_posts(writer, &progress->posts);
    json_member_int(writer, "candidates", counts->candidates);
    json_member_int(writer, "without_code", counts->without_code);
    json_member_int(writer, "without_seat", counts->without_seat);
    put_forms(writer, progress);
    put_shifts(writer, progress);
    json_put_key(writer, "round1");
    json_open_object(writer);
    json_member_int(writer, "counted", counts->counted);
    json_member_int(writer, "passed", counts->passed);
    json_member_int(writer, "absent", counts->absent);
    json_close_object(writer);
    json_put_key(writer, "scripts");
    json_open_object(writer);
    put_scripts(writer, "written", counts->written.total, counts->written.marked);
    put_scripts(writer, "interview", counts->interview.total, counts->interview.marked);
    json_close_object(writer);
    json_member_bool(writer, "frozen", counts->frozen);
    json_member_bool(writer, "without_round1", counts->no_round1);
    json_member_int(writer, "min_candidates", counts->field_min);
    json_member_bool(writer, "waives", counts->waives);
    json_put_key(writer, "runs");
    json_open_array(writer);
    for (size_t i = 0; i < progress->run_count; i++)
        put_run(writer, &progress->runs[i]);
    json_close_array(writer);
    json_member_text(writer, "next_step", cycle_step_key(progress->next));
    json_close_object(writer);
}

void api_cycle_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct cycle cycle;
    struct cycle_progress progress;
    if (!api_find_cycle(api, request, reply, &cycle))
        return;
    struct arena arena CLEANUP(arena_release);
    arena_init(&arena, API_CYCLE_ARENA_MAX);
    enum err err = cycle_progress_read(api->db, &arena, &cycle, api->now_us, &progress);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    api_put_cycle(&writer, &cycle);
    json_member_text(&writer, "notice", cycle.notice);
    json_put_key(&writer, "progress");
    put_progress(&writer, &progress);
    json_close_object(&writer);
    api_json(reply, request, 200);
}
