#include "markup_private.h"

#include "khoacu/base/child.h"
#include "khoacu/base/cleanup.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define CONVERTER_MS 10000 /* far more than it needs: a child has low priority, and a lost formula cannot be told from a wrong one */
#define CONVERTER_BYTES ((int64_t)512 << 20)
#define CACHE_SIZE 1024

/* What was converted before: authors see a formula many times while they write. A formula is the same everywhere. */
struct cached {
    char *tex, *mathml;
    bool display;
};
static struct cached cache[CACHE_SIZE];
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;

static size_t slot_of(const char *tex, bool display) {
    uint32_t hash = 2166136261u ^ display;
    for (; *tex; tex++)
        hash = (hash ^ (unsigned char)*tex) * 16777619u;
    return hash % CACHE_SIZE;
}

static const char *find_cached(struct arena *arena, const char *tex, bool display) {
    struct cached *slot = &cache[slot_of(tex, display)];
    const char *found = NULL;
    pthread_mutex_lock(&cache_lock);
    if (slot->tex && slot->display == display && strcmp(slot->tex, tex) == 0)
        found = arena_strdup(arena, slot->mathml);
    pthread_mutex_unlock(&cache_lock);
    return found;
}

static void put_cached(const char *tex, bool display, const char *mathml) {
    struct cached made = {.tex = strdup(tex), .mathml = strdup(mathml), .display = display};
    if (!made.tex || !made.mathml) {
        free(made.tex);
        free(made.mathml);
        return;
    }
    pthread_mutex_lock(&cache_lock);
    struct cached *slot = &cache[slot_of(tex, display)], old = *slot;
    *slot = made;
    pthread_mutex_unlock(&cache_lock);
    free(old.tex);
    free(old.mathml);
}

static const char *fail(struct arena *arena, struct markup_note *note, const char *code, const char *detail) {
    *note = (struct markup_note){.code = code, .detail = arena_strndup(arena, detail, strnlen(detail, 120))};
    if (!note->detail)
        note->code = NULL;
    return NULL;
}

static const xmlNode *find_child(const xmlNode *parent, const char *name) {
    for (const xmlNode *node = parent ? parent->children : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0)
            return node;
    return NULL;
}

/* The formula within <blahtex><mathml><markup>, with its source behind it. */
static const char *wrap(struct arena *arena, const xmlNode *root, const char *tex, bool display, struct markup_note *note) {
    const xmlNode *made = find_child(find_child(root, "mathml"), "markup");
    if (!made) {
        const xmlNode *error = find_child(root, "error"), *message = find_child(error, "message");
        const xmlNode *text = message ? message->children : NULL;
        return fail(arena, note, "formula", text && text->content ? (const char *)text->content : tex);
    }
    struct buf inner CLEANUP(buf_release), out CLEANUP(buf_release);
    buf_init(&inner, MARKUP_MAX);
    buf_init(&out, MARKUP_MAX);
    markup_put_math(&inner, made);
    /* <math xmlns="…"> … </math>: the inside goes into <semantics>. */
    const char *from = inner.failed ? NULL : strchr(inner.data, '>');
    if (!from)
        return fail(arena, note, "limit", tex);
    buf_addf(&out, "<math xmlns=\"" MARKUP_MATHML "\"%s><semantics>", display ? " display=\"block\"" : "");
    buf_add(&out, from + 1, inner.len - (size_t)(from + 1 - inner.data) - strlen("</math>"));
    buf_adds(&out, "<annotation encoding=\"application/x-tex\">");
    markup_put_text(&out, tex, false);
    buf_adds(&out, "</annotation></semantics></math>");
    const char *mathml = out.failed ? NULL : arena_strndup(arena, out.data, out.len);
    return mathml && markup_check(arena, mathml, NULL) ? mathml : fail(arena, note, "limit", tex);
}

