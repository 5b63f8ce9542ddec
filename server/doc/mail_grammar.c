#include "mail_private.h"

#include "khoacu/base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

/* The line at `at` without its end; *ret_next stands behind it. */
static struct mail_slice line_at(struct mail_slice text, size_t at, size_t *ret_next) {
    const char *start = text.start + at, *end = memchr(start, '\n', text.len - at);
    size_t len = end ? (size_t)(end - start) : text.len - at;
    *ret_next = at + len + (end != NULL);
    if (len > 0 && start[len - 1] == '\r')
        len--;
    return (struct mail_slice){start, len};
}

/* ---- mails of a file ---- */

static bool begins(struct mail_slice line, const char *text) {
    size_t len = strlen(text);
    return line.len >= len && memcmp(line.start, text, len) == 0;
}

bool mail_next(const char *bytes, size_t len, size_t *at, struct mail_slice *ret_mail) {
    struct mail_slice file = {bytes, len};
    size_t next = 0, start = *at;
    if (*at >= len)
        return false;
    if (len < 5 || memcmp(bytes, "From ", 5) != 0) { /* no mailbox: one mail */
        *ret_mail = file;
        *at = len;
        return true;
    }
    (void)line_at(file, start, &start); /* "From …" */
    bool blank = false;
    for (next = start; next < len;) {
        size_t here = next;
        struct mail_slice line = line_at(file, here, &next);
        if (blank && begins(line, "From ")) {
            next = here;
            break;
        }
        blank = line.len == 0;
    }
    *ret_mail = (struct mail_slice){bytes + start, next - start};
    *at = next;
    return true;
}

/* ---- headers ---- */

void mail_split(struct mail_slice entity, struct mail_slice *ret_headers, struct mail_slice *ret_body) {
    size_t at = 0, next = 0, first = 0;
    while (first < entity.len && line_at(entity, first, &next).len == 0)
        first = next;
    for (at = first; at < entity.len; at = next) {
        if (line_at(entity, at, &next).len > 0)
            continue;
        *ret_headers = (struct mail_slice){entity.start + first, at - first};
        *ret_body = (struct mail_slice){entity.start + next, entity.len - next};
        return;
    }
    *ret_headers = (struct mail_slice){entity.start + first, entity.len - first};
    *ret_body = (struct mail_slice){entity.start + entity.len, 0};
}

/* Length of the name before the colon; 0: the line is no field. */
static size_t name_len(struct mail_slice line) {
    size_t len = 0;
    while (len < line.len && line.start[len] > 32 && line.start[len] < 127 && line.start[len] != ':')
        len++;
    return len < line.len && line.start[len] == ':' ? len : 0;
}

bool mail_has_fields(struct mail_slice headers) {
    size_t next = 0;
    return headers.len > 0 && name_len(line_at(headers, 0, &next)) > 0;
}

/* Ends of lines and other control characters become blanks, runs of blanks one, bytes that are no UTF-8 question marks; blanks at
 * the ends go. */
static const char *cleaned(struct arena *arena, const char *bytes, size_t len) {
    char *out = arena_alloc(arena, len + 1);
    size_t kept = 0;
    if (!out)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        bool blank = (unsigned char)bytes[i] <= ' ' || bytes[i] == 127;
        if (!blank || (kept > 0 && out[kept - 1] != ' '))
            out[kept++] = blank ? ' ' : bytes[i];
    }
    if (kept > MAIL_TEXT_MAX) {
        kept = MAIL_TEXT_MAX;
        while (kept > 0 && ((unsigned char)out[kept] & 0xC0) == 0x80)
            kept--;
    }
    if (!text_is_utf8(out, kept))
        for (size_t i = 0; i < kept; i++)
            if ((unsigned char)out[i] > 127)
                out[i] = '?';
    while (kept > 0 && out[kept - 1] == ' ')
        kept--;
    out[kept] = '\0';
    return out;
}

const char *mail_field_next(struct arena *arena, struct mail_slice headers, const char *name, size_t *at) {
    size_t next = 0, wanted = strlen(name);
    for (; *at < headers.len; *at = next) {
        struct mail_slice line = line_at(headers, *at, &next);
        if (name_len(line) != wanted || strncasecmp(line.start, name, wanted) != 0)
            continue;
        const char *start = line.start + wanted + 1, *end = line.start + line.len;
        while (next < headers.len && (headers.start[next] == ' ' || headers.start[next] == '\t')) { /* folded */
            struct mail_slice more = line_at(headers, next, &next);
            end = more.start + more.len;
        }
        *at = next;
        return cleaned(arena, start, (size_t)(end - start));
    }
    return NULL;
}

const char *mail_field(struct arena *arena, struct mail_slice headers, const char *name) {
    size_t at = 0;
    return mail_field_next(arena, headers, name, &at);
}

