/* client.h: a small client of our own HTTP interface, for the demonstration and its simulated people.
 *
 * One connection, one cookie, JSON or CSV in and out, always with the headers that a browser of ours
 * sends. Everything goes to this machine's own server.
 *
 * Used by: main. Uses: libcurl. Threads: one client, one thread.
 */
#ifndef KHOACU_MAIN_CLIENT_H
#define KHOACU_MAIN_CLIENT_H

#include "khoacu/base/arena.h"
#include "khoacu/base/buf.h"
#include "khoacu/base/err.h"
#include "khoacu/json/json.h"

struct client;

/* Once per process, before threads. */
enum err client_global_init(void) MUST_CHECK;
/* `base` like "http://127.0.0.1:40123". */
enum err client_new(const char *base, struct client **ret_client) MUST_CHECK;
void client_free(struct client *client);
/* Drops the cookie: the next call is nobody's. */
void client_forget(struct client *client);

struct client_answer {
    int status;
    const char *text;          /* the body, until the next call */
    size_t len;
    const struct json *json;   /* when the body is JSON; in the client's arena until the next call */
};
/* `type` NULL: no body. ERR_IO when nothing came back, ERR_STATE when the program is to end (command_ending). Any HTTP status is
 * an answer. */
enum err client_call(struct client *client, const char *method, const char *path, const char *type, const char *body, size_t len,
                     struct client_answer *ret_answer) MUST_CHECK;

#endif
