#include "packs.h"

#include "khoacu/base/banned.h"

static void put_title(struct json_writer *writer, const struct cycle_words *title) {
    json_member_text(writer, "title_vi", title->vi);
    json_member_text(writer, "title_en", title->en);
}

void api_put_pack_report(struct arena *arena, struct json_writer *writer, const struct cycle_pack_report *report) {
    json_open_object(writer);
    json_member_bool(writer, "dry_run", report->dry_run);
    json_member_bool(writer, "applied", report->applied);
    json_member_text(writer, "outcome", cycle_pack_outcome_key(report->outcome));
    if (report->pack) {
        json_member_text(writer, "id", report->pack->id);
        json_member_int(writer, "version", report->pack->version);
        json_member_text(writer, "sha256", report->pack->sha256);
        put_title(writer, &report->pack->title);
    }
    json_put_key(writer, "errors");
    json_open_array(writer);
    for (size_t i = 0; i < report->fault_count; i++) {
        const struct cycle_pack_fault *fault = &report->faults[i];
        json_open_object(writer);
        json_member_text(writer, "path", fault->path);
        json_member_text(writer, "code", fault->reason);
        json_member_text(writer, "value", fault->value);
        json_member_text(writer, "hint_vi", cycle_misfit_words(arena, fault->reason, "vi"));
        json_member_text(writer, "hint_en", cycle_misfit_words(arena, fault->reason, "en"));
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

void api_put_pack(struct json_writer *writer, const struct cycle_pack_row *row) {
    json_open_object(writer);
    json_member_text(writer, "id", row->id);
    json_member_int(writer, "version", row->version);
    put_title(writer, &row->title);
    json_member_text(writer, "valid_from", *row->valid_from ? row->valid_from : NULL);
    json_member_text(writer, "valid_to", row->valid_to);
    json_member_text(writer, "sha256", row->sha256);
    json_member_text(writer, "brought_by", row->brought_by);
    json_member_time(writer, "brought_at", row->brought_us);
    json_member_int(writer, "cycles", row->cycles);
    json_member_bool(writer, "deliverable", row->deliverable);
    json_member_bool(writer, "shares_marks", row->shares_marks);
    json_member_hundredths(writer, "written_max", row->written_max);
    json_member_hundredths(writer, "interview_max", row->interview_max);
    json_close_object(writer);
}
