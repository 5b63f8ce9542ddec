/* demo_acts.h: the single acts of the demonstration, each one or a few calls of the HTTP interface
 * by the officer who would do it. Every act returns false after demo_fail has put down what went wrong.
 *
 * Used by: demo.c only.
 */
#ifndef KHOACU_MAIN_DEMO_ACTS_H
#define KHOACU_MAIN_DEMO_ACTS_H

#include "client.h"
#include "state.h"

#include "khoacu/base/buf.h"
#include "khoacu/base/random.h"
#include "khoacu/doc/csv.h"
#include "khoacu/json/json.h"

enum { DEMO_OFFICER_MAX = 40 };

struct demo_text {
    const char *bytes;
    size_t len;
};

struct demo_login {
    char name[64], password[64], roles[120];
};

struct demo_cycle {
    const char *code, *title_vi, *title_en, *posts_file, *clock;
    int64_t starts_us, ends_us;
    bool written_only; /* no draw for the interview: a panel hears it */
    int least;         /* percent below which nobody writes; 0: some are weak, a few do not come */
};

struct demo_criterion {
    const char *title, *mark_max;
    int64_t max; /* hundredths, as mark_max */
};

struct demo_panel {
    const char *cycle, *code, *kind, *room;
    int members; /* the first examiners, the first of them in the chair */
    const struct demo_criterion *criteria;
    int criterion_count;
};

struct demo {
    const char *base;
    struct client *client;
    struct client_answer answer;  /* of the last call */
    struct arena arena;
    struct demo_login administrator;
    struct demo_login officers[DEMO_OFFICER_MAX];
    int officer_count;
    struct csv codes;             /* access codes of the cycle issued last */
    char form_id[32], shift_id[32], run_id[32];
    struct random_stream stream;
    char sentence[400];
};

/* Prints the title of a step. */
void demo_step(const char *title);
/* Tells how far a step is: on a terminal at each call, elsewhere after every hundred and at the end. `total` 0: not known, and
 * the next line on a terminal goes over this one. */
void demo_progress(int done, int total, const char *what);
/* Puts down `what` with the last answer's status and body; returns false. */
bool demo_fail(struct demo *demo, const char *what);
/* An embedded file; empty when there is none. */
struct demo_text demo_file(const char *path);

/* Calls that must end with a status below 300; the answer is in demo->answer. The JSON body is begun by demo_open_body, an
 * object, and released here. */
bool demo_call(struct demo *demo, const char *method, const char *path);
void demo_open_body(struct buf *body, struct json_writer *writer);
bool demo_call_json(struct demo *demo, const char *method, const char *path, struct buf *body);

/* Waits until the job of the last answer is done. */
bool demo_wait(struct demo *demo);

bool demo_sign_in(struct demo *demo, struct demo_login login);
/* The nth officer with a role, or NULL. */
const struct demo_login *demo_login_of(const struct demo *demo, const char *role, int nth);
bool demo_sign_in_as(struct demo *demo, const char *role, int nth);

bool demo_import(struct demo *demo, const char *kind, const char *query, struct demo_text csv);
bool demo_import_officers(struct demo *demo);
/* Makes the second item officer a reviewer and assembler of the bank, who accepts and publishes what the first submits. */
bool demo_review_bank(struct demo *demo, const char *bank);
bool demo_create_cycle(struct demo *demo, const struct demo_cycle *cycle);
/* Draws DE-01; the second item officer reviews it; the first and the second seal it. */
bool demo_seal_form(struct demo *demo, const struct demo_cycle *cycle, const char *bank);
bool demo_schedule(struct demo *demo, const struct demo_cycle *cycle);
bool demo_issue_codes(struct demo *demo, const struct demo_cycle *cycle);
bool demo_close_shift(struct demo *demo);
bool demo_open_round2(struct demo *demo, const struct demo_cycle *cycle);
/* The chief marker draws; two examiners mark each script; a third mark, dialogues and decisions where marks stand apart. */
bool demo_mark(struct demo *demo, const struct demo_cycle *cycle);
/* The chief marker, who is signed in, makes a panel. */
bool demo_make_panel(struct demo *demo, const struct demo_panel *made, char panel[17]);
bool demo_freeze_marks(struct demo *demo, const struct demo_cycle *cycle);
/* Ranks; where a tie at a last seat stays unbroken, records a decision of the head and ranks again. */
bool demo_rank(struct demo *demo, const struct demo_cycle *cycle);
bool demo_freeze_list(struct demo *demo);
/* Signature "A" or "B" by the HR officer who is signed in, the nth. */
bool demo_sign_list(struct demo *demo, const char *place, int nth);
bool demo_publish(struct demo *demo);
bool demo_write_logins(struct demo *demo, const struct state *state);

#endif
