#include "ballots.h"

#include "khoacu/base/banned.h"

void api_ballot_refuse(struct http_reply *reply, struct http_request *request, enum ballot_verdict verdict) {
    const char *code = NULL, *title = NULL;
    switch (verdict) {
    case BALLOT_DONE:
    case BALLOT_VERDICT_COUNT:
    case BALLOT_NO_CYCLE:
    case BALLOT_NO_POST:
    case BALLOT_NO_APPOINTMENT:
    case BALLOT_NO_BALLOT:
        api_not_found(reply, request);
        return;
    case BALLOT_NO_SLIP:
        api_problem(reply, request, 404, "no-slip", "There is no slip with this code");
        return;
    case BALLOT_NO_BALLOTS:
        code = "no-ballots", title = "The rule pack of this cycle knows no ballots";
        break;
    case BALLOT_NOT_RELEASED:
        code = "not-released", title = "The list of this cycle is not published";
        break;
    case BALLOT_EXISTS:
        code = "already-open", title = "The appointment to this title is open already";
        break;
    case BALLOT_NOT_PASSED:
        code = "not-passed", title = "Somebody named has no place on the list of this title, or stands there twice";
        break;
    case BALLOT_ENDED:
        code = "appointment-ended", title = "This appointment has ended";
        break;
    case BALLOT_UNDER_WAY:
        code = "ballot-under-way", title = "The ballot before has not ended";
        break;
    case BALLOT_CLOSED:
        code = "ballot-closed", title = "This ballot is closed";
        break;
    case BALLOT_NOT_OPEN:
        code = "ballot-not-open", title = "This ballot is not open";
        break;
    case BALLOT_SAME_PERSON:
        code = "same-officer", title = "A ballot is counted by another person than who had the slips made";
        break;
    case BALLOT_TOO_MANY_PRESENT:
        code = "too-many-present", title = "More persons are present than were summoned and not excused";
        break;
    case BALLOT_TOO_MANY_PAPERS:
        code = "too-many-papers", title = "There are more papers than persons present";
        break;
    case BALLOT_NO_NAME:
        code = "no-name", title = "This name does not stand on the ballot";
        break;
    case BALLOT_CAST_ALREADY:
        code = "cast-already", title = "With this slip a paper was cast";
        break;
    case BALLOT_NOT_ASKED:
        code = "not-asked", title = "This ballot does not ask for the head's word";
        break;
    case BALLOT_PICKED_ALREADY:
        code = "picked-already", title = "The head's word is recorded";
        break;
    case BALLOT_NOT_HEAD:
        code = "not-head", title = "The head alone decides here";
        break;
    }
    api_problem(reply, request, 409, code, title);
}