/* Commands that the converter lacks, by what says the same; the source that is kept stays as the author wrote it. */
static const struct {
    const char *command, *instead;
} OTHER_WORDS[] = {
    {"\\dfrac", "\\frac "},
    {"\\tfrac", "\\frac "},
    {"\\cfrac", "\\frac "},
    {"\\dbinom", "\\binom "},
    {"\\tbinom", "\\binom "},
    {"\\bm", "\\boldsymbol "},
    {"\\stackrel", "\\overset "},
    {"\\degree", "^{\\circ}"},
    {"\\tg", "\\operatorname{tg}"},
    {"\\cotg", "\\operatorname{cotg}"},
    {"\\arctg", "\\operatorname{arctg}"},
    {"\\arccotg", "\\operatorname{arccotg}"},
    {"\\arccot", "\\operatorname{arccot}"},
    {"\\lcm", "\\operatorname{lcm}"},
    {"\\euro", "\\text{\u20ac}"},
    {"\\copyright", "\\text{\u00a9}"},
};

/* "\begin{array}{c|c}" as "\begin{matrix}": its columns are centred. Gives what was read, 0: it is none. */
static size_t put_array(struct buf *out, const char *at) {
    static const char begin[] = "\\begin{array}", end[] = "\\end{array}";
    if (strncmp(at, end, strlen(end)) == 0) {
        buf_adds(out, "\\end{matrix}");
        return strlen(end);
    }
    if (strncmp(at, begin, strlen(begin)) != 0)
        return 0;
    size_t len = strlen(begin);
    if (at[len] == '{' && at[len + 1 + strspn(at + len + 1, "lcr| ")] == '}')
        len += strspn(at + len + 1, "lcr| ") + 2;
    buf_adds(out, "\\begin{matrix}");
    return len;
}

/* The formula in words that the converter knows. */
static void put_known(struct buf *out, const char *tex) {
    while (*tex) {
        const char *instead = NULL;
        size_t read = put_array(out, tex), word = *tex == '\\' ? 1 : 0;
        if (read > 0) {
            tex += read;
            continue;
        }
        while (word > 0 && ((tex[word] >= 'a' && tex[word] <= 'z') || (tex[word] >= 'A' && tex[word] <= 'Z')))
            word++;
        for (size_t i = 0; word > 1 && i < sizeof OTHER_WORDS / sizeof *OTHER_WORDS; i++)
            if (strlen(OTHER_WORDS[i].command) == word && memcmp(OTHER_WORDS[i].command, tex, word) == 0)
                instead = OTHER_WORDS[i].instead;
        size_t plain = word > 1 ? word : word == 1 && tex[1] ? 2 : 1;
        if (instead)
            buf_adds(out, instead);
        else
            buf_add(out, tex, plain);
        tex += plain;
    }
}

static const char *convert(struct arena *arena, const char *path, const char *tex, bool display, struct markup_note *note) {
    struct buf known CLEANUP(buf_release);
    buf_init(&known, 16 * MARKUP_TEX_MAX);
    put_known(&known, tex);
    if (known.failed)
        return fail(arena, note, "limit", tex);
    const char *argv[] = {path, "--mathml", display ? "--displaymath" : "--texvc-compatible-commands", NULL};
    struct child child = {.argv = argv, .input = known.data, .input_len = known.len, .wall_ms = CONVERTER_MS, .memory_bytes = CONVERTER_BYTES};
    struct child_result result;
    struct buf out CLEANUP(buf_release);
    buf_init(&out, MARKUP_MAX);
    if (child_run(&child, &out, &result) != ERR_NONE || result.end == CHILD_ABSENT)
        return fail(arena, note, "formula-tool", tex);
    xmlDocPtr doc = result.end == CHILD_EXITED && out.len > 0
                        ? xmlReadMemory(out.data, (int)out.len, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
                        : NULL;
    const char *mathml = doc ? wrap(arena, xmlDocGetRootElement(doc), tex, display, note) : fail(arena, note, "formula", tex);
    xmlFreeDoc(doc);
    return mathml;
}

const char *markup_tex(struct arena *arena, const char *tex, bool display, struct markup_note *ret_note) {
    char path[256];
    *ret_note = (struct markup_note){0};
    if (strlen(tex) > MARKUP_TEX_MAX)
        return fail(arena, ret_note, "limit", tex);
    const char *known = find_cached(arena, tex, display);
    if (known)
        return known;
    if (!child_find("blahtexml", path, sizeof path))
        return fail(arena, ret_note, "formula-tool", tex);
    const char *mathml = convert(arena, path, tex, display, ret_note);
    if (mathml)
        put_cached(tex, display, mathml);
    return mathml;
}
