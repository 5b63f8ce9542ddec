"""An authority brings in a rule pack of its own: on trial, by screen or command; a stored version never changes, a new one is another row."""

import hashlib
import json
import os

from contract import ROOT
from cycle_data import CYCLE, cycle
from harness import Server, finish, make_all_roles, step

server = Server()
clients = make_all_roles(server)
officer = clients["hr_officer"]
with open(os.path.join(ROOT, "server", "cycle", "packs", "CC-2026.json"), encoding="utf-8") as source:
    MODEL = source.read()


def own(version=1, **changes):
    """A pack of one's own: CC-2026 under another id."""
    return {**json.loads(MODEL), "id": "TINH-A", "version": version, **changes}


def bring(pack, dry_run=False):
    data = pack if isinstance(pack, (str, bytes)) else json.dumps(pack, ensure_ascii=False)
    return officer.post(f"/api/v1/packs?dry_run={str(dry_run).lower()}", data=data, content_type="application/json")


def packs(client=officer):
    reply = client.get("/api/v1/packs")
    assert reply.status == 200, reply
    return reply.json["items"]


def versions(identity):
    return [pack["version"] for pack in packs() if pack["id"] == identity]


def faults(reply):
    assert reply.status == 422 and reply.json["outcome"] == "refused" and not reply.json["applied"], reply
    assert all(e["hint_vi"] != e["code"] and e["hint_en"] != e["code"] for e in reply.json["errors"]), reply.json["errors"]
    return {(e["path"], e["code"], e["value"]) for e in reply.json["errors"]}


with step("the list has every pack that comes with the program, with its hash and what it asks of a cycle"):
    listed = {pack["id"]: pack for pack in packs()}
    built_in = {name[:-5] for name in os.listdir(os.path.join(ROOT, "server", "cycle", "packs"))}
    assert set(listed) == built_in and all(p["brought_by"] is None and p["brought_at"] is None and p["cycles"] == 0 for p in listed.values())
    assert listed["CC-2026"]["shares_marks"] and listed["CC-2026"]["deliverable"] and not listed["UPSC-CSE"]["deliverable"]
    assert not listed["LEAD-2424"]["shares_marks"] and listed["LEAD-2424"]["written_max"] == "100.00"

with step("a dry run says what would be stored, and stores nothing"):
    reply = bring(own(), dry_run=True)
    assert reply.status == 200 and reply.json["outcome"] == "imported" and not reply.json["applied"] and reply.json["errors"] == [], reply
    assert versions("TINH-A") == []

with step("the pack is stored with its hash, who brought it in and when"):
    reply = bring(own())
    assert reply.status == 200 and reply.json["applied"] and reply.json["id"] == "TINH-A" and reply.json["version"] == 1, reply
    row = next(pack for pack in packs() if pack["id"] == "TINH-A")
    assert row["sha256"] == reply.json["sha256"] and row["brought_by"] and row["brought_at"] and row["deliverable"], row

with step("its text can be fetched, and has that hash"):
    text = officer.get("/api/v1/packs/TINH-A/1")
    assert text.status == 200 and hashlib.sha256(text.bytes).hexdigest() == row["sha256"] and text.json == own(), text
    assert text.headers["content-disposition"] == 'attachment; filename="TINH-A-1.json"', text.headers
    built_in = officer.get(f"/api/v1/packs/CC-2026/{listed['CC-2026']['version']}")
    assert hashlib.sha256(built_in.bytes).hexdigest() == listed["CC-2026"]["sha256"], built_in
    for path in ("TINH-A/2", "TINH-B/1", "CC-2026/999", "tinh-a/1", "TINH-A/x", "%27/1"):
        assert officer.get("/api/v1/packs/" + path).status == 404, path

with step("the same text again, in whatever order of members, changes nothing"):
    reply = bring(json.dumps(dict(reversed(own().items())), indent=3))
    assert reply.status == 200 and reply.json["outcome"] == "unchanged" and not reply.json["applied"] and versions("TINH-A") == [1], reply

