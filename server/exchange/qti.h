/* qti.h: what the parts of the QTI reader and writer share.
 *
 * A document is read as a tree in which the names of QTI 3 ("qti-simple-choice", "max-choices") have become those of QTI 2
 * ("simpleChoice", "maxChoices"); from there on there is one language.
 *
 * Used by: exchange alone. Threads: one owner.
 */
#ifndef KHOACU_EXCHANGE_QTI_H
#define KHOACU_EXCHANGE_QTI_H

#include "khoacu/doc/xml.h"
#include "khoacu/doc/zip.h"
#include "draft.h"

#define QTI_OWN_NS "urn:khoacu:item:1"
#define QTI_PARTS_MAX 200 /* responses of an item, values of a response, entries of a mapping, choices: each */

/* Where an item comes from. */
struct qti_source {
    struct exchange_reading *reading;
    const struct qti_files *files; /* among which it stands; NULL: a file by itself */
    const char *file;              /* its name among them */
    bool entry;                    /* of a package */
};

/* qti_files.c: what items stand among: the entries of an archive, or a folder with what lies below it. No name and no link
 * leads out of a folder; what is hidden in it is not listed. */
struct qti_files {
    struct zipfile *zip; /* the caller's; NULL: a folder */
    int folder;
    char **paths; /* of a folder that is listed: its files, sorted */
    size_t count, skip;
};
/* A folder. ERR_LIMIT: more than ZIPFILE_ENTRIES_MAX files. qti_files_close ends it, also after a failure. */
enum err qti_files_open(const char *path, bool listed, struct qti_files *ret_files) MUST_CHECK;
void qti_files_close(struct qti_files *files);
/* Of an archive or of a folder that is listed. */
size_t qti_files_count(const struct qti_files *files);
const char *qti_files_name(const struct qti_files *files, size_t index);
const char *qti_files_path(const struct qti_files *files, size_t index); /* as reports name it */
bool qti_files_find(const struct qti_files *files, const char *name, size_t *ret_index);
/* Of any. As zipfile_read. */
bool qti_files_have(const struct qti_files *files, const char *name);
enum err qti_files_read(const struct qti_files *files, struct arena *arena, const char *name, char **ret_bytes, size_t *ret_len,
                        enum zipfile_reason *ret_reason) MUST_CHECK;

/* qti.c: one item, whose file is in `bytes`; `own` is what we wrote beside it, or NULL. Gives exactly one call of the sink. */
enum err qti_read_item(struct qti_source *source, const char *bytes, size_t len, const char *own) MUST_CHECK;
/* qti_package.c: all items of a package: an archive, or a folder with a manifest. */
enum err qti_read_package(struct exchange_reading *reading, const char *bytes, size_t len) MUST_CHECK;
enum err qti_read_folder(struct exchange_reading *reading, const char *path) MUST_CHECK;
/* qti.c: one item of a folder; options are whole. */
enum err qti_read_file(const char *path, const char *bytes, size_t len, const struct qti_files *files, const char *file,
                       const struct exchange_options *options, exchange_sink_fn *sink, void *ctx) MUST_CHECK;
/* What a document that is no item is; `whole`: of the file as such. */
enum err qti_refuse_root(struct exchange_reading *reading, const struct xml_node *root, bool whole) MUST_CHECK;

/* qti_names.c: brings the names of QTI 3 into those of QTI 2. False: no memory. */
bool qti_normalise(struct arena *arena, struct xml_node *root);
/* "simpleChoice" as "qti-simple-choice", "maxChoices" (attribute) as "max-choices". */
void qti_put_kebab(struct buf *out, const char *name);

/* ---- responses and their processing: qti_response.c ---- */

struct qti_entry {
    const char *key;
    int64_t units; /* of 1e-7 points */
    bool exact;    /* upper and lower case differ */
};
struct qti_response {
    const char *id, *cardinality, *base;
    const char **correct;
    size_t correct_count;
    struct qti_entry *entries;
    size_t entry_count;
    bool mapped, broken;
    int64_t fallback; /* of what has no entry */
    const char *lower, *upper; /* decimals; NULL: none */
};
enum qti_scoring_kind {
    QTI_UNSCORED, /* the item says nothing of it */
    QTI_MATCH,    /* the right response earns the points, everything else nothing */
    QTI_MAP,      /* what the mapping says */
    QTI_OTHER     /* what cannot be read */
};
struct qti_scoring {
    enum qti_scoring_kind kind;
    const char *points; /* MATCH: what the right response earns */
    size_t matched;     /* MATCH: how many responses are compared */
    bool each;          /* MATCH: each of several responses earns `points` by itself */
    const char *tolerance; /* of numbers; NULL: exactly */
    bool relative;
    bool fold_case;
    bool extra;                 /* other outcomes are set: feedback */
    const char *about;          /* written out: the response that is compared or mapped last */
    const struct xml_node *odd; /* OTHER: where */
};
struct qti_item;
bool qti_read_responses(struct qti_item *item);
void qti_read_scoring(struct qti_item *item);
const struct qti_response *qti_response_of(const struct qti_item *item, const struct xml_node *interaction);
/* What the mapping gives for a key. */
int64_t qti_mapped(const struct qti_response *response, const char *key);

