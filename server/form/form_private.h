/* form_private.h: what the files of form share.
 *
 * form.c has the words and the acts of review and sealing, form_draft.c drawing and versions, form_text.c texts of a
 * list of items with their stimuli and the hash, form_read.c what screens and prints read.
 */
#ifndef KHOACU_SERVER_FORM_PRIVATE_H
#define KHOACU_SERVER_FORM_PRIVATE_H

#include "khoacu/form/form.h"

/* A version in the making, or as it is read. */
struct form_texts {
    int64_t item_ids[FORM_POSITIONS_MAX + FORM_STIMULI_MAX], versions[FORM_POSITIONS_MAX + FORM_STIMULI_MAX];
    size_t count, stimulus_count; /* the stimuli stand behind the items */
    struct bank_version_text *texts;
    size_t *stimulus_of; /* by item: 1 … in the list of stimuli, 0 none */
    size_t unresolved;   /* position of an item whose stimulus is not there; 0: all are */
    const char *sections; /* as JSON; NULL: none */
    uint8_t sha256[32];
    char hex[65];
};
/* Reads the texts of items [0, count), with keys or without. Requires: all are versions of one bank. */
enum err form_texts_read(const struct bank_desk *desk, struct form_texts *texts, bool keys) MUST_CHECK;
/* Finds the stimuli that the items refer to and appends them. Requires: texts are read, without keys. */
enum err form_texts_resolve(const struct bank_desk *desk, int64_t bank_id, struct form_texts *texts) MUST_CHECK;
/* Which item refers to which of the stimuli that stand in the list already. */
enum err form_texts_link(const struct bank_desk *desk, struct form_texts *texts) MUST_CHECK;
enum err form_texts_hash(const struct bank_desk *desk, struct form_texts *texts) MUST_CHECK;

/* The word of SQL as an outcome. */
enum form_outcome form_outcome_of(const char *word);
/* An event about a form. */
enum err form_note(const struct bank_desk *desk, const char *act, int64_t form_id, const char *details) MUST_CHECK;

#endif
