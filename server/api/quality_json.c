#include "quality_json.h"

#include "khoacu/base/banned.h"

void api_put_report(struct json_writer *writer, const struct quality_report *report) {
    json_put_key(writer, "report");
    if (report->report_id == 0) {
        json_put_null(writer);
        return;
    }
    json_open_object(writer);
    json_member_int(writer, "version", report->version);
    json_member_text(writer, "engine", report->engine);
    json_member_text(writer, "requested_by", report->requested_by);
    json_member_time(writer, "computed_at", report->computed_us);
    json_member_text(writer, "inputs_sha256", report->inputs_sha256);
    json_member_text(writer, "sha256", report->sha256);
    json_put_key(writer, "body");
    json_put_raw(writer, report->body);
    json_close_object(writer);
}
