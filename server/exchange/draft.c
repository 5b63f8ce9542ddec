#include "draft.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/fold.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

enum { SLUG_MAX = 60, TOPIC_MAX = 120, TOPIC_PARTS_MAX = 8, TAG_MAX = 40, PLACES = 7 };

static const struct {
    const char *code, *vi, *en;
} NOTES[] = {
#define X(name, code_, vi_, en_) {.code = code_, .vi = vi_, .en = en_},
    DRAFT_NOTE_TABLE(X)
#undef X
};
_Static_assert(sizeof NOTES / sizeof *NOTES <= 64, "struct draft.noted has a bit for each note");

void draft_init(struct draft *draft, struct exchange_reading *reading, const char *name, const char *place) {
    *draft = (struct draft){.reading = reading, .arena = reading->arena, .name = name, .place = place};
    item_init(&draft->item, ITEM_STIMULUS);
}

void draft_kind(struct draft *draft, enum item_kind kind) {
    struct item fresh;
    item_init(&fresh, kind);
    draft->item.kind = kind;
    draft->item.points = fresh.points && draft->points ? draft->points : fresh.points;
    draft->item.rule = fresh.rule;
}

void draft_note(struct draft *draft, enum draft_note note, const char *place) {
    if (draft->noted >> note & 1)
        return;
    draft->noted |= (uint64_t)1 << note;
    exchange_note(draft->reading, NOTES[note].code, NOTES[note].vi, NOTES[note].en, place ? place : draft->place);
}

struct item_text draft_lang(const struct draft *draft, const char *markup) {
    bool english = strcmp(draft->reading->options->lang, "en") == 0;
    return (struct item_text){.vi = english ? NULL : markup, .en = english ? markup : NULL};
}

struct item_text draft_text(struct draft *draft, enum rich format, const char *text, const char *place) {
    return draft_lang(draft, draft_markup(draft, format, text, place));
}

const char *draft_id(struct draft *draft, size_t index) {
    if (index < 26)
        return arena_printf(draft->arena, "%c", (int)('a' + index));
    return arena_printf(draft->arena, "o%zu", index + 1);
}

/* ---- decimals ---- */

/* A decimal times 10^(7 + shift). */
static bool scaled(const char *text, int shift, int64_t *ret_units, bool *ret_rounded) {
    bool negative = text[0] == '-';
    const char *at = text + (negative || text[0] == '+');
    int64_t units = 0;
    int places = -1, wanted = PLACES + shift;
    bool any = false;
    for (; *at; at++) {
        if ((*at == '.' || *at == ',') && places < 0) {
            places = 0;
            continue;
        }
        if (*at < '0' || *at > '9')
            return false;
        any = true;
        if (places >= wanted) {
            if (places == wanted)
                units += *at >= '5';
            *ret_rounded |= *at != '0';
            places = wanted + 1;
            continue;
        }
        if (units > INT64_MAX / 100)
            return false;
        units = units * 10 + (*at - '0');
        places += places >= 0;
    }
    for (places = places < 0 ? 0 : places; places < wanted; places++) {
        if (units > INT64_MAX / 100)
            return false;
        units *= 10;
    }
    *ret_units = negative ? -units : units;
    return any;
}

bool draft_decimal(const char *text, int64_t *ret_units, bool *ret_rounded) {
    return scaled(text, 0, ret_units, ret_rounded);
}

bool draft_percent(const char *text, int64_t *ret_units) {
    bool rounded = false;
    return scaled(text, -2, ret_units, &rounded);
}

const char *draft_format(struct arena *arena, int64_t units) {
    uint64_t size = units < 0 ? -(uint64_t)units : (uint64_t)units;
    char text[40];
    int len = snprintf(text, sizeof text, "%s%llu.%07llu", units < 0 ? "-" : "", (unsigned long long)(size / DRAFT_WHOLE),
                       (unsigned long long)(size % DRAFT_WHOLE));
    while (text[len - 1] == '0')
        len--;
    if (text[len - 1] == '.')
        len--;
    return arena_strndup(arena, text, (size_t)len);
}

