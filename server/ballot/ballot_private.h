/* ballot_private.h: what the files of this module share. */
#ifndef KHOACU_SERVER_BALLOT_BALLOT_PRIVATE_H
#define KHOACU_SERVER_BALLOT_BALLOT_PRIVATE_H

#include "khoacu/ballot/ballot.h"
#include "khoacu/cycle/cycle.h"
#include "khoacu/crypto/crypto.h"

#define BALLOT_CODE_LEN 10 /* bytes: 80 bits */
#define BALLOT_SALT_LEN 32

/* The verdict for the word of an SQL function; BALLOT_VERDICT_COUNT: it is none. Every word of success is DONE. */
enum ballot_verdict ballot_verdict_of(const char *outcome);
/* Keyed hash of a slip's code. Its message cannot be that of any other keyed hash of the server. */
void ballot_slip_hmac(const struct identity_secret *secret, const uint8_t code[BALLOT_CODE_LEN], uint8_t out[CRYPTO_SHA256_LEN]);
/* The pack of the cycle of an appointment or ballot; *ret_pack NULL: there is no such thing. */
struct ballot_place {
    const struct cycle_pack *pack;
    struct cycle cycle;
    int32_t step; /* of the ballot */
};
enum err ballot_place_find(struct db *db, struct arena *arena, int64_t id, struct ballot_place *ret_place) MUST_CHECK;

#endif
