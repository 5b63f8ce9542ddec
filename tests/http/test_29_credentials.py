"""Rule 6: a certificate in force on the last day of applications stands in for round 1: recorded, seen, without a seat, exempt in the list."""

import json
import os
import subprocess
import tempfile

from cycle_data import applied, cycle
from harness import BINARY, ROOT, Server, finish, step
from result_cycle import CANDIDATES, CYCLE, People, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job

HEAD = "roll_number,credential,issued_on,reference,mark\n"
server = Server()
people = People(server)
hr = people.hr
cycle(hr, code="NEN", pack_id="CC-2024", applications_until="2026-07-21")  # brings the pack in, and is judged a day or two later
make_cycle(server, hr)
server.psql(f"UPDATE khoacu.cycle SET pack_id = 'CC-2024', pack_version = (SELECT max(version) FROM khoacu.rule_pack WHERE pack_id = 'CC-2024') WHERE code = '{CYCLE}'")


def bring(rows, code=CYCLE, dry_run=False):
    return hr.upload("credentials", HEAD + "".join(rows), cycle=code, dry_run=dry_run)


def faults(reply):
    assert reply.status == 422 and not reply.json["applied"], reply
    return {(e["line"], e["column"], e["code"]) for e in reply.json["errors"]}


with step("a cycle says its last day of applications; a day that is none is refused"):
    assert hr.get("/api/v1/cycles/NEN").json["applications_until"] == "2026-07-21" and hr.get(f"/api/v1/cycles/{CYCLE}").json["applications_until"] is None
    reply = hr.post("/api/v1/cycles", {"code": "X1", "title_vi": "a", "title_en": "a", "authority_vi": "a", "authority_en": "a", "notice": "a", "notice_on": "2026-06-01",
                                       "applications_until": "2026-02-30", "pack_id": "CC-2024", "written_max": "60.00", "interview_max": "40.00"})
    assert reply.status == 400 and reply.json["errors"][0]["path"] == "applications_until", reply

with step("without that day no certificate can be judged, and the file is told so"):
    assert faults(bring(["A101,KD,2024-07-20,12/QĐ-BNV,\n"])) == {(0, "applications_until", "required")}
    server.psql(f"UPDATE khoacu.cycle SET applications_until = '2026-07-19' WHERE code = '{CYCLE}'")

with step("an accreditation of 2024-07-20 holds 24 months: good for 2026-07-19 and 2026-07-20, not for 2026-07-21"):
    for until, good in (("2026-07-19", True), ("2026-07-20", True), ("2026-07-21", False), ("2024-07-20", True), ("2024-07-19", False)):
        server.psql(f"UPDATE khoacu.cycle SET applications_until = '{until}' WHERE code = '{CYCLE}'")
        reply = bring(["A101,KD,2024-07-20,12/QĐ-BNV,88\n"], dry_run=True)
        assert reply.status == 200 and (reply.json["faults"] == 0) == good, (until, reply)
        assert good or reply.json["errors"][0]["code"] == "expired", reply
    server.psql(f"UPDATE khoacu.cycle SET applications_until = '2026-07-19' WHERE code = '{CYCLE}'")
    assert server.psql("SELECT count(*) FROM khoacu.credential") == [["0"]]

with step("every fault is named by line and column, and nothing is recorded"):
    assert faults(bring(["A101,KD,2024-07-20,12/QĐ-BNV,88\n", "Z999,KD,2024-07-20,12/QĐ,\n", "A102,TOEIC,2024-07-20,12/QĐ,\n", "A103,KD,2024-02-30,12/QĐ,\n", "A104,KD,2022-01-01,12/QĐ,\n",
                         "A105,KD,2024-07-20,,\n", "B101,KD,2024-07-20,12/QĐ,101\n", "B102,KD,2024-07-20,12/QĐ,tám\n"])) == {
        (4, "credential", "unknown"), (5, "issued_on", "date"), (6, "issued_on", "expired"), (7, "reference", "required"), (8, "mark", "number"), (9, "mark", "number"),
        (3, "roll_number", "unknown")}
    assert faults(bring(["A101,KD,2024-07-20,12/QĐ,\n", "A101,KD,2024-07-21,12/QĐ,\n"])) == {(3, "roll_number", "duplicate")}
    assert server.psql("SELECT count(*) FROM khoacu.credential") == server.psql("SELECT count(*) FROM khoacu.sitting_score") == [["0"]]