bool draft_complete(int64_t *units, size_t count) {
    int64_t sum = 0;
    size_t last = count;
    for (size_t i = 0; i < count; i++)
        if (units[i] > 0) {
            sum += units[i];
            last = i;
        }
    int64_t lack = DRAFT_WHOLE - sum;
    if (last == count || lack == 0 || lack > DRAFT_WHOLE / 500 || lack < -DRAFT_WHOLE / 500)
        return false;
    units[last] += lack;
    return true;
}

const char *draft_share(struct arena *arena, size_t count) {
    size_t share = DRAFT_WHOLE / count;
    if (share % 100000 == 0)
        return arena_printf(arena, "%zu", share / 100000);
    return arena_printf(arena, "%zu.%05zu", share / 100000, share % 100000);
}

/* ---- topic and tags ---- */

const char *draft_slug(struct draft *draft, const char *text, bool *ret_changed) {
    struct buf folded;
    char slug[SLUG_MAX + 1];
    size_t len = 0;
    buf_init(&folded, 1 << 16);
    fold_words(text, strlen(text), &folded, NULL);
    for (size_t i = 0; i < folded.len && len < SLUG_MAX; i++) {
        char c = folded.data[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            slug[len++] = c;
        else if (c == ' ' && len && slug[len - 1] != '-')
            slug[len++] = '-';
    }
    while (len && slug[len - 1] == '-')
        len--;
    slug[len] = '\0';
    buf_release(&folded);
    *ret_changed |= strcmp(slug, text) != 0;
    return arena_strdup(draft->arena, slug);
}

/* Parts that Moodle puts before every category and that say nothing of the topic. */
static bool idle_part(const char *part, size_t index) {
    return (part[0] == '$' && part[strlen(part) - 1] == '$') || (index <= 1 && strcmp(part, "top") == 0);
}

void draft_topic(struct draft *draft, const char *category) {
    char topic[TOPIC_MAX + 1] = "";
    size_t len = 0, index = 0, parts = 0;
    bool changed = false;
    for (const char *at = category; at && *at; index++) {
        /* Moodle writes a '/' within a name as "//". */
        const char *end = at;
        while (*end && (*end != '/' || end[1] == '/' || (end > at && end[-1] == '/')))
            end++;
        char *part = arena_strndup(draft->arena, at, (size_t)(end - at));
        at = *end ? end + 1 : end;
        part = part ? text_trim(part) : NULL;
        if (!part || !part[0] || idle_part(part, index))
            continue;
        const char *slug = draft_slug(draft, part, &changed);
        if (!slug || !slug[0] || parts == TOPIC_PARTS_MAX || len + strlen(slug) + 1 > TOPIC_MAX - 1) {
            changed = true;
            continue;
        }
        len += (size_t)snprintf(topic + len, sizeof topic - len, "%s%s", parts ? "/" : "", slug);
        parts++;
    }
    if (changed)
        draft_note(draft, DRAFT_TOPIC, NULL);
    if (len >= 2)
        draft->item.meta.topic = arena_strdup(draft->arena, topic);
}

/* A line of at most `max` letters; NULL: nothing is left of it. */
static const char *line_of(struct draft *draft, const char *text, size_t max, bool *ret_cut) {
    const char *composed = charset_nfc(draft->arena, text);
    char *line = composed ? arena_strdup(draft->arena, composed) : NULL;
    if (!line)
        return NULL;
    draft_note_control(draft, line, false, NULL);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    line = text_trim(line);
    size_t letters = 0;
    for (char *c = line; *c; c++) {
        letters += ((unsigned char)*c & 0xc0) != 0x80;
        if (letters > max) {
            *c = '\0';
            *ret_cut = true;
            break;
        }
    }
    line = text_trim(line);
    return line[0] ? line : NULL;
}

void draft_title(struct draft *draft, const char *text) {
    bool cut = false;
    draft->item.title = text ? line_of(draft, text, ITEM_TITLE_MAX, &cut) : NULL;
    if (cut)
        draft_note(draft, DRAFT_TITLE, NULL);
}

void draft_tags(struct draft *draft, const char *const *tags, size_t count) {
    const char **kept = ARENA_ARRAY(draft->arena, ITEM_TAGS_MAX, const char *);
    bool changed = count > ITEM_TAGS_MAX;
    size_t used = 0;
    for (size_t i = 0; kept && i < count && used < ITEM_TAGS_MAX; i++) {
        const char *tag = line_of(draft, tags[i], TAG_MAX, &changed);
        bool twice = !tag;
        for (size_t k = 0; k < used && !twice; k++)
            twice = strcmp(kept[k], tag) == 0;
        if (!twice)
            kept[used++] = tag;
        changed |= twice;
    }
    draft->item.meta.tags = kept;
    draft->item.meta.tag_count = used;
    if (changed)
        draft_note(draft, DRAFT_TAG, NULL);
}

/* ---- the end ---- */

/* What makes a second import of the same file find its items again when they bear no names of their own. */
static const char *content_id(struct draft *draft) {
    struct buf buf;
    struct json_writer writer;
    uint8_t hash[CRYPTO_SHA256_LEN];
    char hex[33];
    buf_init(&buf, EXCHANGE_ITEM_BYTES_MAX);
    json_writer_init(&writer, &buf);
    json_open_array(&writer);
    json_put_text(&writer, draft->item.meta.topic);
    item_put_content(&writer, &draft->item);
    item_put_key(&writer, &draft->item);
    json_close_array(&writer);
    if (buf.failed)
        draft->arena->failed = true;
    else
        crypto_sha256(buf.data, buf.len, hash);
    buf_release(&buf);
    if (draft->arena->failed)
        return NULL;
    text_hex(hash, 16, hex);
    return arena_printf(draft->arena, "sha256:%s", hex);
}

enum err draft_refuse(struct draft *draft, const char *code, const char *message_vi, const char *message_en,
                      const char *place) {
    return exchange_refuse(draft->reading, draft->name, code, message_vi, message_en, place ? place : draft->place);
}

static enum err give(struct draft *draft, const struct item *item) {
    if (draft->arena->failed)
        return draft_refuse(draft, "too-large", "Câu hỏi quá lớn.", "The item is too large.", "");
    return exchange_give(draft->reading, draft->name, item, draft->media, draft->media_count);
}

/* A text that was over a limit is gone as a whole: that it is missing is not the reason. NULL: none was. */
static const struct exchange_note *over_limit(const struct exchange_reading *reading) {
    for (size_t i = 0; i < reading->note_count; i++)
        if (strcmp(reading->notes[i].code, "limit") == 0)
            return &reading->notes[i];
    return NULL;
}

enum err draft_give(struct draft *draft) {
    struct item_faults faults = {0};
    if (!draft->item.meta.external_id && !draft->item.meta.code)
        draft->item.meta.external_id = content_id(draft);
    if (!draft->arena->failed && !item_check(draft->arena, &draft->item, &faults)) {
        const struct item_fault *first = &faults.list[0];
        const struct exchange_note *over = over_limit(draft->reading);
        if (over)
            return draft_refuse(draft, "item-invalid", over->message_vi, over->message_en, over->place);
        return draft_refuse(draft, "item-invalid",
                            arena_printf(draft->arena, "Câu hỏi không hợp lệ: %s %s.", first->path,
                                         item_fault_words(first->rule, "vi")),
                            arena_printf(draft->arena, "The item does not hold: %s %s.", first->path,
                                         item_fault_words(first->rule, "en")),
                            NULL);
    }
    return give(draft, &draft->item);
}

enum err draft_give_own(struct draft *draft, const struct item *item) {
    return give(draft, item);
}
