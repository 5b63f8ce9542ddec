#include "handlers.h"

#include "khoacu/crypto/sign.h"

#include "khoacu/base/banned.h"

void api_signing_key_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct crypto_sign_key *key = NULL;
    buf_reset(&reply->body);
    enum err err = crypto_sign_open(api->state->config.sign_key, &key);
    if (err == ERR_NONE)
        err = crypto_sign_public(key, &reply->body);
    crypto_sign_free(key);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_attachment(reply, request, "application/x-pem-file", "signing-key.pem");
}