/* ---- an item ---- */

#define QTI_INTERACTIONS_MAX ITEM_GAPS_MAX
struct qti_item {
    struct draft draft;
    struct qti_source *source;
    struct exchange_options options; /* in the item's own language */
    const struct xml_node *root, *body;
    struct qti_response *responses;
    size_t response_count;
    struct qti_scoring scoring;
    const struct xml_node *interactions[QTI_INTERACTIONS_MAX];
    size_t interaction_count;
    struct buf guide; /* rubrics for markers, as HTML */
};

/* Why an item is refused; `code` NULL: it is not. */
struct qti_refusal {
    const char *code, *vi, *en;
    const struct xml_node *at;
};

/* qti_kinds.c: makes it the kind that its interactions are. */
struct qti_refusal qti_put_kind(struct qti_item *item);
/* qti_choice.c: the kinds in which options are chosen. */
struct qti_refusal qti_put_choice(struct qti_item *item, const struct xml_node *interaction);
struct qti_refusal qti_put_order(struct qti_item *item, const struct xml_node *interaction);
struct qti_refusal qti_put_match(struct qti_item *item, const struct xml_node *interaction);
struct qti_refusal qti_put_inline(struct qti_item *item);
/* qti_marks.c: the kinds whose choices stand in a text or a picture. */
struct qti_refusal qti_put_hottext(struct qti_item *item, const struct xml_node *interaction);
struct qti_refusal qti_put_hotspot(struct qti_item *item, const struct xml_node *interaction);
struct qti_refusal qti_put_gap_match(struct qti_item *item, const struct xml_node *interaction);
/* 1, 2, … of a gap below its interaction; 0: it is none of it. */
size_t qti_gap_number(const struct xml_node *interaction, const struct xml_node *gap);
struct qti_refusal qti_no_key(const struct xml_node *at);
struct qti_refusal qti_not_scored(const struct xml_node *at);
/* Points in 1e-7 that SCORE may reach, as the item says; false: it does not. */
bool qti_maximum(struct qti_item *item, int64_t *ret_units);
int64_t qti_number(const struct xml_node *node, const char *name, int64_t fallback);
bool qti_true(const struct xml_node *node, const char *name);

/* qti_body.c: texts as markup in the item's language. */
void qti_put_body(struct qti_item *item);
struct item_text qti_text(struct qti_item *item, const struct xml_node *node);
/* The code under which a stimulus whose file has these bytes is an item of its own. */
const char *qti_stimulus_code(struct arena *arena, const char *bytes, size_t len);
/* The file that an address may mean: "../media/a.png" seen from "items/a.xml" is "media/a.png". There are several ways to read
 * one, from 0 and in this order: as it stands, without its %20, and with backslashes for slashes, as programs of Windows write
 * them. NULL: it leads elsewhere, or this way is no other than those before. */
enum { QTI_WAYS = 3 };
const char *qti_candidate(struct arena *arena, const char *from, const char *href, int way);
/* Words alone. */
const char *qti_words(struct qti_item *item, const struct xml_node *node);
/* The feedback within a choice that is shown when it is chosen. */
struct item_text qti_feedback(struct qti_item *item, const struct xml_node *choice);

/* ---- writing ---- */

struct qti_put {
    struct arena *arena;
    struct buf *out;
    bool three;       /* QTI 3 */
    const char *lang; /* of the texts */
    /* Address of a picture or sound, seen from the item's file; NULL: it is not in the package. */
    const char *(*media)(void *ctx, struct arena *arena, const char *sha256);
    void *ctx;
};
/* qti_put.c: the whole document of an item. False: no memory. */
bool qti_put_item(struct qti_put *put, const struct item *item);
/* qti_put_parts.c: `<name` and `</name>` in the names of the version, attributes, markup. */
void qti_open(struct qti_put *put, const char *name);
void qti_attr(struct qti_put *put, const char *name, const char *value);
void qti_attr_number(struct qti_put *put, const char *name, int64_t value);
void qti_end(struct qti_put *put, const char *name);
void qti_element(struct qti_put *put, const char *name, const char *text);
/* The text in the language; `gap` (may be NULL) puts what stands at an inline choice. */
typedef void qti_gap_fn(struct qti_put *put, const void *ctx, const char *id);
void qti_put_text(struct qti_put *put, const struct item_text *text, qti_gap_fn *gap, const void *ctx);
/* An id of ours as an identifier of QTI. */
const char *qti_id(struct qti_put *put, const char *id);
/* qti_put_scoring.c: declarations before the body, processing behind it. */
void qti_put_declarations(struct qti_put *put, const struct item *item);
void qti_put_processing(struct qti_put *put, const struct item *item);
const char *qti_gap_response(struct qti_put *put, const struct item *item, const char *gap);
/* "media/<sha256>.png"; NULL: a type that is none of ours. */
const char *qti_media_file(struct arena *arena, const char *sha256, const char *type);
/* All that the name may end with, for looking one up. */
extern const char *const QTI_MEDIA_SUFFIXES[];

#endif
