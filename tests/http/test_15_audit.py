"""The audit trail as an inspector reads it, and what no role of the server can do to it."""

import hashlib
import json

from harness import Client, Server, finish, make_administrator, make_officers, step

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [(f"nguoi.{c}", "Người", "", "inspector") for c in "abcdefg"])
inspector = Client(server).sign_in("nguoi.a", passwords["nguoi.a"])


with step("events come newest first, page by page, each once"):
    whole = inspector.pages("/api/v1/audit-events?limit=200")
    paged = inspector.pages("/api/v1/audit-events?limit=3")
    assert [e["id"] for e in paged] == [e["id"] for e in whole] and len({e["id"] for e in whole}) == len(whole)
    assert [e["at"] for e in whole] == sorted((e["at"] for e in whole), reverse=True)
    assert len(whole) == inspector.get("/api/v1/audit-events").json["total"]

with step("an event is canonical JSON with its hash, and says who, what, when"):
    for event in whole:
        assert hashlib.sha256(event["payload"].encode()).hexdigest() == event["sha256"]
        payload = json.loads(event["payload"])
        assert json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == event["payload"]
        assert payload["v"] == 1 and payload["t"] == event["act"] and payload["actor"] == event["actor"], event
        assert payload["subject"] == event["subject"] and isinstance(payload["at"], int) and isinstance(payload["d"], dict)
    assert {e["actor_name"] for e in whole if e["actor"].startswith("staff:")} == {"quantri", "nguoi.a"}

with step("the events of one subject can be asked for"):
    subject = [e["subject"] for e in whole if e["act"] == "identity.login_make"][0]
    found = inspector.pages(f"/api/v1/audit-events?subject={subject}&limit=2")
    assert found == [e for e in whole if e["subject"] == subject] and len(found) >= 2, found
    assert inspector.get("/api/v1/audit-events?subject=shift:none").json == {"items": [], "next": None, "total": 0}

with step("no role of the program can change or remove an event, nor forge its hash"):
    for role in ("khoacu_server", "khoacu_worker", "khoacu_auditor"):
        for statement in ("UPDATE khoacu.audit_event SET payload = 'x'", "DELETE FROM khoacu.audit_event", "TRUNCATE khoacu.audit_event"):
            try:
                server.psql(f"SET ROLE {role}; {statement}")
                raise AssertionError(f"{role} may {statement}")
            except RuntimeError as refusal:
                assert "permission denied" in str(refusal), refusal
    try:
        server.psql("SET ROLE khoacu_server; INSERT INTO khoacu.audit_event VALUES (1, now(), 'system', 'a.b', 's', NULL, '{}', sha256('x'))")
        raise AssertionError("a false hash was taken")
    except RuntimeError as refusal:
        assert "check constraint" in str(refusal), refusal

with step("an act and its event stand or fall together"):
    server.psql("ALTER TABLE khoacu.audit_event ADD CONSTRAINT full_disk CHECK (act <> 'identity.staff_add') NOT VALID")
    before = server.psql("SELECT count(*) FROM khoacu.staff")
    reply = administrator.upload("officers", "login_name,full_name,unit,roles\nngoai.le,Ngoại Lệ,,examiner\n")
    assert reply.status == 500 and "full_disk" not in reply.text and "audit_event" not in reply.text, reply
    assert server.psql("SELECT count(*) FROM khoacu.staff") == before
    server.psql("ALTER TABLE khoacu.audit_event DROP CONSTRAINT full_disk")

finish()
