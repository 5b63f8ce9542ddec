#include "qti.h"
#include "rich.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/markup.h"

#include <ctype.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define MATHML "http://www.w3.org/1998/Math/MathML"
static const char BLANKS[] = " \t\r\n";

struct body {
    struct qti_item *item;
    struct buf out;
    const struct xml_node *choice; /* NULL: the body itself */
    bool pre;
};

static void put_children(struct body *body, const struct xml_node *node);

/* ---- files of the package ---- */

static char hex_of(const char *at) {
    static const char DIGITS[] = "0123456789abcdef";
    const char *high = strchr(DIGITS, at[0] | 0x20), *low = high && at[1] ? strchr(DIGITS, at[1] | 0x20) : NULL;
    return low ? (char)((high - DIGITS) << 4 | (low - DIGITS)) : '\0';
}

/* "a%20b.xml" -> "a b.xml". */
static const char *unescaped(struct arena *arena, const char *text) {
    char *copy = arena_strdup(arena, text), *out = copy;
    for (const char *at = copy; copy && *at; at++) {
        char c = at[0] == '%' && at[1] ? hex_of(at + 1) : '\0';
        *out++ = c ? c : *at;
        at += c ? 2 : 0;
    }
    if (copy)
        *out = '\0';
    return copy;
}

/* "../media/a.png" seen from "items/a.xml" as "media/a.png"; NULL: it leads elsewhere. */
static const char *resolve(struct arena *arena, const char *from, const char *href) {
    const char *slash = strrchr(from, '/');
    char *path = href[0] == '/' ? arena_strdup(arena, href + 1)
                                : arena_printf(arena, "%.*s%s", slash ? (int)(slash + 1 - from) : 0, from, href);
    if (!path || strstr(href, "://"))
        return NULL;
    path[strcspn(path, "?#")] = '\0';
    char *out = path;
    for (char *at = path; *at;) {
        size_t len = strcspn(at, "/");
        if (len == 2 && strncmp(at, "..", 2) == 0) {
            if (out == path)
                return NULL;
            out--;
            while (out > path && out[-1] != '/')
                out--;
        } else if (len && !(len == 1 && *at == '.')) {
            memmove(out, at, len);
            out += len;
            if (at[len])
                *out++ = '/';
        }
        at += len + (at[len] == '/');
    }
    *out = '\0';
    return path;
}

const char *qti_candidate(struct arena *arena, const char *from, const char *href, int way) {
    const char *path = href && way < 2 ? resolve(arena, from, href) : NULL;
    if (way == 1 && path)
        return strchr(path, '%') ? unescaped(arena, path) : NULL;
    if (way < 2 || !href)
        return path;
    char *slashed = (char *)unescaped(arena, href);
    if (!slashed || !strchr(slashed, '\\'))
        return NULL;
    for (char *at = slashed; *at; at++)
        if (*at == '\\')
            *at = '/';
    return resolve(arena, from, slashed);
}

/* Which file of theirs an address in the item means; NULL: they have none such. */
static const char *find_file(const struct qti_item *item, const char *href) {
    const struct qti_source *source = item->source;
    for (int way = 0; source->files && way < QTI_WAYS; way++) {
        const char *path = qti_candidate(item->draft.arena, source->file, href, way);
        if (path && qti_files_have(source->files, path))
            return path;
    }
    return NULL;
}

/* The name by which markup knows a picture or sound; NULL: it is not there or none that may be shown. */
static const char *media_of(struct qti_item *item, const char *href) {
    struct draft *draft = &item->draft;
    const struct qti_source *source = item->source;
    const char *path = find_file(item, href);
    enum zipfile_reason reason;
    size_t len = 0;
    char *bytes = NULL;
    if (!path)
        return NULL;
    for (const struct draft_file *file = draft->files; file; file = file->next)
        if (strcmp(file->name, path) == 0)
            return arena_printf(draft->arena, "media:%s", file->media->sha256);
    if (qti_files_read(source->files, draft->arena, path, &bytes, &len, &reason) != ERR_NONE || !draft_add_file(draft, NULL, path, bytes, len)) {
        draft_note(draft, DRAFT_FILE, NULL);
        return NULL;
    }
    return draft->files ? arena_printf(draft->arena, "media:%s", draft->files->media->sha256) : NULL;
}

/* ---- elements ---- */

