#include "json_private.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* Escape of a byte that may not stand in a string as it is. */
static const char *escape_of(unsigned char c, char room[7]) {
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        break;
    }
    memcpy(room, "\\u00", 4);
    text_hex(&c, 1, room + 4);
    return room;
}

static void add_escaped(struct buf *out, const char *text, size_t len) {
    size_t plain = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        char room[7];
        const char *escape = escape_of(c, room);
        buf_add(out, text + plain, i - plain);
        buf_adds(out, escape);
        plain = i + 1;
    }
    buf_add(out, text + plain, len - plain);
}

/* Printable ASCII without a quote or a backslash, as nearly all keys and codes are. */
static bool is_plain(const char *text, size_t len) {
    bool plain = true;
    for (size_t i = 0; i < len; i++)
        plain &= (unsigned char)(text[i] - 0x20) < 0x5f && text[i] != '"' && text[i] != '\\';
    return plain;
}

void json_quote(struct buf *out, const char *text, size_t len) {
    buf_addc(out, '"');
    if (is_plain(text, len)) {
        buf_add(out, text, len);
    } else if (text_is_utf8(text, len)) {
        add_escaped(out, text, len);
    } else {
        for (size_t i = 0, size; i < len; i += size) {
            size = 1;
            while (size < 4 && i + size < len && !text_is_utf8(text + i, size))
                size++;
            if (text_is_utf8(text + i, size)) {
                add_escaped(out, text + i, size);
            } else {
                buf_adds(out, "\xef\xbf\xbd");
                size = 1;
            }
        }
    }
    buf_addc(out, '"');
}

static void add_int(struct buf *out, int64_t number) {
    char digits[24], *first = digits + sizeof(digits);
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do
        *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--first = '-';
    buf_add(out, first, (size_t)(digits + sizeof(digits) - first));
}

void json_writer_init(struct json_writer *writer, struct buf *out) {
    *writer = (struct json_writer){.out = out};
}

/* A value follows: puts the comma that separates it from the one before. */
static struct buf *next_value(struct json_writer *writer) {
    if (writer->comma)
        buf_addc(writer->out, ',');
    writer->comma = true;
    return writer->out;
}

static void open_container(struct json_writer *writer, char c) {
    buf_addc(next_value(writer), c);
    writer->comma = false;
}

static void close_container(struct json_writer *writer, char c) {
    buf_addc(writer->out, c);
    writer->comma = true;
}

void json_open_object(struct json_writer *writer) {
    open_container(writer, '{');
}

void json_close_object(struct json_writer *writer) {
    close_container(writer, '}');
}

void json_open_array(struct json_writer *writer) {
    open_container(writer, '[');
}

void json_close_array(struct json_writer *writer) {
    close_container(writer, ']');
}

void json_put_key(struct json_writer *writer, const char *key) {
    json_quote(next_value(writer), key, strlen(key));
    buf_addc(writer->out, ':');
    writer->comma = false;
}

void json_put_text(struct json_writer *writer, const char *text) {
    if (text)
        json_quote(next_value(writer), text, strlen(text));
    else
        json_put_null(writer);
}

void json_put_int(struct json_writer *writer, int64_t number) {
    add_int(next_value(writer), number);
}

static void put_bool(struct json_writer *writer, bool truth) {
    buf_adds(next_value(writer), truth ? "true" : "false");
}

void json_put_null(struct json_writer *writer) {
    buf_adds(next_value(writer), "null");
}

void json_put_id(struct json_writer *writer, int64_t id) {
    char text[TEXT_ID_LEN + 1];
    text_format_id(id, text);
    json_put_text(writer, text);
}

void json_put_hundredths(struct json_writer *writer, int64_t value) {
    char text[24];
    text_format_hundredths(value, text);
    json_put_text(writer, text);
}

/* RFC 3339 string; 0 writes null. */
static void put_time(struct json_writer *writer, int64_t us) {
    char text[25];
    text_format_time(us, text);
    json_put_text(writer, us ? text : NULL);
}

void json_put_raw(struct json_writer *writer, const char *json) {
    buf_adds(next_value(writer), json);
}

void json_put_value(struct json_writer *writer, const struct json *value) {
    switch (json_kind(value)) {
    case JSON_NULL:
        json_put_null(writer);
        break;
    case JSON_BOOL:
        put_bool(writer, value->as.number != 0);
        break;
    case JSON_INT:
        json_put_int(writer, value->as.number);
        break;
    case JSON_STRING:
        json_quote(next_value(writer), value->as.text, value->count);
        break;
    case JSON_ARRAY:
        json_open_array(writer);
        for (size_t i = 0; i < value->count; i++)
            json_put_value(writer, &value->as.items[i]);
        json_close_array(writer);
        break;
    case JSON_OBJECT:
        json_open_object(writer);
        for (size_t i = 0; i < value->count; i++) {
            json_put_key(writer, value->as.items[i].key);
            json_put_value(writer, &value->as.items[i]);
        }
        json_close_object(writer);
        break;
    }
}

void json_member_text(struct json_writer *writer, const char *key, const char *text) {
    json_put_key(writer, key);
    json_put_text(writer, text);
}

void json_member_int(struct json_writer *writer, const char *key, int64_t number) {
    json_put_key(writer, key);
    json_put_int(writer, number);
}

void json_member_bool(struct json_writer *writer, const char *key, bool truth) {
    json_put_key(writer, key);
    put_bool(writer, truth);
}

void json_member_id(struct json_writer *writer, const char *key, int64_t id) {
    json_put_key(writer, key);
    json_put_id(writer, id);
}

void json_member_hundredths(struct json_writer *writer, const char *key, int64_t value) {
    json_put_key(writer, key);
    json_put_hundredths(writer, value);
}

void json_member_time(struct json_writer *writer, const char *key, int64_t us) {
    json_put_key(writer, key);
    put_time(writer, us);
}
