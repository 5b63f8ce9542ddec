/* pack_read.h: what the files that read a pack share. */
#ifndef KHOACU_SERVER_CYCLE_PACK_READ_H
#define KHOACU_SERVER_CYCLE_PACK_READ_H

#include "khoacu/cycle/pack.h"

struct pack_reader {
    struct arena *arena;
    struct json_misfits *misfits;
    struct cycle_pack *pack;
};

/* Notes a contradiction at the place where the reader stands. */
void pack_misfit(struct pack_reader *r, const char *name, const char *rule);
/* Sets the prefix of later misfits to "stages[2].gates[0]"-like text; returns the one before. */
const char *pack_enter(struct pack_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pack_leave(struct pack_reader *r, const char *before);
/* {vi, en} */
void pack_read_words(struct pack_reader *r, const char *name, const struct json *value, struct cycle_words *ret_words);
/* A mark "12.50" as hundredths within [min, max]; a share "0.50" likewise. */
void pack_read_mark(struct pack_reader *r, const char *name, const char *text, int64_t min, int64_t max,
                    int64_t *ret_value);
/* A value of a unit: whole for counts, hundredths for marks, at most 7 places for fine marks. */
void pack_read_value(struct pack_reader *r, const char *name, const char *text, enum rank_unit unit, int64_t *ret_value);
/* Copies a code of upper-case letters, digits and '_'. */
void pack_read_code(struct pack_reader *r, const char *name, const char *text, char out[RANK_CODE_SIZE]);
/* The index of a key in a table whose finder gives -1. */
uint8_t pack_read_key(struct pack_reader *r, const char *name, const char *text, int (*find)(const char *));

/* pack_read_stages.c */
void pack_read_stages(struct pack_reader *r, const struct json *stages);
/* pack_read_order.c: priority, the rank key, ties, allocation, the reserve list */
struct raw_order {
    const struct json *priority, *rank, *ties, *allocation, *reserve;
};
void pack_read_order(struct pack_reader *r, const struct raw_order *raw);
/* pack_read_rules.c */
void pack_read_formulas(struct pack_reader *r, const struct json *formulas);
void pack_read_gates(struct pack_reader *r, const struct json *stages); /* and cuts */
/* pack_read_marking.c */
void pack_read_marking(struct pack_reader *r, const struct json *value);
void pack_read_procedures(struct pack_reader *r, const struct json *ballots, const struct json *waivers);

#endif