with step("recorded, the certificate stands beside the candidate, who needs no seat any more; the same file again changes nothing"):
    before = hr.get(f"/api/v1/cycles/{CYCLE}").json["progress"]["without_seat"]
    good = ["A101,KD,2024-07-20,12/QĐ-BNV,88\n", "B101,KD,2025-11-02,45/QĐ-BNV,\n"]
    applied(bring(good), imported=2)
    applied(bring(good), unchanged=2, imported=0)
    page = {c["roll_number"]: (c["credential"], c["credential_on"]) for c in hr.get(f"/api/v1/cycles/{CYCLE}/candidates?limit=50").json["items"]}
    assert page["A101"] == ("KD", "2024-07-20") and page["B101"] == ("KD", "2025-11-02") and page["A102"] == (None, None), page
    progress = hr.get(f"/api/v1/cycles/{CYCLE}").json["progress"]
    assert progress["waives"] and progress["without_seat"] == before - 2 and progress["round1"]["passed"] == 2, progress
    assert server.psql("SELECT DISTINCT status FROM khoacu.sitting_score") == [["exempt"]]

WITHDRAW, WHY = f"/api/v1/cycles/{CYCLE}/credential-withdrawals", "Quyết định số 12 đã bị hủy"


def decide(who, proposal, login, verdict="confirmed", password=None):
    return who.post(f"/api/v1/credential-withdrawals/{proposal}/decision", {"verdict": verdict, "reason": "đã xem bản gốc", "password": password or people.passwords[login]})


def certificates(q=""):
    return [(c["roll_number"], c["reference"], c["in_force"], c["withdrawal"] and (c["withdrawal"]["decision"] or {"verdict": "waits"})["verdict"])
            for c in people.inspector.get(f"/api/v1/cycles/{CYCLE}/credentials?q={q}").json["items"]]


def scores(roll):
    return server.psql(f"SELECT s.revision, s.status, s.sitting_id FROM khoacu.sitting_score s JOIN khoacu.candidate c ON c.candidate_id = s.candidate_id WHERE c.roll_number = '{roll}' ORDER BY 1")


with step("taking a certificate back is proposed with a reason, about a certificate that is there, once at a time"):
    applied(bring(["C101,KD,2025-01-01,77/QĐ,\n", "C102,KD,2025-01-01,78/QĐ,\n"]), imported=2)
    assert people.inspector.post(WITHDRAW, {"roll_number": "C101", "reason": WHY}).status == 403
    assert hr.post(WITHDRAW, {"roll_number": "C101", "reason": "ngắn"}).json["errors"][0]["path"] == "reason"
    assert hr.post(WITHDRAW, {"roll_number": "A102", "reason": WHY}).json["errors"] == [{"path": "roll_number", "rule": "no-credential"}]
    assert hr.post(WITHDRAW, {"roll_number": "Z999", "reason": WHY}).json["errors"] == [{"path": "roll_number", "rule": "no-credential"}]
    assert hr.post("/api/v1/cycles/KHONG-CO/credential-withdrawals", {"roll_number": "C101", "reason": WHY}).status == 404
    reply = hr.post(WITHDRAW, {"roll_number": "C101", "reason": WHY})
    assert reply.status == 201, reply
    proposal = reply.json["id"]
    assert people.hr2.post(WITHDRAW, {"roll_number": "C101", "reason": WHY}).code == "proposed-before"
    assert certificates()[0] == ("C101", "77/QĐ", True, "waits") and scores("C101") == [["1", "exempt", "0"]]

