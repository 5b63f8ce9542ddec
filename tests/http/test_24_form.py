"""A form is drawn from the bank by topic: right size, no item twice, only what may be drawn; what is sealed is what was drawn."""

import hashlib
import json

from cycle_data import TOPICS, applied, cycle, items, seal_form
from harness import Server, finish, make_all_roles, step
from vault import Vault, make_live

server = Server()
clients = make_all_roles(server)
officer = clients["item_officer"]
cycle(clients["hr_officer"])
applied(officer.upload("items", items(120), bank="NH-1"), imported=120)
make_live(server, "NH-1")
HALF = [{"topic": topic, "count": 30} for topic in TOPICS]


def draft(code, topics=HALF, bank="NH-1", cycle_code="KT-2026", **more):
    return officer.post(f"/api/v1/cycles/{cycle_code}/forms", {"code": code, "bank": bank, "topics": topics, **more})


def positions(code):
    """What stands in the newest version of a form, from the tables."""
    return server.psql(f"""
        SELECT p.position, i.code, p.version, i.topic
          FROM khoacu.form_draft f JOIN khoacu.form_version_item p USING (form_id) JOIN khoacu.item i USING (item_id)
         WHERE f.code = '{code}' AND p.form_version = khoacu.form_newest(f.form_id) ORDER BY p.position""")


def wrong(reply):
    assert reply.status == 400 and reply.code == "invalid", reply
    return {(e["path"], e["rule"]) for e in reply.json["errors"]}


with step("a form holds so many items of each topic, each once"):
    reply = draft("DE-01")
    assert reply.status == 201 and reply.json["code"] == "DE-01" and reply.json["item_count"] == 60, reply
    assert reply.json["state"] == "draft" and reply.json["version"] == 1, reply
    drawn = positions("DE-01")
    assert [int(row[0]) for row in drawn] == list(range(1, 61)) and len({row[1] for row in drawn}) == 60
    assert [row[3] for row in drawn] == [TOPICS[0]] * 30 + [TOPICS[1]] * 30

