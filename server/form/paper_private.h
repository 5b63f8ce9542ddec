/* paper_private.h: how a paper lies in memory. Used by: paper.c, paper_read.c. */
#ifndef KHOACU_SERVER_FORM_PAPER_PRIVATE_H
#define KHOACU_SERVER_FORM_PAPER_PRIVATE_H

#include "khoacu/form/paper.h"

/* A stretch of JSON inside the paper's one buffer. */
struct paper_piece {
    uint32_t at, len;
};
/* One item: its members up to the marks, and those of each mark. */
struct paper_item {
    struct paper_piece head;
    struct paper_piece *marks; /* by canonical mark - 1 */
    struct form_gap *gaps;
    size_t gap_count;
    struct form_upload *upload; /* or NULL */
};
struct form_paper {
    int64_t form_id, bank_id;
    struct form_paper *next;
    uint8_t seed[FORM_SEED_LEN];
    size_t count;
    struct form_shape shapes[FORM_POSITIONS_MAX];
    struct paper_item items[FORM_POSITIONS_MAX]; /* by canonical position - 1 */
    struct paper_piece stimuli, parts;           /* the whole arrays */
    const char **media;                          /* what the texts show */
    size_t media_count;
    struct arena arena; /* of marks, gaps, names */
    struct buf texts;
};

/* Fills a paper from a sealed form; its memory is the caller's to end. ERR_DB_NO_ROW: no such form. ERR_STATE: an item that
 * cannot be answered on a screen. */
enum err paper_read(struct bank_vault *vault, struct db *db, int64_t form_id, struct form_paper *paper) MUST_CHECK;

#endif
