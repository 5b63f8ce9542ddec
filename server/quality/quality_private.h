/* quality_private.h: what the parts of a report share. Used by: quality. */
#ifndef KHOACU_SERVER_QUALITY_PRIVATE_H
#define KHOACU_SERVER_QUALITY_PRIVATE_H

#include "khoacu/quality/quality.h"

#include "khoacu/base/buf.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/form/paper.h"
#include "khoacu/json/json.h"

#define QUALITY_BODY_MAX ((size_t)8 << 20)
#define QUALITY_FORMS_MAX 200
#define QUALITY_ROOMS_MAX 20000
#define QUALITY_VALUES_MAX 100000

struct quality_work {
    struct db *db;
    struct arena *arena; /* the job's */
    const struct score_job *job;
    struct score_progress *progress;
    int64_t cycle_id, run_id; /* run_id 0: about marking */
    struct psych_thresholds thresholds;
    struct crypto_sha256 *hash; /* of the inputs */
    struct buf body;
    struct json_writer writer;
    struct form_cache *papers;
};

/* Adds a line to what the inputs' hash is over. */
void quality_note(struct quality_work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "key": "0.1234", or null of NAN. */
void quality_put(struct json_writer *writer, const char *key, double value);
void quality_put_interval(struct json_writer *writer, const char *low, const char *high, struct psych_interval interval);

/* ---- parts of the report about a list: each writes one member ---- */
enum err quality_forms(struct quality_work *work);
enum err quality_parts(struct quality_work *work);
enum err quality_open(struct quality_work *work);
enum err quality_ties(struct quality_work *work);
/* ---- about marking ---- */
enum err quality_marking_parts(struct quality_work *work);

/* One form as it was sat. */
struct quality_form {
    int64_t form_id;
    const char *code, *shifts;
    size_t persons, room;            /* read so far; places */
    size_t positions;                /* of the form */
    const char **codes, **topics;    /* of the items, by position − 1 */
    double *points, *worth;          /* persons × positions in units of a point; by position */
    uint8_t *cells, *choices;        /* persons × positions */
    uint8_t *options;
    uint32_t *keys;
    float *seconds;                  /* persons × positions: from the answer before; below 0: unknown */
    bool *left_out;                  /* by position: no machine scores it */
    uint32_t *sites;                 /* by person */
    int8_t *passed;                  /* by person: 1, 0; -1: nobody said */
    double *minutes;                 /* by person: to the last answer */
    struct quality_site {
        const char *room, *shift;
        int64_t shift_id;
    } *site_list;
    size_t site_count;
    size_t unscored;
};
enum err quality_form_read(struct quality_work *work, struct quality_form *form);
/* Writes the member "sites". */
enum err quality_sites(struct quality_work *work, const struct quality_form *form);

#endif
