#include "khoacu/form/draft.h"

#include "khoacu/base/banned.h"

enum err form_draft(struct db *db, struct arena *arena, const struct form_draft_request *request,
                    enum form_draft_verdict *ret_verdict, struct form_drafted *ret_form) {
    (void)db, (void)arena, (void)request, (void)ret_verdict, (void)ret_form;
    return ERR_STATE;
}
