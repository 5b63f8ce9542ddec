/* ballots.h: what the endpoints of ballots share. */
#ifndef KHOACU_SERVER_API_BALLOTS_H
#define KHOACU_SERVER_API_BALLOTS_H

#include "api.h"

#include "khoacu/ballot/ballot.h"

/* Fills the reply for every verdict but DONE. */
void api_ballot_refuse(struct http_reply *reply, struct http_request *request, enum ballot_verdict verdict);

#endif
