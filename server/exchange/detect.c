#include "khoacu/exchange/exchange.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { HEAD = 64 * 1024 };

struct text {
    const char *bytes;
    size_t len;
};

static bool has(struct text text, const char *word) {
    return memmem(text.bytes, text.len, word, strlen(word)) != NULL;
}

static bool ends(const char *name, const char *suffix) {
    size_t len = name ? strlen(name) : 0, wanted = strlen(suffix);
    return len >= wanted && strcasecmp(name + len - wanted, suffix) == 0;
}

/* The names of the entries stand uncompressed in front of each. */
static bool detect_zip(const char *name, const char *bytes, size_t len, enum exchange_format *ret_format) {
    struct text all = {bytes, len};
    if (has(all, "imsmanifest.xml"))
        *ret_format = ends(name, "30.zip") ? EXCHANGE_QTI30 : EXCHANGE_QTI21;
    else if (has(all, "xl/workbook") || has(all, "xl/worksheets/") || ends(name, ".xlsx"))
        *ret_format = EXCHANGE_XLSX;
    else if (ends(name, ".zip"))
        *ret_format = EXCHANGE_QTI21;
    else
        return false;
    return true;
}

static bool detect_xml(struct text head, enum exchange_format *ret_format) {
    if (has(head, "<quiz"))
        *ret_format = EXCHANGE_MOODLE;
    else if (has(head, "imsqtiasi_v3p0") || has(head, "<qti-"))
        *ret_format = EXCHANGE_QTI30;
    else if (has(head, "imsqti_v2p") || has(head, "assessmentItem") || has(head, "<questestinterop"))
        *ret_format = EXCHANGE_QTI21;
    else
        return false;
    return true;
}

/* ---- texts ---- */

static struct text next_line(struct text *rest) {
    const char *end = memchr(rest->bytes, '\n', rest->len);
    struct text line = {rest->bytes, end ? (size_t)(end - rest->bytes) : rest->len};
    size_t taken = end ? line.len + 1 : line.len;
    rest->bytes += taken;
    rest->len -= taken;
    while (line.len && strchr(" \t\r", line.bytes[line.len - 1]))
        line.len--;
    while (line.len && strchr(" \t", line.bytes[0])) {
        line.bytes++;
        line.len--;
    }
    return line;
}

static bool begins(struct text line, const char *word) {
    size_t len = strlen(word);
    return line.len >= len && strncasecmp(line.bytes, word, len) == 0;
}

static bool like_option(struct text line) {
    return line.len > 2 && line.bytes[0] >= 'A' && line.bytes[0] <= 'Z' && (line.bytes[1] == '.' || line.bytes[1] == ')');
}

struct signs {
    size_t answers, options, braces, names, categories, comments;
};

static struct signs count_signs(struct text rest) {
    struct signs signs = {0};
    while (rest.len) {
        struct text line = next_line(&rest);
        signs.answers += begins(line, "ANSWER:");
        signs.options += like_option(line);
        signs.categories += begins(line, "$CATEGORY:");
        signs.names += begins(line, "::");
        signs.comments += begins(line, "//");
        for (size_t i = 0; i < line.len; i++)
            signs.braces += line.bytes[i] == '{' && (i == 0 || line.bytes[i - 1] != '\\');
    }
    return signs;
}

static bool like_table(struct text head) {
    static const char *const NAMES[] = {"stem", "câu hỏi", "option_a", "phương án", "question", "code", "kind"};
    struct text line = next_line(&head);
    bool told = begins(line, "sep="); /* the separator, in front of the header */
    if (told)
        line = next_line(&head);
    bool separated = told || memchr(line.bytes, ',', line.len) || memchr(line.bytes, ';', line.len) ||
                     memchr(line.bytes, '\t', line.len);
    for (size_t i = 0; separated && i < sizeof NAMES / sizeof *NAMES; i++)
        for (size_t at = 0; at + strlen(NAMES[i]) <= line.len; at++)
            if (strncasecmp(line.bytes + at, NAMES[i], strlen(NAMES[i])) == 0)
                return true;
    return false;
}

/* Whether a file may be a text of items for signs that many other texts have as well: by its name nothing else. */
static bool plain_name(const char *name) {
    const char *slash = name ? strrchr(name, '/') : NULL, *dot = name ? strrchr(slash ? slash : name, '.') : NULL;
    return !dot || ends(name, ".txt") || ends(name, ".text") || ends(name, ".gift") || ends(name, ".aiken");
}

static bool detect_text(const char *name, struct text head, enum exchange_format *ret_format) {
    struct signs signs = count_signs(head);
    bool table = ends(name, ".csv") || ends(name, ".tsv");
    if (table || (like_table(head) && !signs.answers && !signs.names))
        *ret_format = EXCHANGE_CSV;
    else if (ends(name, ".gift") || signs.categories || signs.names)
        *ret_format = EXCHANGE_GIFT;
    else if (signs.answers && signs.options)
        *ret_format = EXCHANGE_AIKEN;
    else if (!plain_name(name))
        return false;
    else if (signs.braces)
        *ret_format = EXCHANGE_GIFT;
    else if (signs.answers || signs.options > 1 || ends(name, ".aiken"))
        *ret_format = EXCHANGE_AIKEN;
    else if (signs.comments)
        *ret_format = EXCHANGE_GIFT;
    else
        return false;
    return true;
}

/* The ASCII letters of UTF-16, '?' for all others: enough to tell formats apart. */
static size_t narrow(struct text head, char out[HEAD / 2]) {
    size_t len = head.len / 2 - 1, low = head.bytes[0] == '\xff' ? 0 : 1;
    for (size_t i = 0; i < len; i++) {
        char c = head.bytes[2 + i * 2 + low];
        out[i] = head.bytes[2 + i * 2 + 1 - low] == 0 && c > 0 ? c : '?';
    }
    return len;
}

bool exchange_detect(const char *name, const char *bytes, size_t len, enum exchange_format *ret_format) {
    struct text head = {bytes, len < HEAD ? len : HEAD};
    char narrowed[HEAD / 2];
    if (head.len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        head = (struct text){narrowed, narrow(head, narrowed)};
    if (len >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
        return detect_zip(name, bytes, len, ret_format);
    if (len >= 4 && memcmp(bytes, "\xd0\xcf\x11\xe0", 4) == 0 && (ends(name, ".xlsx") || ends(name, ".xls"))) {
        *ret_format = EXCHANGE_XLSX; /* an old workbook, or one with a password: its reader says so */
        return true;
    }
    if (head.len >= 3 && memcmp(head.bytes, "\xef\xbb\xbf", 3) == 0)
        head = (struct text){head.bytes + 3, head.len - 3};
    struct text trimmed = head;
    while (trimmed.len && strchr(" \t\r\n", trimmed.bytes[0])) {
        trimmed.bytes++;
        trimmed.len--;
    }
    if (trimmed.len && trimmed.bytes[0] == '<' && (begins(trimmed, "<?xml") || ends(name, ".xml") || has(head, "<quiz")))
        return detect_xml(head, ret_format);
    return trimmed.len && detect_text(name, head, ret_format);
}