static void put_value(struct buf *out, const char *name, const char *value) {
    xml_put_attr(out, name, value);
}

static const char *line_of(const struct body *body, const struct xml_node *node) {
    return exchange_line(body->item->draft.arena, node->line);
}

static void put_picture(struct body *body, const char *tag, const struct xml_node *node, const char *address, const char *alt) {
    buf_addf(&body->out, "<%s", tag);
    put_value(&body->out, "src", address);
    put_value(&body->out, "alt", alt ? alt : "");
    put_value(&body->out, "width", xml_attr(node, "width"));
    put_value(&body->out, "height", xml_attr(node, "height"));
    buf_addf(&body->out, strcmp(tag, "audio") == 0 ? "></audio>" : "/>");
}

/* <object data="a.png" type="image/png">: a picture, a sound, or what stands in its place. */
static void put_object(struct body *body, const struct xml_node *node) {
    const char *type = xml_attr(node, "type"), *data = xml_attr(node, "data"), *found = media_of(body->item, data);
    const char *text = xml_text(body->item->draft.arena, node);
    bool sound = type && strncmp(type, "audio/", 6) == 0;
    if (found && (!type || sound || strncmp(type, "image/", 6) == 0)) {
        put_picture(body, sound ? "audio" : "img", node, found, text && strlen(text) <= 300 ? text : "");
        return;
    }
    draft_note(&body->item->draft, DRAFT_FILE, line_of(body, node));
    put_children(body, node);
}

static void put_attributes(struct body *body, const struct xml_node *node) {
    for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        if (strcmp(attr->name, "lang") == 0)
            put_value(&body->out, "lang", attr->value);
        else if (!attr->ns[0] && strcmp(attr->name, "id") != 0 && strcmp(attr->name, "label") != 0 && strcmp(attr->name, "data-gap") != 0)
            put_value(&body->out, attr->name, attr->value);
    }
}

static void put_html(struct body *body, const struct xml_node *node) {
    static const char *const EMPTY[] = {"br", "hr", "col", "img", "source", NULL};
    bool math = strcmp(node->ns, MATHML) == 0, pre = body->pre;
    buf_addf(&body->out, "<%s", node->name);
    if (math && strcmp(node->name, "math") == 0)
        put_value(&body->out, "xmlns", MATHML);
    put_attributes(body, node);
    for (size_t i = 0; EMPTY[i]; i++)
        if (strcmp(EMPTY[i], node->name) == 0) {
            buf_adds(&body->out, "/>");
            return;
        }
    buf_addc(&body->out, '>');
    body->pre |= strcmp(node->name, "pre") == 0;
    put_children(body, node);
    body->pre = pre;
    buf_addf(&body->out, "</%s>", node->name);
}

/* ---- what is QTI's own ---- */

/* Whether words stand behind the node up to the end of the body or of its block. */
static bool words_behind(const struct body *body, const struct xml_node *node) {
    for (; node != body->item->body; node = node->parent)
        for (const struct xml_node *next = node->next; next; next = next->next) {
            const char *text = next->text ? next->text : xml_text(body->item->draft.arena, next);
            if (text && text[strspn(text, BLANKS)])
                return true;
        }
    return false;
}

static bool alone(const struct xml_node *node) {
    for (const struct xml_node *other = node->parent->first; other; other = other->next)
        if (other != node && (other->name || other->text[strspn(other->text, BLANKS)]))
            return false;
    return true;
}

static void put_prompt(struct body *body, const struct xml_node *node) {
    if (!xml_child(node, "prompt"))
        return;
    buf_adds(&body->out, "<p>");
    put_children(body, xml_child(node, "prompt"));
    buf_adds(&body->out, "</p>");
}

static void put_interaction(struct body *body, const struct xml_node *node) {
    const struct qti_item *item = body->item;
    if (strcmp(node->name, "inlineChoiceInteraction") == 0) {
        for (size_t i = 0; i < item->interaction_count; i++)
            if (item->interactions[i] == node)
                buf_addf(&body->out, "<span data-gap=\"g%zu\"></span>", i + 1);
    } else if (strcmp(node->name, "textEntryInteraction") == 0) {
        if (!alone(node) || words_behind(body, node))
            buf_adds(&body->out, "____");
    } else {
        put_prompt(body, node);
        if (xml_is(node, "hottextInteraction") || xml_is(node, "hotspotInteraction") || xml_is(node, "gapMatchInteraction"))
            put_children(body, node);
    }
}