/* ---- multiparts ---- */

/* The value of a parameter of a field, without its quotes. */
static void parameter(const char *field, const char *name, char *out, size_t size) {
    size_t wanted = strlen(name), len = 0;
    for (const char *at = strchr(field, ';'); at; at = strchr(at, ';')) {
        at++;
        at += strspn(at, " \t");
        if (strncasecmp(at, name, wanted) != 0)
            continue;
        at += wanted;
        at += strspn(at, " \t");
        if (*at++ != '=')
            continue;
        at += strspn(at, " \t");
        bool quoted = *at == '"';
        for (at += quoted; *at && len + 1 < size && (quoted ? *at != '"' : !strchr("; \t", *at)); at++) {
            if (quoted && *at == '\\' && at[1])
                at++;
            out[len++] = *at;
        }
        break;
    }
    out[len] = '\0';
}

void mail_type(struct arena *arena, struct mail_slice headers, char type[MAIL_TYPE_SIZE], char boundary[MAIL_BOUNDARY_SIZE]) {
    const char *field = mail_field(arena, headers, "Content-Type");
    if (!field)
        field = "text/plain";
    size_t len = strcspn(field, "; \t");
    len = len < MAIL_TYPE_SIZE ? len : MAIL_TYPE_SIZE - 1;
    memcpy(type, field, len);
    type[len] = '\0';
    parameter(field, "boundary", boundary, MAIL_BOUNDARY_SIZE);
}

/* Whether the line is "--BOUNDARY", with "--" behind it at the end of all. */
static bool is_boundary(struct mail_slice line, const char *boundary, bool *ret_last) {
    size_t len = strlen(boundary);
    if (line.len < len + 2 || memcmp(line.start, "--", 2) != 0 || memcmp(line.start + 2, boundary, len) != 0)
        return false;
    size_t rest = line.len - len - 2;
    const char *behind = line.start + len + 2;
    *ret_last = rest >= 2 && memcmp(behind, "--", 2) == 0;
    for (size_t i = *ret_last ? 2 : 0; i < rest; i++)
        if (behind[i] != ' ' && behind[i] != '\t')
            return false;
    return true;
}

bool mail_part(struct mail_slice body, const char *boundary, size_t *at, struct mail_slice *ret_part) {
    size_t next = 0, here = *at, start = 0;
    bool inside = false, last = false;
    for (; here < body.len; here = next) {
        struct mail_slice line = line_at(body, here, &next);
        if (!is_boundary(line, boundary, &last))
            continue;
        if (inside) {
            *ret_part = (struct mail_slice){body.start + start, here - start};
            *at = here; /* the line that ends this part begins the next */
            return true;
        }
        if (last)
            return false;
        inside = true;
        start = next;
    }
    *at = body.len;
    *ret_part = (struct mail_slice){body.start + start, body.len - start};
    return inside && start < body.len; /* cut off: what is there */
}

/* ---- codings ---- */

static int digit64(char c) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(DIGITS, c) : NULL;
    return at ? (int)(at - DIGITS) : -1;
}

static size_t from_base64(struct mail_slice in, char *out) {
    uint32_t bits = 0;
    size_t len = 0;
    for (size_t i = 0, held = 0; i < in.len; i++) {
        int digit = digit64(in.start[i]);
        if (digit < 0)
            continue; /* ends of lines, padding */
        bits = (bits << 6 | (uint32_t)digit) & 0xFFFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[len++] = (char)(bits >> held & 0xFF);
        }
    }
    return len;
}

static int digit16(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t from_quoted(struct mail_slice in, char *out) {
    size_t len = 0;
    for (size_t i = 0; i < in.len; i++) {
        bool two = i + 2 < in.len;
        if (in.start[i] != '=') {
            out[len++] = in.start[i];
        } else if (two && digit16(in.start[i + 1]) >= 0 && digit16(in.start[i + 2]) >= 0) {
            out[len++] = (char)(digit16(in.start[i + 1]) << 4 | digit16(in.start[i + 2]));
            i += 2;
        } else if (i + 1 < in.len && in.start[i + 1] == '\n') { /* soft break */
            i += 1;
        } else if (two && in.start[i + 1] == '\r' && in.start[i + 2] == '\n') {
            i += 2;
        }
    }
    return len;
}

struct mail_slice mail_decode(struct arena *arena, struct mail_slice body, const char *coding) {
    bool base64 = coding && strcasecmp(coding, "base64") == 0, quoted = coding && strcasecmp(coding, "quoted-printable") == 0;
    char *out = base64 || quoted ? arena_alloc(arena, body.len + 1) : NULL;
    if (!out)
        return body;
    return (struct mail_slice){out, base64 ? from_base64(body, out) : from_quoted(body, out)};
}
