#include "handlers.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* A place in the list as text: time and id, 16 hexadecimal digits each. */
static bool read_place(const char *text, struct ledger_place *ret_place) {
    char time[TEXT_ID_LEN + 1];
    if (strlen(text) != 2 * TEXT_ID_LEN)
        return false;
    memcpy(time, text, TEXT_ID_LEN);
    time[TEXT_ID_LEN] = '\0';
    return text_parse_id(time, &ret_place->at_us) && text_parse_id(text + TEXT_ID_LEN, &ret_place->event_id);
}

static void write_place(struct ledger_place place, char out[2 * TEXT_ID_LEN + 1]) {
    text_format_id(place.at_us, out);
    text_format_id(place.event_id, out + TEXT_ID_LEN);
}

static void write_events(struct json_writer *writer, const struct ledger_page *page, const char *const *names) {
    json_put_key(writer, "items");
    json_open_array(writer);
    for (size_t i = 0; i < page->count; i++) {
        const struct ledger_entry *entry = &page->entries[i];
        json_open_object(writer);
        json_member_id(writer, "id", entry->event_id);
        json_member_time(writer, "at", entry->at_us);
        json_member_text(writer, "actor", entry->actor);
        json_member_text(writer, "actor_name", names[i]);
        json_member_text(writer, "act", entry->act);
        json_member_text(writer, "subject", entry->subject);
        json_member_text(writer, "reason", entry->reason);
        json_member_text(writer, "payload", entry->payload);
        json_member_text(writer, "sha256", entry->sha256);
        json_put_key(writer, "log_index");
        if (entry->log_salt[0] != '\0')
            json_put_int(writer, entry->log_index);
        else
            json_put_null(writer);
        json_member_text(writer, "log_salt", entry->log_salt[0] != '\0' ? entry->log_salt : NULL);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* Log-in names of the staff among the actors. */
static enum err find_names(struct api *api, struct http_request *request, const struct ledger_page *page,
                           const char ***ret_names) {
    int64_t *ids = ARENA_ARRAY(request->arena, page->count + 1, int64_t);
    if (!ids)
        return ERR_MEMORY;
    for (size_t i = 0; i < page->count; i++) {
        const char *actor = page->entries[i].actor;
        if (strncmp(actor, "staff:", 6) != 0 || !text_parse_id(actor + 6, &ids[i]))
            ids[i] = 0;
    }
    return identity_staff_names(api->db, request->arena, ids, page->count, ret_names);
}

/* An actor as the trail names it, or the one who has the log-in name; a name that nobody has stays and is nobody's. */
static enum err find_actor(struct api *api, struct http_request *request, const char *asked, const char **ret_actor) {
    struct identity_staff staff = {0};
    *ret_actor = asked;
    if (!asked || strchr(asked, ':') || strcmp(asked, "system") == 0 || strcmp(asked, "command") == 0)
        return ERR_NONE;
    enum err err = identity_staff_find(api->db, request->arena, asked, &staff);
    if (err != ERR_NONE || staff.staff_id == 0)
        return err;
    char id[TEXT_ID_LEN + 1];
    text_format_id(staff.staff_id, id);
    *ret_actor = arena_printf(request->arena, "staff:%s", id);
    return *ret_actor ? ERR_NONE : ERR_MEMORY;
}

static bool read_moment(const struct http_request *request, struct http_reply *reply, const char *name, int64_t *ret_us) {
    const char *text = http_query(request, name);
    if (!text || text_parse_time(text, ret_us))
        return true;
    api_invalid_field(reply, request, name, "kind");
    return false;
}

void api_audit_list(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct api_page asked;
    struct ledger_place place = {0};
    struct ledger_page page;
    struct ledger_filter filter = {.subject = http_query(request, "subject"), .act = http_query(request, "act")};
    if (!api_query_page(request, reply, &asked) || !read_moment(request, reply, "from", &filter.from_us) ||
        !read_moment(request, reply, "until", &filter.until_us))
        return;
    if (asked.after[0] != '\0' && !read_place(asked.after, &place)) {
        api_invalid_field(reply, request, "after", "kind");
        return;
    }
    const char **names = NULL;
    enum err err = find_actor(api, request, http_query(request, "actor"), &filter.actor);
    if (err == ERR_NONE)
        err = ledger_list(api->db, request->arena, &filter, place, asked.limit, &page);
    if (err == ERR_NONE)
        err = find_names(api, request, &page, &names);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    char next[2 * TEXT_ID_LEN + 1];
    write_place(page.next, next);
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    write_events(&writer, &page, names);
    api_close_list(&writer, page.more ? next : NULL, page.total);
    api_json(reply, request, 200);
}
