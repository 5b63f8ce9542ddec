#include "qti.h"

#include "own.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

/* ---- refusals of a document as such ---- */

static enum err refuse(struct exchange_reading *reading, bool whole, const char *code, const char *vi, const char *en, const char *place) {
    return whole ? exchange_refuse_file(reading, code, vi, en, place) : exchange_refuse(reading, reading->path, code, vi, en, place);
}

static enum err refuse_xml(struct exchange_reading *reading, bool whole, const struct xml_error *error) {
    const char *place = error->line ? exchange_line(reading->arena, error->line) : "";
    const char *reason = error->reason ? error->reason : "syntax";
    if (strcmp(reason, "doctype") == 0 || strcmp(reason, "entity") == 0)
        return refuse(reading, whole, "xml-doctype", "Tệp XML có khai báo DOCTYPE hoặc thực thể nên bị từ chối.",
                      "The XML declares a DOCTYPE or entities and is refused.", place);
    if (strcmp(reason, "encoding") == 0)
        return refuse(reading, whole, "xml-encoding", "Tệp XML phải dùng bảng mã UTF-8.", "The XML must be in UTF-8.", place);
    if (strcmp(reason, "depth") == 0 || strcmp(reason, "limit") == 0)
        return refuse(reading, whole, "xml-limit", "Tệp XML quá lớn hoặc lồng quá sâu.", "The XML is too large or too deep.", place);
    return refuse(reading, whole, "xml-broken", "Tệp XML bị lỗi cú pháp.", "The XML is not well-formed.", place);
}

enum err qti_refuse_root(struct exchange_reading *reading, const struct xml_node *root, bool whole) {
    const char *place = exchange_line(reading->arena, root->line);
    static const char *const OLD[] = {"questestinterop", "item", "assessment", "section"};
    for (size_t i = 0; i < sizeof OLD / sizeof *OLD; i++)
        if (xml_is(root, OLD[i]))
            return refuse(reading, whole, "qti-version", "Tệp theo QTI 1; chỉ đọc được QTI 2.0 đến 3.0.",
                          "The file is of QTI 1; only QTI 2.0 to 3.0 is read.", place);
    return refuse(reading, whole, "qti-root", arena_printf(reading->arena, "Tệp chứa «%.60s», không phải câu hỏi QTI.", root->name),
                  arena_printf(reading->arena, "The file holds \"%.60s\", which is no item of QTI.", root->name), place);
}

/* ---- what we wrote ourselves ---- */

static const char *package_media(void *ctx, struct arena *arena, const char *sha256) {
    const struct qti_source *source = ctx;
    for (size_t i = 0; QTI_MEDIA_SUFFIXES[i]; i++) {
        const char *file = arena_printf(arena, "media/%s%s", sha256, QTI_MEDIA_SUFFIXES[i]);
        if (file && source->files && qti_files_have(source->files, file))
            return arena_printf(arena, "../%s", file);
    }
    return NULL;
}

/* Whether the file is what we make of the item. */
static bool unchanged(struct qti_source *source, const struct item *item, const char *lang, bool three, const char *bytes, size_t len) {
    struct buf again;
    buf_init(&again, EXCHANGE_ITEM_BYTES_MAX);
    struct qti_put put = {.arena = source->reading->arena,
                          .out = &again,
                          .three = three,
                          .lang = lang,
                          .media = package_media,
                          .ctx = source};
    bool same = qti_put_item(&put, item) && !again.failed && again.len == len && memcmp(again.data, bytes, len) == 0;
    buf_release(&again);
    return same;
}

static void take_media(struct draft *draft, struct qti_source *source, const struct item *item) {
    const char *const *names = NULL;
    size_t count = 0, len = 0;
    enum zipfile_reason reason;
    if (!item_media_names(draft->arena, item, &names, &count))
        return;
    for (size_t i = 0; i < count; i++) {
        char *bytes = NULL;
        const char *address = package_media(source, draft->arena, names[i]);
        if (address && qti_files_read(source->files, draft->arena, address + 3, &bytes, &len, &reason) == ERR_NONE)
            (void)draft_add_file(draft, NULL, address, bytes, len);
    }
}

