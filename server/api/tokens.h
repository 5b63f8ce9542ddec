/* tokens.h: log-ins of candidates that this process has seen, so that the loop lane knows who saves without asking the
 * database.
 *
 * A cache: an entry is believed for a quarter of an hour. That is safe because the statement that records a save
 * compares the generation of the sitting, which sign-in elsewhere and sign-out raise; when it answers «revoked», forget
 * the token.
 *
 * Used by: guard, the sign-in handlers, sitting_response_put. Threads: any.
 */
#ifndef KHOACU_SERVER_API_TOKENS_H
#define KHOACU_SERVER_API_TOKENS_H

#include "khoacu/identity/identity.h"

#include <stdbool.h>
#include <stdint.h>

struct api_tokens;
enum err api_tokens_new(struct api_tokens **ret_tokens) MUST_CHECK;
void api_tokens_free(struct api_tokens *tokens);
/* Remembers a candidate's log-in; one without a sitting is not worth it. */
void api_token_remember(struct api_tokens *tokens, const struct identity_actor *actor, int64_t now_us);
/* The actor without name and cycle code, or false. */
bool api_token_find(struct api_tokens *tokens, const uint8_t token_sha256[CRYPTO_SHA256_LEN], int64_t now_us,
                    struct identity_actor *ret_actor);
void api_token_forget(struct api_tokens *tokens, const uint8_t token_sha256[CRYPTO_SHA256_LEN]);

#endif