with step("nobody takes a certificate back alone, nor without her password, nor by SQL"):
    assert decide(hr, proposal, "hr.mot").code == "same-officer"
    assert decide(people.hr2, proposal, "hr.hai", password="sai mật khẩu").code == "wrong-password"
    assert decide(people.inspector, proposal, "thanh.tra").status == 403
    assert decide(people.hr2, "0000000000000001", "hr.hai").status == 404
    assert decide(people.hr2, proposal, "hr.hai", verdict="maybe").json["errors"][0]["path"] == "verdict"
    for role in ("khoacu_server", "khoacu_worker"):
        for table in ("credential_withdrawal", "credential_withdrawal_decision"):
            assert server.psql(f"SELECT has_table_privilege('{role}', 'khoacu.{table}', 'INSERT, DELETE, TRUNCATE') OR has_any_column_privilege('{role}', 'khoacu.{table}', 'UPDATE, INSERT')") == [["f"]]
    number, officer = int(proposal, 16), server.psql("SELECT staff_id FROM khoacu.staff WHERE login_name = 'hr.hai'")[0][0]
    assert server.psql(f"SET ROLE khoacu_server; SELECT khoacu.do_cycle_credential_decide({number}, 'confirmed', 'x', {officer}, 1, now())")[-1] == ["no_password"]
    assert scores("C101") == [["1", "exempt", "0"]]

with step("another officer confirms: the candidate is exempt no longer and needs a seat; what was recorded stays to be seen"):
    before = hr.get(f"/api/v1/cycles/{CYCLE}").json["progress"]
    assert decide(people.hr2, proposal, "hr.hai").status == 204 == decide(people.hr2, proposal, "hr.hai").status
    assert decide(people.hr2, proposal, "hr.hai", verdict="refused").code == "already-decided"
    progress = hr.get(f"/api/v1/cycles/{CYCLE}").json["progress"]
    assert (progress["without_seat"], progress["round1"]["passed"]) == (before["without_seat"] + 1, before["round1"]["passed"] - 1), progress
    assert scores("C101") == [["1", "exempt", "0"], ["2", "void", "0"]] and certificates("C101") == [("C101", "77/QĐ", False, "confirmed")]
    assert {c["roll_number"]: c["credential"] for c in hr.get(f"/api/v1/cycles/{CYCLE}/candidates?limit=50").json["items"]}["C101"] is None
    assert hr.post(WITHDRAW, {"roll_number": "C101", "reason": WHY}).json["errors"] == [{"path": "roll_number", "rule": "no-credential"}]
    acts = [e["act"] for e in people.inspector.get("/api/v1/audit-events?limit=50").json["items"] if e["subject"] == f"credential:{proposal}"]
    assert sorted(acts) == ["cycle.credential_propose", "cycle.credential_withdraw"], acts

with step("the right certificate may follow, as her second; a proposal that is refused leaves one in force"):
    applied(bring(["C101,KD,2025-03-01,79/QĐ,\n"]), imported=1)
    applied(bring(["C101,KD,2025-03-01,79/QĐ,\n"]), unchanged=1, imported=0)
    assert scores("C101")[2] == ["3", "exempt", "0"] and certificates("C101") == [("C101", "77/QĐ", False, "confirmed"), ("C101", "79/QĐ", True, None)]
    proposal = people.hr2.post(WITHDRAW, {"roll_number": "C101", "reason": WHY}).json["id"]
    assert decide(hr, proposal, "hr.mot", verdict="refused").status == 204 and certificates("C101")[1] == ("C101", "79/QĐ", True, "refused")
    assert scores("C101")[-1] == ["3", "exempt", "0"]

with step("who sits after that is counted, which a certificate in force would not let"):
    for roll in ("C101", "C102"):
        proposal = hr.post(WITHDRAW, {"roll_number": roll, "reason": WHY}).json["id"]
        assert roll == "C102" or decide(people.hr2, proposal, "hr.hai").status == 204
    text = open(os.path.join(ROOT, "sql/queries/score.sql"), encoding="utf-8").read().split("-- :score_append\n")[1].split("\nINSERT", 1)[1].split(";")[0]
    ids = ",".join(server.psql(f"SELECT candidate_id FROM khoacu.candidate WHERE roll_number = '{roll}'")[0][0] for roll in ("C101", "C102"))
    items = "{" + ",".join(["125000"] * 60) + "}"
    server.psql(f"""BEGIN; SET ROLE khoacu_worker; PREPARE counting AS INSERT{text};
        EXECUTE counting ('{{{ids}}}', '{{1,1}}', '{{counted,counted}}', '{{45,45}}', '{{60,60}}', 60, now(), '{{5625000,5625000}}', '{{"{items}","{items}"}}', 7500000, 1, 0); COMMIT""")
    assert scores("C101")[-2:] == [["4", "void", "0"], ["5", "counted", "1"]] and scores("C102") == [["1", "exempt", "0"]]
    assert faults(bring(["C101,KD,2025-04-01,80/QĐ,\n"])) == {(2, "roll_number", "locked")}
    late = proposal