with step("a stored version never changes: another text under its number, or a lower number, is refused"):
    other = own(title={"vi": "Khác", "en": "Other"})
    assert faults(bring(other)) == {("version", "version-not-new", "1")}
    assert bring(own(version=7)).json["applied"]
    assert faults(bring({**other, "version": 6})) == {("version", "version-not-new", "6")}
    assert officer.get("/api/v1/packs/TINH-A/1").json == own() and versions("TINH-A") == [7, 1]

with step("ids of built-in packs are theirs"):
    assert faults(bring({**own(version=9), "id": "CC-2026"})) == {("id", "id-reserved", '"CC-2026"')}

with step("every fault is named by path and value at once, with the remedy in both languages"):
    bad = own(version=8)
    bad["stages"][1]["components"][0]["step"] = "0,25"
    bad["valid"]["from"] = "2026-02-30"
    found = faults(bring(bad))
    assert found == {("valid.from", "date", '"2026-02-30"'), ("stages[1].components[0].step", "number", '"0,25"')}, found
    loose = own(version=8)
    loose["stages"][1]["gates"][0]["on"] = "R2_SUM"
    assert faults(bring(loose)) == {("stages[1].gates[0].on", "unknown-quantity", '"R2_SUM"')}
    assert faults(bring(own(version=8, verzion=1))) == {("verzion", "unknown", "1")}
    reply = bring(bad, dry_run=True)
    assert reply.status == 200 and reply.json["outcome"] == "refused" and len(reply.json["errors"]) == len(found), reply

with step("a tie chain without an end, and one that no cycle here can examine by, are refused"):
    assert ("ties[1]", "manual-ends-the-chain") in {(p, c) for p, c, _ in faults(bring(own(version=8, ties=own()["ties"][:-1])))}
    with open(os.path.join(ROOT, "server", "cycle", "packs", "UPSC-CSE.json"), encoding="utf-8") as source:
        assert {code for _, code, _ in faults(bring({**json.load(source), "id": "AN-DO"}))} == {"not-delivered"}

with step("what is no JSON is refused with the place, what is too long with the limit"):
    broken = faults(bring('{"id": "TINH-A", '))
    assert len(broken) == 1 and next(iter(broken))[:2] == ("byte 17", "syntax"), broken
    assert {code for _, code, _ in faults(bring(own(version=8, title={"vi": "x" * 70000, "en": "x"})))} == {"limit"}
    assert {code for _, code, _ in faults(bring("[" * 5000))} <= {"limit", "syntax"}
    assert {code for _, code, _ in faults(bring("[]"))} == {"kind"}
    assert {code for _, code, _ in faults(bring('{"id": "A", "id": "B"}'))} == {"syntax"}
    assert {code for _, code, _ in faults(bring(b'{"id": "\xff"}'))} == {"syntax"}
    assert versions("TINH-A") == [7, 1]

with step("a cycle takes the newest version, or the one it names, and keeps it when a newer one comes"):
    cycle(officer, code="MOI", pack_id="TINH-A")
    cycle(officer, code="CU", pack_id="TINH-A", pack_version=1)
    bring(own(version=8))
    assert [officer.get(f"/api/v1/cycles/{code}").json["pack_version"] for code in ("MOI", "CU")] == [7, 1]
    assert {(p["version"], p["cycles"]) for p in packs() if p["id"] == "TINH-A"} == {(8, 0), (7, 1), (1, 1)}
    reply = officer.post("/api/v1/cycles", {**CYCLE, "code": "SAI", "pack_id": "TINH-A", "pack_version": 2})
    assert reply.status == 400 and reply.json["errors"][0]["path"] == "pack_version", reply

with step("no role of the database may change or remove a pack"):
    for role in ("khoacu_server", "khoacu_worker"):
        assert server.psql(f"SELECT has_any_column_privilege('{role}', 'khoacu.rule_pack', 'UPDATE') OR has_table_privilege('{role}', 'khoacu.rule_pack', 'DELETE')") == [["f"]]

with step("a list can be tried with it"):
    assert officer.get("/api/v1/cycles/MOI/trials").json["packs"].count("TINH-A") == 1

