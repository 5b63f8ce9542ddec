#include "cycle_json.h"

#include "khoacu/base/banned.h"

void api_put_cycle(struct json_writer *writer, const struct cycle *cycle) {
    json_member_id(writer, "id", cycle->cycle_id);
    json_member_text(writer, "code", cycle->code);
    json_member_text(writer, "title_vi", cycle->title_vi);
    json_member_text(writer, "title_en", cycle->title_en);
    json_member_text(writer, "authority_vi", cycle->authority_vi);
    json_member_text(writer, "authority_en", cycle->authority_en);
    json_member_text(writer, "notice_on", cycle->notice_on);
    json_member_text(writer, "pack_id", cycle->pack_id);
    json_member_int(writer, "pack_version", cycle->pack_version);
    json_member_hundredths(writer, "written_max", cycle->written_max);
    json_member_hundredths(writer, "interview_max", cycle->interview_max);
    json_member_bool(writer, "demonstration", cycle->demonstration);
    json_member_text(writer, "state", cycle->state);
}
