#include "http_private.h"

#include <string.h>

#include "khoacu/base/banned.h"

const char *http_query(const struct http_request *request, const char *name) {
    const char *raw = MHD_lookup_connection_value(request->exchange->connection, MHD_GET_ARGUMENT_KIND, name), *text;
    return raw && http_decode(request->arena, raw, strlen(raw), true, &text) ? text : NULL;
}

const char *http_header(const struct http_request *request, const char *name) {
    return MHD_lookup_connection_value(request->exchange->connection, MHD_HEADER_KIND, name);
}

bool http_takes_gzip(const struct http_request *request) {
    const char *takes = http_header(request, "Accept-Encoding"), *at = takes ? strstr(takes, "gzip") : NULL;
    if (!at)
        return false;
    at += strlen("gzip");
    at += strspn(at, " \t");
    if (*at != ';')
        return true;
    at++;
    at += strspn(at, " \t");
    if (strncmp(at, "q=0", 3) != 0)
        return true;
    at += 3;
    at += strspn(at, ".0");
    return *at >= '1' && *at <= '9';
}

/* Cookies are read here and not by the library, whose list of them costs an allocation each. */
const char *http_cookie(const struct http_request *request, const char *name) {
    const char *at = http_header(request, "Cookie");
    size_t len = strlen(name);
    while (at && *at) {
        while (*at == ' ' || *at == ';')
            at++;
        const char *end = strchrnul(at, ';');
        if (strncmp(at, name, len) == 0 && at[len] == '=')
            return arena_strndup(request->arena, at + len + 1, (size_t)(end - at) - len - 1);
        at = end;
    }
    return NULL;
}
