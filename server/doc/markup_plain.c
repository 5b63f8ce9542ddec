#include "khoacu/doc/markup.h"

#include <stdint.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* One pass over the text: what is written is never longer than what was read. */
struct plain {
    char *out;
    size_t len;
    char gap;       /* what stands before the next word: 0, ' ' or '\n' */
    int math;       /* how deep within math */
    size_t math_at; /* where the formula's words began, and what stood before them */
    char math_gap;
    bool tex;       /* within its annotation */
};

static void put_bytes(struct plain *plain, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
            plain->gap = plain->gap ? plain->gap : ' ';
            continue;
        }
        if (plain->gap && plain->len > 0)
            plain->out[plain->len++] = plain->gap;
        plain->gap = 0;
        plain->out[plain->len++] = text[i];
    }
}

static size_t utf8_of(uint32_t code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(lead[len] | code);
    return len;
}

/* "&amp;" or "&#233;" at `at`: writes its character, returns the bytes read; 0: it is none. */
static size_t put_reference(struct plain *plain, const char *at) {
    static const struct {
        const char *name;
        char c;
    } names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t len = strlen(names[i].name);
        if (strncmp(at, names[i].name, len) == 0) {
            put_bytes(plain, &names[i].c, 1);
            return len;
        }
    }
    if (at[1] != '#')
        return 0;
    bool hex = at[2] == 'x';
    size_t first = hex ? 3 : 2, i = first;
    uint32_t code = 0;
    for (; at[i] && at[i] != ';' && i < first + 7; i++) {
        const char *digits = "0123456789abcdef", *digit = strchr(digits, at[i] | 0x20);
        if (!digit || (digit - digits >= 10 && !hex))
            return 0;
        code = code * (hex ? 16 : 10) + (uint32_t)(digit - digits);
    }
    if (at[i] != ';' || i == first || code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    char bytes[4] = {0};
    if (code == 0xa0)
        put_bytes(plain, " ", 1);
    else
        put_bytes(plain, bytes, utf8_of(code, bytes));
    return i + 1;
}

static void put_text(struct plain *plain, const char *text, size_t len) {
    for (size_t i = 0; i < len;) {
        size_t read = text[i] == '&' ? put_reference(plain, text + i) : 0;
        if (read == 0)
            put_bytes(plain, text + i, 1);
        i += read > 0 ? read : 1;
    }
}

static bool is(const char *name, size_t len, const char *list) {
    for (const char *at = list; *at;) {
        size_t word = strcspn(at, " ");
        if (word == len && memcmp(at, name, len) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

static void put_alt(struct plain *plain, const char *tag, size_t len) {
    static const char name[] = " alt=\"";
    for (size_t i = 0; i + sizeof name - 1 < len; i++) {
        if (memcmp(tag + i, name, sizeof name - 1) != 0)
            continue;
        const char *value = tag + i + sizeof name - 1, *end = memchr(value, '"', (size_t)(tag + len - value));
        put_bytes(plain, " ", 1);
        if (end)
            put_text(plain, value, (size_t)(end - value));
        put_bytes(plain, " ", 1);
        return;
    }
}

/* The inside of a tag, without '<' and '>'. */
static void pass_tag(struct plain *plain, const char *tag, size_t len) {
    bool close = len > 0 && tag[0] == '/', empty = len > 0 && tag[len - 1] == '/';
    const char *name = tag + close;
    size_t name_len = 0;
    while (name + name_len < tag + len && name[name_len] != ' ' && name[name_len] != '/' && name[name_len] != '\n')
        name_len++;
    if (is(name, name_len, "p br li tr table caption blockquote pre ul ol"))
        plain->gap = '\n';
    else if (is(name, name_len, "td th audio") || (is(name, name_len, "span") && empty))
        plain->gap = plain->gap ? plain->gap : ' ';
    else if (is(name, name_len, "img"))
        put_alt(plain, tag, len);
    else if (is(name, name_len, "math") && !empty) {
        plain->math = !close;
        plain->tex = false;
        plain->math_at = plain->len;
        plain->math_gap = plain->gap;
    } else if (plain->math && is(name, name_len, "annotation")) {
        if (!close && !empty) { /* the source says it better than the tokens */
            plain->len = plain->math_at;
            plain->gap = plain->math_gap;
        }
        plain->tex = !close && !empty;
    } else if (plain->math && is(name, name_len, "mo mtd mtr") && !plain->tex)
        plain->gap = plain->gap ? plain->gap : ' ';
}

const char *markup_plain(struct arena *arena, const char *markup) {
    struct plain plain = {.out = arena_alloc(arena, strlen(markup) + 1)};
    if (!plain.out)
        return NULL;
    for (const char *at = markup; *at;) {
        size_t text = strcspn(at, "<");
        put_text(&plain, at, text);
        at += text;
        if (*at != '<')
            break;
        const char *end = strchr(at, '>');
        if (!end)
            break;
        pass_tag(&plain, at + 1, (size_t)(end - at - 1));
        at = end + 1;
    }
    plain.out[plain.len] = '\0';
    return plain.out;
}