with step("its hash is that of the canonical texts, which anybody who has them can compute"):
    contents = {code: {version: content for version, content, _ in versions} for code, versions in Vault(server).items().items()}
    texts = {"items": [[int(n), code, int(version), contents[code][int(version)]] for n, code, version, _ in drawn], "stimuli": []}
    canonical = json.dumps(texts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert reply.json["sha256"] == hashlib.sha256(canonical.encode()).hexdigest(), reply

with step("a draft is no form that could be sat; sealed by two, it is on the cycle's page"):
    progress = lambda: clients["hr_officer"].get("/api/v1/cycles/KT-2026").json["progress"]  # noqa: E731
    assert progress()["forms"] == [] and server.psql("SELECT 1 FROM khoacu.form") == []
    seal_form(clients, reply.json["id"])
    assert [(f["id"], f["sha256"]) for f in progress()["forms"]] == [(reply.json["id"], reply.json["sha256"])], progress()
    assert len(server.psql("SELECT 1 FROM khoacu.form WHERE octet_length(seed) = 32")) == 1
    assert [row[1:3] for row in drawn] == server.psql("""SELECT i.code, p.version FROM khoacu.form_position p
        JOIN khoacu.item i USING (item_id) ORDER BY p.position""")

with step("two draws differ, two draws by the same number do not, though the seeds of their orders do"):
    for code, more in (("DE-02", {}), ("DE-03", {"seed": 7}), ("DE-04", {"seed": 7}), ("DE-05", {"seed": 8})):
        reply = draft(code, **more)
        assert reply.status == 201, reply
        seal_form(clients, reply.json["id"])
    assert positions("DE-01") != positions("DE-02") and positions("DE-03") == positions("DE-04") != positions("DE-05")
    assert server.psql("SELECT count(DISTINCT seed) FROM khoacu.form") == [["5"]]
    assert server.psql("SELECT count(DISTINCT sha256) FROM khoacu.form") == [["4"]]

with step("each seal of a form counts the exposure of its items"):
    assert server.psql("SELECT sum(exposure) FROM khoacu.item") == [["300"]]

with step("a form takes the newest version of an item, and a sealed one keeps what it has"):
    before = positions("DE-01")
    applied(officer.upload("items", items(120).replace("về Hiến pháp", "về Hiến pháp năm 2013"), bank="NH-1"), changed=120)
    assert draft("DE-06").code == "too-few-items", "new versions are drafts, which are not drawn"
    make_live(server, "NH-1")
    assert positions("DE-01") == before
    assert draft("DE-06").status == 201 and {row[2] for row in positions("DE-06")} == {"2"}

with step("a topic with too few items is refused, and each is named"):
    reply = draft("DE-07", topics=[{"topic": TOPICS[0], "count": 199}, {"topic": TOPICS[1], "count": 30}])
    assert reply.status == 400, "200 items and more are no form of 60"
    reply = draft("DE-07", topics=[{"topic": "khong-co", "count": 30}, {"topic": TOPICS[1], "count": 20}, {"topic": "cung-khong", "count": 10}])
    assert reply.status == 409 and reply.code == "too-few-items", reply
    assert [(e["path"], e["rule"], e["max"]) for e in reply.json["errors"]] == [
        ("topics[0].count", "available", 0), ("topics[2].count", "available", 0)], reply
    assert positions("DE-07") == []

with step("a form has the number of questions that the rule pack says"):
    reply = draft("DE-07", topics=[{"topic": TOPICS[0], "count": 59}])
    assert wrong(reply) == {("topics", "total")} and reply.json["errors"][0]["min"] == 60, reply
    assert wrong(draft("DE-07", topics=[{"topic": TOPICS[0], "count": 31}, {"topic": TOPICS[1], "count": 30}])) == {("topics", "total")}

with step("every bad field is named"):
    assert wrong(draft("de", topics=[{"topic": "Luật", "count": 1}, {"topic": "luat", "count": 0}, {"count": 2}], bank="nh")) == {
        ("code", "form"), ("bank", "form"), ("topics[0].topic", "form"), ("topics[1].count", "range"), ("topics[2].topic", "required")}
    assert wrong(draft("DE-07", topics=[])) == {("topics", "count")}
    assert wrong(draft("DE-07", topics=[HALF[0], HALF[0]])) == {("topics[1].topic", "unique")}
    assert wrong(draft("DE-07", seed=-1)) == {("seed", "range")}
    assert wrong(draft("DE-07", topics="all")) == {("topics", "kind")}
    assert wrong(draft("DE-07", bank="KHONG-CO")) == {("bank", "unknown-value")}
    assert wrong(draft("DE-07", topics=None)) == {("topics", "required")}
    assert wrong(draft("DE-07", items=[{"id": "0" * 15 + "1"}])) == {("items", "unknown")}

with step("a code can be used once in a cycle, also by two at once"):
    import threading
    from harness import Client
    assert draft("DE-01").code == "code-taken"
    other, replies = Client(server), []
    other.cookies = dict(officer.cookies)
    send = lambda client: replies.append(client.post("/api/v1/cycles/KT-2026/forms", {"code": "DE-08", "bank": "NH-1", "topics": HALF}))  # noqa: E731
    threads = [threading.Thread(target=send, args=(client,)) for client in (officer, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.status for r in replies) == [201, 409], replies

with step("an unknown cycle is not found; past round 1 there is nothing to draft"):
    assert draft("DE-09", cycle_code="KHONG-CO").status == 404
    server.psql("UPDATE khoacu.cycle SET state = 'round2'")
    reply = draft("DE-09")
    assert reply.status == 409 and reply.code == "cycle-past" and (reply.json["cycle"], reply.json["state"]) == ("KT-2026", "round2"), reply

with step("nobody but item officers drafts"):
    for role in ("administrator", "hr_officer", "examiner", "invigilator", "inspector"):
        reply = clients[role].post("/api/v1/cycles/KT-2026/forms", {"code": "DE-10", "bank": "NH-1", "topics": HALF})
        assert reply.status == 403, (role, reply)

with step("the audit trail has each form's hash and neither items nor seeds"):
    for act, count in (("form.draft", 7), ("form.seal", 10)):
        payloads = [p for (p,) in server.psql(f"SELECT payload FROM khoacu.audit_event WHERE act = '{act}'")]
        assert len(payloads) == count and all('"sha256":"' in p and "C-0" not in p for p in payloads), payloads

finish()
