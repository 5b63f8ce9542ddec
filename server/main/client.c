#include "client.h"

#include "command.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

enum { BASE_MAX = 120, ANSWER_MAX = 16 << 20, COOKIE_MAX = 400, ARENA_MAX = 64 << 20 };

struct client {
    CURL *curl;
    char base[BASE_MAX + 1];
    char cookie[COOKIE_MAX]; /* "name=value; name=value" or empty */
    struct buf body;
    struct arena arena;
};

enum err client_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? ERR_NONE : ERR_MEMORY;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *ctx) {
    struct buf *body = ctx;
    buf_add(body, bytes, size * count);
    return body->failed ? 0 : size * count;
}

/* A cookie of `len` bytes, "name=value", beside the others; it takes the place of one of the same name. */
static void keep_cookie(struct client *client, const char *cookie, size_t len) {
    char others[COOKIE_MAX] = "";
    size_t name = strcspn(cookie, "=") + 1, at = 0;
    for (const char *one = client->cookie; *one; one += strcspn(one, ";"), one += *one ? 2 : 0)
        if (strncmp(one, cookie, name) != 0)
            at += (size_t)snprintf(others + at, sizeof others - at, "%.*s; ", (int)strcspn(one, ";"), one);
    if (name <= len && at + len < COOKIE_MAX)
        (void)snprintf(client->cookie, COOKIE_MAX, "%s%.*s", others, (int)len, cookie);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *ctx) {
    static const char name[] = "set-cookie:";
    struct client *client = ctx;
    size_t len = size * count;
    if (len > sizeof name && strncasecmp(bytes, name, sizeof name - 1) == 0) {
        const char *start = bytes + sizeof name - 1;
        while (start < bytes + len && *start == ' ')
            start++;
        keep_cookie(client, start, strcspn(start, ";\r\n"));
    }
    return len;
}

enum err client_new(const char *base, struct client **ret_client) {
    size_t len = strlen(base);
    if (len > BASE_MAX)
        return ERR_RANGE;
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return ERR_MEMORY;
    client->curl = curl_easy_init();
    if (!client->curl) {
        free(client);
        return ERR_MEMORY;
    }
    snprintf(client->base, sizeof client->base, "%.*s", (int)(len > 0 && base[len - 1] == '/' ? len - 1 : len), base);
    buf_init(&client->body, ANSWER_MAX);
    arena_init(&client->arena, ARENA_MAX);
    curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &client->body);
    curl_easy_setopt(client->curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(client->curl, CURLOPT_HEADERDATA, client);
    curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, 600L); /* an import hashes a password for each officer, which takes a busy or old machine seconds */
    curl_easy_setopt(client->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "http");
    *ret_client = client;
    return ERR_NONE;
}

void client_abroad(struct client *client) {
    curl_easy_setopt(client->curl, CURLOPT_PROXY, NULL);
    curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "http,https");
}

void client_free(struct client *client) {
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    buf_release(&client->body);
    arena_release(&client->arena);
    free(client);
}

void client_forget(struct client *client) {
    client->cookie[0] = '\0';
}

enum err client_call(struct client *client, const char *method, const char *path, const char *type, const char *body, size_t len,
                     struct client_answer *ret_answer) {
    char url[600], line[COOKIE_MAX + 16];
    if (command_ending())
        return ERR_STATE;
    snprintf(url, sizeof url, "%s/api/v1%s", client->base, path);
    buf_reset(&client->body);
    arena_reset(&client->arena);
    struct curl_slist *headers = curl_slist_append(NULL, "X-Khoacu: 1");
    headers = curl_slist_append(headers, "Expect:");
    if (type) {
        snprintf(line, sizeof line, "Content-Type: %s", type);
        headers = curl_slist_append(headers, line);
    }
    if (client->cookie[0]) {
        snprintf(line, sizeof line, "Cookie: %s", client->cookie);
        headers = curl_slist_append(headers, line);
    }
    curl_easy_setopt(client->curl, CURLOPT_URL, url);
    curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
    if (strcmp(method, "GET") == 0) {
        curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body ? body : "");
        curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE, (long)len);
    }
    CURLcode code = curl_easy_perform(client->curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return ERR_IO;
    long status = 0;
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    *ret_answer = (struct client_answer){.status = (int)status, .text = client->body.data ? client->body.data : "", .len = client->body.len};
    if (client->body.len > 0 && (client->body.data[0] == '{' || client->body.data[0] == '['))
        (void)!json_read(&client->arena, client->body.data, client->body.len, &ret_answer->json, NULL);
    return ERR_NONE;
}
