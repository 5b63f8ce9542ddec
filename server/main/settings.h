/* settings.h: every setting of the program, read once from the environment.
 *
 * A setting is a row of SETTINGS: environment name without the prefix KHOACU_, default, whether its
 * value is a secret, what it means. `khoacu config` prints the table.
 *
 * Used by: main only. Uses: base.
 */
#ifndef KHOACU_MAIN_SETTINGS_H
#define KHOACU_MAIN_SETTINGS_H

#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* X(field, NAME, default, secret, meaning) */
#define SETTINGS(X)                                                                                                    \
    X(db, "DB", "", true, "PostgreSQL to use (libpq connection string); empty: a private cluster under VAR")          \
    X(var, "VAR", "var", false, "folder of the private cluster, secrets and logs")                                    \
    X(listen, "LISTEN", "127.0.0.1:8080", false, "address and port of the web server")                                \
    X(tls_cert, "TLS_CERT", "", false, "file with the certificate and its chain (PEM): LISTEN then speaks HTTPS; empty: HTTP")\
    X(tls_key, "TLS_KEY", "", false, "file with the certificate's private key (PEM)")                                 \
    X(per_address, "CONNECTIONS_PER_ADDRESS", "8192", false, "connections of one address that an event loop takes, 0 to 1000000; 0: no limit")\
    X(request_s, "REQUEST_S", "120", false, "seconds for a request to come whole and its reply to be read, 2 to 3600; slower ones are ended")\
    X(admin_listen, "ADMIN_LISTEN", "127.0.0.1:8081", false, "address and port of /healthz, /readyz and /metrics")    \
    X(secret_file, "SECRET_FILE", "", false, "file with the server's key of 32 bytes; empty: VAR/secret/server.key")  \
    X(bank_key_file, "BANK_KEY_FILE", "", false, "file with the master key of the item banks, 32 bytes; empty: VAR/secret/bank.key") \
    X(sign_key_file, "SIGN_KEY_FILE", "", false, "file with the Ed25519 key that signs documents (PEM); empty: VAR/secret/sign.key, made when missing") \
    X(loops, "LOOPS", "0", false, "event loops (threads that serve connections), 1 to 16; 0: one a processor, at most 4") \
    X(workers, "WORKERS", "8", false, "threads for ordinary requests, each with a database connection, 1 to 64")      \
    X(worker, "WORKER", "on", false, "on: closings, scoring and ranking run inside the server; off: in khoacu worker") \
    X(saves_per_s, "SAVES_PER_S", "50", false, "saves of one candidate a second, with bursts of five times that; 0: no limit")\
    X(drain_s, "DRAIN_S", "0", false, "seconds between SIGTERM and the end of accepting, for a balancer to notice")   \
    X(log_level, "LOG_LEVEL", "info", false, "debug, info, warn or error")                                            \
    X(public_url, "PUBLIC_URL", "", false, "address of the public pages, as QR codes and letters name it (https://thi.example.vn); empty: that of LISTEN") \
    X(smtp_url, "SMTP_URL", "", false, "mail server for letters to candidates (smtp://host:587 with STARTTLS, smtps://host:465); empty: no mail") \
    X(smtp_from, "SMTP_FROM", "", false, "address that letters come from; needed with SMTP_URL")                      \
    X(smtp_return, "SMTP_RETURN", "", false, "address that mail servers return letters to; a * in it stands for the letter (tra+*@example.vn); empty: SMTP_FROM") \
    X(smtp_user, "SMTP_USER", "", false, "name at the mail server; empty: none is given")                             \
    X(smtp_password, "SMTP_PASSWORD", "", true, "password at the mail server")                                        \
    X(smtp_ca, "SMTP_CA_FILE", "", false, "file with the certificates (PEM) that the mail server's rests on; empty: those of the system") \
    X(smtp_tls, "SMTP_TLS", "on", false, "on: the mail server must speak TLS; off: letters may go in the clear (a server on this machine)") \
    X(trusted_proxy, "TRUSTED_PROXY", "", false, "address whose X-Forwarded-For is believed; empty: none")            \
    X(pg_bin, "PG_BIN", "/usr/lib/postgresql/15/bin", false, "folder of initdb and postgres for the private cluster")

struct settings {
#define X(field, name, value, secret, meaning) const char *field;
    SETTINGS(X)
#undef X
    /* the same, checked and parsed */
    char listen_host[64], admin_host[64];
    char public_base[300]; /* PUBLIC_URL or what stands for it, without a slash at its end */
    int listen_port, admin_port;
    int loop_count, worker_count, drain_seconds, save_rate, per_address_max, request_seconds;
    const char *tls_cert_pem, *tls_key_pem; /* NULL until serve has read the files */
    bool worker_inside;
};

/* Reads and checks all. ERR_CONFIG with a sentence that names the setting and the remedy; unknown
 * KHOACU_ variables are an error too, so that a misspelt one is not silently without effect. */
enum err settings_read(struct settings *ret_settings, char *ret_sentence, size_t size) MUST_CHECK;
/* The same for a command that works on the database: with KHOACU_DB empty, `db` becomes the private cluster that a
 * `khoacu serve` runs under VAR. ERR_CONFIG too where there is neither. */
enum err settings_read_database(struct settings *ret_settings, char *ret_sentence, size_t size) MUST_CHECK;
/* The path of the master key of the banks, by its setting or under VAR. */
void settings_bank_key(const struct settings *settings, char *out, size_t size);
/* `khoacu config [--json]`: prints name, value (secrets masked), default and meaning. */
int command_config(int argc, char **argv);

#endif