with step("a second certificate, or one for somebody who has a result, changes nothing"):
    assert faults(bring(["A101,KD,2025-01-01,99/QĐ,\n"])) == {(2, "roll_number", "locked")}
    count_round1(server, rows=[row for row in CANDIDATES if row[0] not in ("A101", "B101", "C101", "C102")])
    assert faults(bring(["A102,KD,2025-01-01,99/QĐ,\n"])) == {(2, "roll_number", "locked")}

with step("who may not write cycles may not record certificates, and no role of the database may change one"):
    assert people.inspector.upload("credentials", HEAD + good[0], cycle=CYCLE).status == 403
    for role in ("khoacu_server", "khoacu_worker"):
        assert server.psql(f"SELECT has_table_privilege('{role}', 'khoacu.credential', 'INSERT') OR has_table_privilege('{role}', 'khoacu.credential', 'DELETE') OR has_any_column_privilege('{role}', 'khoacu.credential', 'UPDATE')") == [["f"]]
    assert server.psql("SELECT count(*) FROM khoacu.audit_event WHERE act = 'cycle.credentials_import'") == [["5"]]

with step("in the list they are exempt from round 1, which no gate holds against them, and the certificate decides ties by what was reached"):
    open_round2(server, people)
    enter_marks(server, people.markers + [people.third_marker])
    freeze(server, hr)
    assert hr.post(WITHDRAW, {"roll_number": "A101", "reason": WHY}).code == "credentials-closed" == decide(people.hr2, late, "hr.hai").code
    assert wait_for_job(server, hr.post(f"/api/v1/cycles/{CYCLE}/runs", {"cause": "Xếp thứ tự"})) == ("done", "")
    run = hr.get(f"/api/v1/cycles/{CYCLE}/runs").json["items"][0]["id"]
    rows = {r["roll_number"]: r for r in hr.get(f"/api/v1/runs/{run}/decisions?limit=200").json["items"]}
    assert (rows["A101"]["outcome"], rows["A101"]["rank"]) == ("selected", 1) and rows["B101"]["outcome"] == "selected", rows["A101"]
    assert {"step": "part", "verdict": "exempt"}.items() <= rows["A101"]["derivation"][0].items(), rows["A101"]["derivation"][0]
    bundle = server.psql(f"SELECT bundle FROM khoacu.ranking_run WHERE run_id = x'{run}'::bigint")[0][0]
    results = {c["roll_number"]: c.get("results") for c in json.loads(bundle)["inputs"]["candidates"]}
    assert results["A101"] is None or (results["A101"]["R1_GENERAL"], results["A101"]["KD_MARK"]) == ("exempt", 88), results["A101"]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(bundle)
        file.flush()
        assert subprocess.run([BINARY, "verify", file.name], capture_output=True, check=False).returncode == 0

with step("what if: the frozen field is tried by a pack of one's own, under which the certificate stands in for nothing"):
    newest = next(p["version"] for p in hr.get("/api/v1/packs").json["items"] if p["id"] == "CC-2024")
    own = {**hr.get(f"/api/v1/packs/CC-2024/{newest}").json, "id": "TINH-B"}
    own.pop("waivers")
    own["stages"][0]["gates"][0]["share"] = "0.75"
    assert hr.post("/api/v1/packs", own).json["applied"] and "TINH-B" in hr.get(f"/api/v1/cycles/{CYCLE}/trials").json["packs"]
    reply = hr.post(f"/api/v1/cycles/{CYCLE}/trials", {"pack": "TINH-B", "cause": "Thử mức đạt 75 %"})
    assert wait_for_job(server, reply) == ("done", "")
    differing = hr.get(f"/api/v1/runs/{run}/comparison?with={reply.json['trial_id']}")
    assert differing.status == 200 and "A102" in {move["roll_number"] for move in differing.json["moves"]}, differing

finish()
