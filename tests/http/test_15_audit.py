"""The audit trail as an inspector reads it, and what no role of the server can do to it. Its places in the public log: test_15_log.py."""

import hashlib
import json
import urllib.parse

from harness import Client, Server, finish, import_officers, make_administrator, step

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = import_officers(administrator, [(f"nguoi.{c}", "Người", "", "inspector") for c in "abcdefg"])
inspector = Client(server).sign_in("nguoi.a", passwords["nguoi.a"])


def pages(path):
    """Events without their places in the public log, which they get some seconds later."""
    return [{name: value for name, value in event.items() if not name.startswith("log_")} for event in inspector.pages(path)]


with step("events come newest first, page by page, each once"):
    whole = pages("/api/v1/audit-events?limit=200")
    paged = pages("/api/v1/audit-events?limit=3")
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
    found = pages(f"/api/v1/audit-events?subject={subject}&limit=2")
    assert found == [e for e in whole if e["subject"] == subject] and len(found) >= 2, found
    assert inspector.get("/api/v1/audit-events?subject=shift:none").json == {"items": [], "next": None, "total": 0}

with step("the trail is read by act, by module, by person and by time, and the filters hold together, page by page"):
    def found(**asked):
        return pages("/api/v1/audit-events?" + urllib.parse.urlencode(asked | {"limit": 2}))

    assert Client(server).post("/api/v1/logins", {"login_name": "quantri", "password": "một câu không phải mật khẩu"}).status == 401
    whole = pages("/api/v1/audit-events?limit=200")
    assert found(act="identity.login_make") == [e for e in whole if e["act"] == "identity.login_make"] != []
    assert found(act="identity") == [e for e in whole if e["act"].startswith("identity.")] != []
    assert found(act="identity.login") == [] and found(act="ident") == [], "half a name is none"
    mine = [e for e in whole if e["actor_name"] == "quantri"]
    assert found(actor="quantri") == mine != [] and found(actor=mine[0]["actor"]) == mine
    assert found(actor="system") == [e for e in whole if e["actor"] == "system"] != [] and found(actor="khong.ai") == []
    middle = whole[len(whole) // 2]["at"]
    assert found(**{"from": middle}) == [e for e in whole if e["at"] >= middle] and found(until=middle) == [e for e in whole if e["at"] < middle]
    own = [e for e in mine if e["subject"] == subject]
    assert found(subject=subject, actor="quantri", act="identity", **{"from": whole[-1]["at"]}) == own
    assert inspector.get(f"/api/v1/audit-events?subject={subject}&actor=quantri").json["total"] == len(own)
    assert inspector.get("/api/v1/audit-events?act=identity&limit=1").json["total"] == len(whole)
    for fault in ("from=hom-nay", "until=2026-11-30"):
        reply = inspector.get("/api/v1/audit-events?" + fault)
        assert reply.status == 400 and reply.json["errors"][0]["path"] == fault.split("=")[0], reply

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