/* Within a passage or picture whose choices are listed elsewhere. False: it is nothing of that. */
static bool put_mark(struct body *body, const struct xml_node *node) {
    static const char *const LISTED[] = {"prompt", "gapText", "gapImg", "hotspotChoice", NULL};
    for (size_t i = 0; LISTED[i]; i++)
        if (xml_is(node, LISTED[i]))
            return true;
    if (xml_is(node, "hottext")) {
        buf_adds(&body->out, "<strong>");
        put_children(body, node);
        buf_adds(&body->out, "</strong>");
        return true;
    }
    const struct xml_node *interaction = node->parent;
    while (xml_is(node, "gap") && interaction && !xml_is(interaction, "gapMatchInteraction"))
        interaction = interaction->parent;
    if (!xml_is(node, "gap") || !interaction)
        return false;
    buf_addf(&body->out, "<strong>(%zu)</strong> ____", qti_gap_number(interaction, node));
    return true;
}

static bool has_word(const char *list, const char *word) {
    const char *at = list ? strstr(list, word) : NULL;
    return at != NULL;
}

/* Candidates read it where it stands; markers in the explanation; others not at all. */
static void put_rubric(struct body *body, const struct xml_node *node) {
    const char *view = xml_attr(node, "view");
    if (!view || has_word(view, "candidate")) {
        put_children(body, node);
    } else if (has_word(view, "scorer") || has_word(view, "tutor")) {
        struct body guide = {.item = body->item};
        buf_init(&guide.out, ITEM_MARKUP_MAX);
        put_children(&guide, node);
        buf_add(&body->item->guide, guide.out.data, guide.out.len);
        buf_release(&guide.out);
    } else {
        exchange_note(body->item->draft.reading, "rubric-dropped", "Hướng dẫn dành cho vai trò khác (không phải thí sinh hay người chấm) đã bị bỏ.",
                      "Instructions for others than candidates and markers were left out.", line_of(body, node));
    }
}

static void put_special(struct body *body, const struct xml_node *node) {
    const char *name = node->name;
    size_t len = strlen(name);
    if (len > 11 && strcmp(name + len - 11, "Interaction") == 0)
        put_interaction(body, node);
    else if (put_mark(body, node))
        return;
    else if (strcmp(name, "rubricBlock") == 0)
        put_rubric(body, node);
    else if (strncmp(name, "feedback", 8) == 0) {
        if (!body->choice) /* those of choices are notes on them */
            draft_note(&body->item->draft, DRAFT_FEEDBACK, line_of(body, node));
    } else if (strcmp(name, "object") == 0)
        put_object(body, node);
    else if (strcmp(name, "img") == 0) {
        const char *src = xml_attr(node, "src"), *found = media_of(body->item, src);
        put_picture(body, "img", node, found ? found : src, xml_attr(node, "alt"));
    } else if (strcmp(name, "audio") == 0) {
        const char *src = xml_attr(node, "src");
        const struct xml_node *inner = xml_child(node, "source");
        src = src ? src : xml_attr(inner, "src");
        const char *found = media_of(body->item, src);
        put_picture(body, "audio", node, found ? found : src, "");
    } else if (strcmp(name, "contentBody") == 0 || strncmp(name, "template", 8) == 0 || strcmp(name, "stylesheet") == 0)
        put_children(body, node);
    else
        put_html(body, node);
}

/* Blanks of indentation are one. */
static void put_words(struct body *body, const char *text) {
    for (; *text; text++) {
        bool blank = !body->pre && strchr(BLANKS, *text);
        if (blank && (!body->out.len || body->out.data[body->out.len - 1] == ' '))
            continue;
        rich_put_char(&body->out, blank ? ' ' : *text);
    }
}

static void put_children(struct body *body, const struct xml_node *node) {
    for (const struct xml_node *child = node->first; child; child = child->next)
        if (child->text)
            put_words(body, child->text);
        else
            put_special(body, child);
}

/* ---- texts ---- */

static struct item_text finish(struct body *body, const struct xml_node *at) {
    struct item_text text = {0};
    while (body->out.len && body->out.data[body->out.len - 1] == ' ')
        body->out.len--;
    buf_addc(&body->out, '\0');
    if (body->out.failed)
        body->item->draft.arena->failed = true;
    else if (body->out.data[0])
        text = draft_text(&body->item->draft, RICH_HTML, body->out.data, line_of(body, at));
    buf_release(&body->out);
    return text;
}

