#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <stdio.h>

#include "khoacu/base/banned.h"

#define ARENA_MAX ((size_t)64 << 20)

struct input {
    int64_t summoned, excused;
};

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, summoned, JSON_INT, true, 1, BALLOT_SUMMONED_MAX),
    JSON_FIELD(struct input, excused, JSON_INT, false, 0, BALLOT_SUMMONED_MAX - 1),
    {0},
};

/* The slips, this once, as a file to print. The address is where the officer reached us. */
static enum err print(struct api *api, struct http_request *request, struct http_reply *reply, const struct ballot_slips *slips, int64_t ballot_id) {
    char made_at[25], name[64];
    const char *host = http_header(request, "Host");
    const char *address = arena_printf(request->arena, "%s/bo-phieu", host && *host ? host : "khoacu");
    if (!address)
        return ERR_MEMORY;
    text_format_time(api->now_us, made_at);
    enum err err = ballot_slips_print(slips, address, made_at, &reply->body);
    (void)snprintf(name, sizeof name, "phieu-%016llx.pdf", (unsigned long long)ballot_id);
    if (err == ERR_NONE)
        api_attachment(reply, request, "application/pdf", arena_strdup(request->arena, name));
    return err;
}

void api_ballot_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {0};
    struct ballot_slips slips;
    enum ballot_verdict verdict;
    struct arena arena CLEANUP(arena_release);
    int64_t appointment_id = 0, ballot_id = 0;
    arena_init(&arena, ARENA_MAX);
    if (!api_param_id(request, reply, 0, &appointment_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (input.excused >= input.summoned) {
        struct json_misfits misfits = {0};
        json_misfit_add(request->arena, &misfits, "excused", "range", 0, input.summoned - 1);
        api_invalid(reply, request, &misfits);
        return;
    }
    enum err err = ballot_prepare(api->db, &arena, api->state->config.secret, api->actor.staff_id, appointment_id, (int32_t)input.summoned,
                                  (int32_t)input.excused, api->now_us, &verdict, &ballot_id, &slips);
    if (err == ERR_NONE && verdict != BALLOT_DONE) {
        api_ballot_refuse(reply, request, verdict);
        return;
    }
    if (err == ERR_NONE) {
        err = print(api, request, reply, &slips, ballot_id);
        crypto_wipe((void *)(uintptr_t)slips.codes, slips.count * sizeof *slips.codes);
    }
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
}