with step("only HR officers bring packs in; who may read cycles may read packs"):
    for role in ("administrator", "inspector", "invigilator"):
        assert clients[role].post("/api/v1/packs", own(version=9)).status == 403 and packs(clients[role]), role
    assert clients["examiner"].get("/api/v1/packs").status == 403

with step("each import stands in the audit trail with the hash, no dry run does"):
    events = server.psql("SELECT actor, payload FROM khoacu.audit_event WHERE act = 'cycle.pack_import' ORDER BY occurred_at")
    assert [json.loads(payload)["d"]["pack_version"] for _, payload in events] == [1, 7, 8] and all(actor.startswith("staff:") for actor, _ in events), events
    assert json.loads(events[0][1])["d"]["pack_sha256"] == row["sha256"]

with step("a text that an earlier program took and this one does not stands in the list, and in no one's way"):
    server.psql("INSERT INTO khoacu.rule_pack (pack_id, version, body, sha256) VALUES ('XUA', 1, '{}', sha256('{}'))")
    old = next(pack for pack in packs() if pack["id"] == "XUA")
    assert old["valid_from"] is None and not old["deliverable"] and old["sha256"] == hashlib.sha256(b"{}").hexdigest(), old

# ---- the command ----

login = server.psql("SELECT s.login_name FROM khoacu.staff s JOIN khoacu.staff_role r USING (staff_id) WHERE r.role = 'hr_officer' LIMIT 1")[0][0]
path = os.path.join(server.folder, "pack.json")


def command(pack, *arguments, login_name=None):
    with open(path, "w", encoding="utf-8") as file:
        file.write(pack if isinstance(pack, str) else json.dumps(pack, ensure_ascii=False))
    return server.command("pack", "import", path, "--as", login_name or login, *arguments)


with step("the command does the same, on trial and in earnest, and says it again as JSON"):
    status, out, err = command(own(version=9), "--dry-run")
    assert status == 0 and "dry run" in out and 9 not in versions("TINH-A"), (status, out, err)
    status, out, err = command(own(version=9), "--json")
    assert status == 0 and json.loads(out)["applied"] and 9 in versions("TINH-A"), (status, out, err)
    assert command(own(version=9))[:2][0] == 0

with step("it names faults by path and value in both languages and stores nothing"):
    status, out, err = command(loose)
    assert status == 1 and 'stages[1].gates[0].on: ' in out and '"R2_SUM"' in out and "No part or formula" in out and "Không có" in out, (status, out, err)
    assert command("nonsense")[0] == 1
    status, out, err = command(own(version=20, title={"vi": "x" * 10_000_000, "en": "x"}))
    assert status == 1 and "64 KiB" in out and len(out) < 2000, (status, out[:200], err)

with step("it asks for the right that the screen asks for"):
    stranger = server.psql("SELECT s.login_name FROM khoacu.staff s JOIN khoacu.staff_role r USING (staff_id) WHERE r.role = 'examiner' LIMIT 1")[0][0]
    assert command(own(version=10), login_name=stranger)[0] == 2 and command(own(version=10), login_name="nobody")[0] == 2
    assert server.command("pack", "import", path)[0] == 2 and server.command("pack", "import", "/nowhere.json", "--as", login)[0] == 2
    assert server.command("pack")[0] == 2 and server.command("pack", "burn")[0] == 2 and server.command("pack", "--help")[0] == 0

with step("it lists packs, and shows the text of one to begin from"):
    status, out, _ = server.command("pack", "list", "--json")
    assert status == 0 and json.loads(out) == packs()
    status, out, _ = server.command("pack", "list")
    assert status == 0 and "TINH-A" in out and "CC-2026" in out
    assert server.command("pack", "show", "CC-2026")[1] == MODEL
    assert json.loads(server.command("pack", "show", "TINH-A", "--version", "7")[1]) == own(version=7)
    assert server.command("pack", "show", "TINH-B")[0] == 2 and server.command("pack", "show", "TINH-A", "--version", "2")[0] == 2

finish()