struct item_text qti_text(struct qti_item *item, const struct xml_node *node) {
    struct body body = {.item = item, .choice = node};
    buf_init(&body.out, 4 * (size_t)ITEM_MARKUP_MAX);
    put_children(&body, node);
    return finish(&body, node);
}

const char *qti_words(struct qti_item *item, const struct xml_node *node) {
    struct item_text text = qti_text(item, node);
    const char *markup = text.vi ? text.vi : text.en;
    const char *words = markup ? markup_plain(item->draft.arena, markup) : "";
    return words ? words : "";
}

struct item_text qti_feedback(struct qti_item *item, const struct xml_node *choice) {
    const char *id = xml_attr(choice, "identifier");
    struct item_text note = {0};
    for (const struct xml_node *node = choice; (node = xml_walk(choice, node));) {
        const char *shown = xml_attr(node, "identifier"), *how = xml_attr(node, "showHide");
        if (!xml_is(node, "feedbackInline") && !xml_is(node, "feedbackBlock"))
            continue;
        if (id && shown && strcmp(id, shown) == 0 && !(how && strcmp(how, "hide") == 0) && !note.vi && !note.en)
            note = qti_text(item, node);
        else
            draft_note(&item->draft, DRAFT_FEEDBACK, exchange_line(item->draft.arena, node->line));
    }
    return note;
}

const char *qti_stimulus_code(struct arena *arena, const char *bytes, size_t len) {
    uint8_t hash[CRYPTO_SHA256_LEN];
    char hex[17];
    crypto_sha256(bytes, len, hash);
    text_hex(hash, 8, hex);
    for (char *c = hex; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return arena_printf(arena, "ST-%s", hex);
}

/* The item belongs to the stimulus, which the package brings as an item of its own. False: it cannot be told so. */
static bool belongs_to(struct qti_item *item, const char *bytes, size_t len) {
    struct item *to = &item->draft.item;
    if (!item->source->entry || to->kind == ITEM_STIMULUS || to->stimulus)
        return false;
    to->stimulus = qti_stimulus_code(item->draft.arena, bytes, len);
    return true;
}

/* Stimuli that the item names: it belongs to the first, where that comes along; else the body stands above the item's own. */
static void put_stimuli(struct body *body) {
    struct qti_item *item = body->item;
    for (const struct xml_node *ref = xml_child(item->root, "assessmentStimulusRef"); ref; ref = xml_next(ref, "assessmentStimulusRef")) {
        struct qti_source *source = item->source;
        const char *href = xml_attr(ref, "href"), *path = find_file(item, href);
        const char *file = source->file;
        struct xml_node *root = NULL;
        enum zipfile_reason reason;
        char *bytes = NULL;
        size_t len = 0;
        if (path && qti_files_read(source->files, item->draft.arena, path, &bytes, &len, &reason) == ERR_NONE &&
            xml_read(item->draft.arena, bytes, len, &root, NULL) == ERR_NONE && qti_normalise(item->draft.arena, root) && xml_child(root, "stimulusBody")) {
            if (belongs_to(item, bytes, len))
                continue;
            source->file = path;
            put_children(body, xml_child(root, "stimulusBody"));
            source->file = file;
            exchange_note(item->draft.reading, "stimulus-copied", "Ngữ liệu dùng chung được chép vào câu hỏi.",
                          "The shared stimulus was copied into the item.", line_of(body, ref));
        } else {
            exchange_note(item->draft.reading, "stimulus-missing", "Không có tệp ngữ liệu mà câu hỏi dùng chung.",
                          "The shared stimulus that the item names is not there.", line_of(body, ref));
        }
    }
}

void qti_put_body(struct qti_item *item) {
    struct body body = {.item = item};
    buf_init(&body.out, 4 * (size_t)ITEM_MARKUP_MAX);
    put_stimuli(&body);
    put_children(&body, item->body);
    item->draft.item.body = finish(&body, item->body);
    if (!item->guide.len)
        return;
    buf_addc(&item->guide, '\0');
    if (item->draft.item.kind == ITEM_STIMULUS)
        draft_note(&item->draft, DRAFT_FEEDBACK, NULL);
    else
        item->draft.item.rationale = draft_text(&item->draft, RICH_HTML, item->guide.data, NULL);
}
