/* client.h: a small client of our own HTTP interface, for the demonstration, its simulated people, and who watches a public log.
 *
 * One connection, one cookie, JSON or CSV in and out, always with the headers that a browser of ours
 * sends. Without client_abroad everything goes to this machine's own server.
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
/* `base` like "http://127.0.0.1:40123", a "/" at its end left out. ERR_RANGE: longer than 120 bytes. */
enum err client_new(const char *base, struct client **ret_client) MUST_CHECK;
/* For a server elsewhere: HTTPS with the machine's trusted authorities, and the proxy of its environment. */
void client_abroad(struct client *client);
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
