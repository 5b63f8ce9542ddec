/* mail_private.h: the grammar of mails (RFC 5322, 2045, 2046) as far as reports of delivery need it. */
#ifndef KHOACU_SERVER_DOC_MAIL_PRIVATE_H
#define KHOACU_SERVER_DOC_MAIL_PRIVATE_H

#include "khoacu/doc/mail.h"

enum { MAIL_TYPE_SIZE = 80, MAIL_BOUNDARY_SIZE = 200 };

/* Headers, and what stands behind the first empty line; blank lines in front are passed over. */
void mail_split(struct mail_slice entity, struct mail_slice *ret_headers, struct mail_slice *ret_body);
/* Whether the first line is a field "Name: value". */
bool mail_has_fields(struct mail_slice headers);
/* The value of the first field of that name, unfolded and cleaned; NULL: there is none, or no memory. */
const char *mail_field(struct arena *arena, struct mail_slice headers, const char *name);
/* The same of the next one from *at on. */
const char *mail_field_next(struct arena *arena, struct mail_slice headers, const char *name, size_t *at);
/* The content type without parameters ("text/plain" where there is none) and its boundary, or "". */
void mail_type(struct arena *arena, struct mail_slice headers, char type[MAIL_TYPE_SIZE], char boundary[MAIL_BOUNDARY_SIZE]);
/* The next part of a multipart from *at on. */
bool mail_part(struct mail_slice body, const char *boundary, size_t *at, struct mail_slice *ret_part);
/* Decodes base64 and quoted-printable; other codings, and NULL, stay as they are. */
struct mail_slice mail_decode(struct arena *arena, struct mail_slice body, const char *coding);

#endif