/* Each picture must be what its name says. */
static bool media_hold(const struct draft *draft, struct qti_source *source, const struct item *item) {
    const char *const *names = NULL;
    size_t count = 0;
    if (!item_media_names(draft->arena, item, &names, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool there = package_media(source, draft->arena, names[i]) == NULL;
        for (size_t k = 0; k < draft->media_count && !there; k++)
            there = strcmp(draft->media[k].sha256, names[i]) == 0;
        if (!there)
            return false;
    }
    return true;
}

/* Takes the item that stands beside the file when that was not touched. Otherwise `draft` knows what may be kept. */
static bool take_own(struct draft *draft, struct qti_source *source, const struct xml_node *root, const char *bytes, size_t len,
                     const char *own, struct item *ret_item) {
    const char *lang = xml_attr_ns(root, "http://www.w3.org/XML/1998/namespace", "lang");
    if (!own_read(draft->arena, own, ret_item)) {
        draft_note(draft, DRAFT_OWN_BROKEN, NULL);
        return false;
    }
    bool three = source->reading->format == EXCHANGE_QTI30;
    if (unchanged(source, ret_item, lang ? lang : "vi", three, bytes, len)) {
        take_media(draft, source, ret_item);
        if (media_hold(draft, source, ret_item))
            return true;
        draft->media_count = 0;
    }
    draft_note(draft, DRAFT_EDITED, NULL);
    draft->item.meta = ret_item->meta;
    draft->item.stimulus = ret_item->kind == ITEM_STIMULUS ? NULL : ret_item->stimulus;
    return false;
}

/* ---- items ---- */

static const char *const HAVE_NONE[][3] = {
    {"templateDeclaration", "Câu hỏi sinh số liệu theo mẫu (template) không nhập được.", "Items that make up their values by templates cannot be read."},
    {"templateProcessing", "Câu hỏi sinh số liệu theo mẫu (template) không nhập được.", "Items that make up their values by templates cannot be read."},
};

static struct qti_refusal check_root(const struct xml_node *root) {
    if (qti_true(root, "adaptive"))
        return (struct qti_refusal){"qti-adaptive", "Câu hỏi thích ứng (adaptive) không nhập được.", "Adaptive items cannot be read.", root};
    for (size_t i = 0; i < sizeof HAVE_NONE / sizeof *HAVE_NONE; i++) {
        const struct xml_node *node = xml_child(root, HAVE_NONE[i][0]);
        if (node)
            return (struct qti_refusal){"qti-template", HAVE_NONE[i][1], HAVE_NONE[i][2], node};
    }
    if (!xml_child(root, "itemBody"))
        return (struct qti_refusal){"qti-body", "Câu hỏi không có nội dung (itemBody).", "The item has no itemBody.", root};
    return (struct qti_refusal){0};
}

static void find_interactions(struct qti_item *item) {
    for (const struct xml_node *node = item->body; (node = xml_walk(item->body, node));) {
        size_t len = strlen(node->name);
        if (len < 11 || strcmp(node->name + len - 11, "Interaction") != 0)
            continue;
        if (item->interaction_count < QTI_INTERACTIONS_MAX)
            item->interactions[item->interaction_count] = node;
        item->interaction_count++;
    }
}

static bool is_lang(const char *lang, const char *ours) {
    return strncasecmp(lang, ours, 2) == 0 && (lang[2] == '\0' || lang[2] == '-');
}

/* "vi-VN" counts as "vi"; a language that is none of ours as that of the reading. */
static void choose_lang(struct qti_item *item) {
    const char *lang = xml_attr_ns(item->root, "http://www.w3.org/XML/1998/namespace", "lang");
    item->options = *item->source->reading->options;
    if (lang && *lang && !is_lang(lang, "vi") && !is_lang(lang, "en"))
        draft_note(&item->draft, DRAFT_LANGUAGE, NULL);
    if (lang && (is_lang(lang, "vi") || is_lang(lang, "en")))
        item->options.lang = is_lang(lang, "vi") ? "vi" : "en";
}

/* Parts beside those that are read. */
static void note_rest(struct qti_item *item) {
    static const char *const READ[] = {"responseDeclaration", "outcomeDeclaration",  "templateDeclaration", "templateProcessing", "assessmentStimulusRef",
                                       "itemBody",            "responseProcessing", "modalFeedback",       "stimulusBody",       NULL};
    for (const struct xml_node *node = xml_child(item->root, NULL); node; node = xml_next(node, NULL)) {
        struct arena *arena = item->draft.arena;
        size_t i = 0;
        while (READ[i] && !xml_is(node, READ[i]))
            i++;
        const char *vi = READ[i] ? NULL : arena_printf(arena, "Phần «%.60s» của câu hỏi không có ở đây nên bị bỏ.", node->name);
        const char *en = READ[i] ? NULL : arena_printf(arena, "The part \"%.60s\" of the item has no counterpart here and was left out.", node->name);
        if (vi && en)
            exchange_note(item->draft.reading, "part-dropped", vi, en, exchange_line(arena, node->line));
    }
}

/* A choice whose identifier another of the same interaction has: the key would mean either. NULL: there is none. */
static const struct xml_node *named_twice(const struct xml_node *interaction) {
    static const char *const CHOICES[] = {"simpleChoice", "simpleAssociableChoice", "inlineChoice", "hottext", "hotspotChoice", "gap", "gapText", "gapImg", NULL};
    const char *names[4 * ITEM_OPTIONS_MAX];
    size_t count = 0;
    for (const struct xml_node *node = interaction; (node = xml_walk(interaction, node)) && count < sizeof names / sizeof *names;) {
        const char *id = xml_attr(node, "identifier");
        size_t kind = 0;
        while (CHOICES[kind] && !xml_is(node, CHOICES[kind]))
            kind++;
        if (!id || !CHOICES[kind])
            continue;
        for (size_t i = 0; i < count; i++)
            if (strcmp(names[i], id) == 0)
                return node;
        names[count++] = id;
    }
    return NULL;
}

static struct qti_refusal check_interactions(const struct qti_item *item) {
    for (size_t i = 0; i < item->interaction_count; i++) {
        const struct xml_node *twice = named_twice(item->interactions[i]);
        if (twice)
            return (struct qti_refusal){"qti-choice-twice", "Hai phương án có cùng mã nên không rõ đáp án là phương án nào.",
                                        "Two choices have the same identifier, so that the key may mean either.", twice};
    }
    return (struct qti_refusal){0};
}

static enum err give(struct qti_item *item) {
    struct draft *draft = &item->draft;
    struct qti_refusal refusal = check_root(item->root);
    if (!refusal.code) {
        item->body = xml_child(item->root, "itemBody");
        find_interactions(item);
        if (item->interaction_count > QTI_INTERACTIONS_MAX)
            refusal = (struct qti_refusal){"qti-many", "Câu hỏi có quá nhiều chỗ trả lời.", "The item has too many interactions.", item->body};
        else if (!qti_read_responses(item))
            refusal = (struct qti_refusal){"qti-response", "Khai báo câu trả lời có lỗi.", "A response declaration does not hold.", item->root};
        else
            refusal = check_interactions(item);
    }
    if (!refusal.code) {
        qti_read_scoring(item);
        draft_title(draft, xml_attr(item->root, "title"));
        if (!draft->item.meta.external_id && !draft->item.meta.code)
            draft->item.meta.external_id = draft->name;
        refusal = qti_put_kind(item);
    }
    if (refusal.code)
        return draft_refuse(draft, refusal.code, refusal.vi, refusal.en, exchange_line(draft->arena, refusal.at->line));
    if (qti_true(item->root, "timeDependent"))
        draft_note(draft, DRAFT_TIMED, NULL);
    note_rest(item);
    qti_put_body(item);
    draft_keep_media(draft);
    return draft_give(draft);
}

/* What several items share is an item that they name by its code. */
static enum err give_stimulus(struct qti_item *item, const char *bytes, size_t len) {
    struct draft *draft = &item->draft;
    item->body = xml_child(item->root, "stimulusBody");
    if (!item->body)
        return draft_refuse(draft, "qti-body", "Ngữ liệu không có nội dung (qti-stimulus-body).", "The stimulus has no qti-stimulus-body.", NULL);
    draft_kind(draft, ITEM_STIMULUS);
    draft_title(draft, xml_attr(item->root, "title"));
    draft->item.meta.code = qti_stimulus_code(draft->arena, bytes, len);
    note_rest(item);
    qti_put_body(item);
    draft_keep_media(draft);
    return draft_give(draft);
}

static const char *item_name(struct arena *arena, const struct xml_node *root) {
    const char *id = xml_attr(root, "identifier");
    char *name = id ? arena_strdup(arena, id) : NULL;
    for (char *c = name; c && *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    return name && name[0] && text_utf8_len(name) <= 200 ? name : NULL;
}

static enum err read_root(struct qti_source *source, struct xml_node *root, const char *bytes, size_t len, const char *own) {
    struct exchange_reading *reading = source->reading;
    const struct exchange_options *options = reading->options;
    struct qti_item item = {.source = source, .root = root};
    struct item kept;
    draft_init(&item.draft, reading, item_name(reading->arena, root), exchange_line(reading->arena, root->line));
    if (own && take_own(&item.draft, source, root, bytes, len, own, &kept))
        return draft_give_own(&item.draft, &kept);
    buf_init(&item.guide, ITEM_MARKUP_MAX);
    choose_lang(&item);
    reading->options = &item.options;
    enum err err = xml_is(root, "assessmentStimulus") ? give_stimulus(&item, bytes, len) : give(&item);
    reading->options = options;
    buf_release(&item.guide);
    return err;
}

enum err qti_read_item(struct qti_source *source, const char *bytes, size_t len, const char *own) {
    struct exchange_reading *reading = source->reading;
    struct xml_node *root = NULL;
    struct xml_error error = {0};
    bool whole = !source->entry;
    enum err err = xml_read(reading->arena, bytes, len, &root, &error);
    if (err == ERR_MEMORY && reading->arena->failed) {
        arena_reset(reading->arena);
        error = (struct xml_error){.reason = "limit"};
        err = ERR_LIMIT;
    }
    if (err == ERR_SYNTAX || err == ERR_LIMIT)
        return refuse_xml(reading, whole, &error);
    if (err != ERR_NONE)
        return err;
    reading->format = strncmp(root->name, "qti-", 4) == 0 ? EXCHANGE_QTI30 : EXCHANGE_QTI21;
    if (!qti_normalise(reading->arena, root))
        return ERR_MEMORY;
    if (!xml_is(root, "assessmentItem") && !xml_is(root, "assessmentStimulus"))
        return qti_refuse_root(reading, root, whole);
    return read_root(source, root, bytes, len, own);
}

enum err qti_read_file(const char *path, const char *bytes, size_t len, const struct qti_files *files, const char *file,
                       const struct exchange_options *options, exchange_sink_fn *sink, void *ctx) {
    struct arena arena;
    struct exchange_reading reading;
    arena_init(&arena, EXCHANGE_ITEM_BYTES_MAX);
    exchange_reading_init(&reading, EXCHANGE_QTI21, path, options, sink, ctx, &arena);
    struct qti_source source = {.reading = &reading, .files = files, .file = file};
    enum err err = qti_read_item(&source, bytes, len, NULL);
    arena_release(&arena);
    return err;
}

enum err exchange_qti_read(const char *path, const char *bytes, size_t len, const struct exchange_options *options,
                           exchange_sink_fn *sink, void *ctx) {
    struct arena arena;
    struct exchange_reading reading;
    arena_init(&arena, EXCHANGE_ITEM_BYTES_MAX);
    exchange_reading_init(&reading, EXCHANGE_QTI21, path, options, sink, ctx, &arena);
    enum err err;
    if (len >= 2 && memcmp(bytes, "PK", 2) == 0) {
        err = qti_read_package(&reading, bytes, len);
    } else {
        struct qti_source source = {.reading = &reading, .file = path};
        err = qti_read_item(&source, bytes, len, NULL);
    }
    arena_release(&arena);
    return err;
}
