#include "api.h"

#include "khoacu/base/banned.h"

/* Which roles hold a permission. tests/tables/permissions.tsv says the same by route, as the running server answers. */
static const unsigned HOLDERS[PERM_COUNT] = {
    [PERM_ACCOUNTS] = IDENTITY_ADMINISTRATOR,
    [PERM_CYCLE_READ] = IDENTITY_ADMINISTRATOR | IDENTITY_HR_OFFICER | IDENTITY_INSPECTOR | IDENTITY_INVIGILATOR,
    [PERM_CYCLE_WRITE] = IDENTITY_HR_OFFICER,
    [PERM_PACK_WRITE] = IDENTITY_HR_OFFICER,
    [PERM_BANK_READ] = IDENTITY_ITEM_OFFICER,
    [PERM_BANK_WRITE] = IDENTITY_ITEM_OFFICER,
    [PERM_BANK_REVIEW] = IDENTITY_ITEM_OFFICER,
    [PERM_FORM_SEAL] = IDENTITY_ITEM_OFFICER,
    [PERM_HALL] = IDENTITY_INVIGILATOR | IDENTITY_HR_OFFICER,
    [PERM_MARK] = IDENTITY_EXAMINER,
    [PERM_MARK_LEAD] = IDENTITY_CHIEF_MARKER,
    [PERM_CHAIR] = IDENTITY_COUNCIL_CHAIR,
    [PERM_PANEL] = IDENTITY_EXAMINER | IDENTITY_SCRIPT_OFFICER | IDENTITY_HR_OFFICER | IDENTITY_CHIEF_MARKER | IDENTITY_COUNCIL_CHAIR,
    [PERM_PANEL_READ] = IDENTITY_EXAMINER | IDENTITY_SCRIPT_OFFICER | IDENTITY_HR_OFFICER | IDENTITY_CHIEF_MARKER | IDENTITY_COUNCIL_CHAIR |
                        IDENTITY_INSPECTOR,
    [PERM_PANEL_MAKE] = IDENTITY_HR_OFFICER | IDENTITY_CHIEF_MARKER,
    [PERM_SCRIPT] = IDENTITY_SCRIPT_OFFICER,
    [PERM_RESULT_READ] = IDENTITY_HR_OFFICER | IDENTITY_INSPECTOR,
    [PERM_RESULT_RUN] = IDENTITY_HR_OFFICER,
    [PERM_RESULT_APPROVE] = IDENTITY_HR_OFFICER,
    [PERM_APPEAL_READ] = IDENTITY_HR_OFFICER | IDENTITY_COUNCIL_CHAIR | IDENTITY_INSPECTOR,
    [PERM_APPEAL_WORD] = IDENTITY_EXAMINER | IDENTITY_CHIEF_MARKER | IDENTITY_COUNCIL_CHAIR,
    [PERM_AUDIT_READ] = IDENTITY_INSPECTOR | IDENTITY_ADMINISTRATOR,
};

static const char *const KEYS[PERM_COUNT] = {[PERM_UNSAID] = "unsaid",
#define X(name, key) [PERM_##name] = key,
                                             API_PERMISSION_TABLE(X)
#undef X
};

const char *api_permission_key(enum api_permission permission) {
    return KEYS[permission];
}

bool api_permitted(const struct identity_actor *actor, enum api_permission permission) {
    switch (permission) {
    case PERM_PUBLIC:
        return true;
    case PERM_CANDIDATE:
        return actor->kind == IDENTITY_CANDIDATE;
    case PERM_OWN:
        return actor->kind == IDENTITY_STAFF;
    case PERM_STAFF:
        return actor->kind == IDENTITY_STAFF && actor->reset_us == 0;
    case PERM_UNSAID:
    case PERM_COUNT:
        return false;
    case PERM_ACCOUNTS:
    case PERM_CYCLE_READ:
    case PERM_CYCLE_WRITE:
    case PERM_PACK_WRITE:
    case PERM_BANK_READ:
    case PERM_BANK_WRITE:
    case PERM_BANK_REVIEW:
    case PERM_FORM_SEAL:
    case PERM_HALL:
    case PERM_MARK:
    case PERM_MARK_LEAD:
    case PERM_CHAIR:
    case PERM_PANEL:
    case PERM_PANEL_READ:
    case PERM_PANEL_MAKE:
    case PERM_SCRIPT:
    case PERM_RESULT_READ:
    case PERM_RESULT_RUN:
    case PERM_RESULT_APPROVE:
    case PERM_APPEAL_READ:
    case PERM_APPEAL_WORD:
    case PERM_AUDIT_READ:
        return actor->kind == IDENTITY_STAFF && actor->reset_us == 0 && (actor->roles & HOLDERS[permission]) != 0;
    }
    return false;
}
