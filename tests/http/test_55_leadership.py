"""Leadership titles by LEAD-2424: who does not start, the written gate, the project that alone decides, the list, four ballots."""

import json
import re
import subprocess
import tempfile

from harness import BINARY, Client, Server, finish, make_officers, secret, step
from result_cycle import People, draw, enter_marks, wait_for_job

server = Server()
people = People(server)
hr, hr2, public, CYCLE = people.hr, people.hr2, Client(server), "LD-2026"
more = make_officers(server, people.administrator, [("da.bon", "Thành viên Bốn", "", "examiner"), ("da.nam", "Thành viên Năm", "", "examiner")])
people.passwords.update(more)
secretary = people.script_officer
members = dict(zip(("cham.mot", "cham.hai", "cham.ba"), people.markers + [people.third_marker]), **{name: Client(server).sign_in(name, more[name]) for name in more})
TITLES = {"TP-TH": "Trưởng phòng Tổng hợp", "TP-KH": "Trưởng phòng Kế hoạch", "TP-TC": "Trưởng phòng Tài chính"}
# roll number: title, written mark, project mark by criterion (writing 40, defence 30, answers 30)
FIELD = {"L101": ("TP-TH", "88.00", ("26", "18", "18")), "L102": ("TP-TH", "55.00", ("34", "23", "23")), "L103": ("TP-TH", "50.00", ("28", "21", "21")),
         "L104": ("TP-TH", "49.50", None), "L201": ("TP-KH", "70.00", ("30", "22", "23")), "L202": ("TP-KH", "60.00", ("15", "15", "15")), "L301": ("TP-TC", None, None)}
PATH = f"/api/v1/cycles/{CYCLE}"
cycle = {"code": CYCLE, "title_vi": "Thi tuyển ba chức danh lãnh đạo (thử)", "title_en": "Three leadership titles (trial)", "authority_vi": "Sở Nội vụ", "authority_en": "Department of Home Affairs",
         "notice": "Thông báo", "notice_on": "2026-08-10", "pack_id": "LEAD-2424", "written_max": "100.00", "interview_max": "100.00", "demonstration": True}
progress = lambda: hr.get(PATH).json["progress"]  # noqa: E731
job = lambda reply: wait_for_job(server, reply)  # noqa: E731

with step("the pack fixes the marks of each part, for the interface and for the table"):
    for written, interview, rule in (("60.00", "40.00", "fixed"), ("100.00", "0.00", "fixed")):
        reply = hr.post("/api/v1/cycles", dict(cycle, written_max=written, interview_max=interview))
        assert reply.status == 400 and reply.json["errors"][0]["rule"] == rule, reply
    assert hr.post("/api/v1/cycles", dict(cycle, pack_id="CC-2026")).json["errors"][0]["rule"] == "sum"
    assert hr.post("/api/v1/cycles", dict(cycle, pack_id="LEAD-GTVT")).json["errors"][0]["rule"] == "fixed"
    reply = hr.post("/api/v1/cycles", cycle)
    assert reply.status == 201, reply
    assert "the pack fixes" in server.psql_fails(f"UPDATE khoacu.cycle SET written_max = 60, interview_max = 40 WHERE code = '{CYCLE}'")

with step("there is no round 1: titles, candidates, then the written part, without the title that has one candidate"):
    assert progress()["next_step"] == "posts" and progress()["without_round1"] and progress()["min_candidates"] == 2
    csv = "post_code,post_title,agency_code,agency_name,quota\n" + "".join(f"{code},{title},SNV,Sở Nội vụ,1\n" for code, title in TITLES.items())
    assert hr.upload("posts", csv, cycle=CYCLE).json["applied"]
    csv = "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n" + "".join(
        f"{roll},Người dự tuyển {roll},1980-01-1{roll[-1]},{title},,SNV\n" for roll, (title, _, _) in FIELD.items())
    assert hr.upload("candidates", csv, cycle=CYCLE).json["applied"]
    assert progress()["next_step"] == "round2"
    assert job(hr.post(PATH + "/round2", {"examiners": ["cham.mot", "cham.hai", "cham.ba"]})) == ("done", "")
    now = progress()
    assert now["next_step"] == "marking" and now["scripts"]["written"]["total"] == 6 and now["scripts"]["interview"]["total"] == 0, now

with step("the written part is marked blind by two; nobody knows who goes on, and nothing of the project opens, before its marks are frozen"):
    draw(server, people.chief, CYCLE, ("written",))
    reply = hr.post(PATH + "/round2", {})
    assert reply.status == 409 and reply.code == "part-unsettled" and reply.json["missing"] == 6, reply
    enter_marks(server, list(members.values()), {roll: (written, None) for roll, (_, written, _) in FIELD.items()})
    assert progress()["next_step"] == "stage"
    assert job(hr.post(PATH + "/marks-freeze", {"reason": "Khóa trước khi mở phần đề án"})) == ("failed", "stage-not-open")
    for role, sql, said in (("worker", "SELECT candidate_id FROM khoacu.do_marking_part_open((SELECT cycle_id FROM khoacu.cycle WHERE code = 'LD-2026'))", "stays closed"),
                            ("worker", "INSERT INTO khoacu.script (blind_id, cycle_id, component, mark_max, mark_step) SELECT 77, cycle_id, 'interview', 100, 1 FROM khoacu.cycle WHERE code = 'LD-2026'", "next stage opens"),
                            ("server", "SELECT candidate_id FROM khoacu.do_marking_part_open(1)", "denied"), ("server", "SELECT outcome FROM khoacu.do_marking_part_freeze(1, 'written', 1)", "denied")):
        refusal = server.psql_fails(f"SET ROLE khoacu_{role}; {sql}")
        assert said in refusal, refusal
    made = people.chief.post(PATH + "/panels", {"code": "DA0", "kind": "project", "room": "1", "chair": "cham.mot", "secretary": "ban.phach", "members": ["cham.hai"], "criteria": [{"title": "a", "mark_max": "100", "mark_step": "1"}]})
    assert made.code == "panel-not-open", made

with step("the next stage opens for those who passed: 50.00 is enough by this pack, 49.50 is not; no written mark changes any more"):
    assert job(hr.post(PATH + "/round2", {})) == ("done", "")
    assert progress()["next_step"] == "marking" and progress()["scripts"]["interview"] == {"total": 5, "marked": 0}
    assert hr.post(PATH + "/round2", {}).code == "already-open"
    refusal = server.psql_fails("""INSERT INTO khoacu.script_settlement (blind_id, revision, source, status, value, why, derivation, settled_at)
        SELECT blind_id, 2, 'marks', 'awarded', 99, 'mean', '{}', now() FROM khoacu.script WHERE component = 'written' LIMIT 1""")
    assert "marks of this part are frozen" in refusal, refusal

CRITERIA = [{"title": "Viết đề án", "mark_max": "40", "mark_step": "0.5"}, {"title": "Bảo vệ", "mark_max": "30", "mark_step": "0.5"}, {"title": "Trả lời", "mark_max": "30", "mark_step": "0.5"}]
panel_body = {"code": "DA1", "kind": "project", "room": "Hội trường", "chair": "cham.mot", "secretary": "ban.phach", "members": ["cham.hai", "cham.ba", "da.bon", "da.nam"], "criteria": CRITERIA}
with step("a panel of 5 to 17; sub-scores that do not make 100 are refused"):
    reply = people.chief.post(PATH + "/panels", dict(panel_body, members=["cham.hai", "cham.ba", "da.bon"]))
    assert reply.code == "panel-too-few", reply
    assert people.chief.post(PATH + "/panels", dict(panel_body, criteria=CRITERIA[:2])).code == "panel-scale"
    assert people.chief.post(PATH + "/panels", dict(panel_body, roll_numbers=["L104"])).code == "panel-unknown-candidate"
    reply = people.chief.post(PATH + "/panels", panel_body)
    assert reply.status == 201 and reply.json["candidates"] == "5", reply
    panel = "/api/v1/panels/" + reply.json["panel_id"]
    assert people.chief.post(panel + "/draw-commitment", {"plan": "Xổ số miền Bắc ngày 30/11/2026"}).status == 200
    assert secretary.post(panel + "/draw", {"entropy": "83415"}).status == 200

with step("each is heard, each member marks each part; the mark is the mean of all"):
    for hearing in secretary.get(panel).json["hearings"]:
        path, values = "/api/v1/hearings/" + hearing["hearing_id"], FIELD[hearing["roll_number"]][2]
        for to in ("called", "presentation", "questions", "marking"):
            reply = secretary.post(path + "/phase", {"to": to, "reason": "Rút ngắn để thử"})
            assert reply.status == 200, (to, reply)
        for client in members.values():
            assert client.put(path + "/marks", {"values": list(values)}).status == 200
    digest = secretary.post(panel + "/minutes", {}).json["detail"]
    for name, client in dict(members, **{"ban.phach": secretary}).items():
        reply = client.post(panel + "/signatures", {"sha256": digest, "password": people.passwords[name]})
        assert reply.status == 200, reply
    assert secretary.get(panel).json["state"] == "closed" and progress()["next_step"] == "freeze"
    told = server.psql("""SELECT l.value, l.derivation FROM khoacu.script_settlement l JOIN khoacu.script_identity i USING (blind_id) JOIN khoacu.candidate c USING (candidate_id)
        WHERE i.component = 'interview' AND c.roll_number = 'L102'""")[0]
    parts = json.loads(told[1])["parts"]
    assert told[0] == "80.00" and [(p["title"], p["max"], p["mean"], len(p["given"])) for p in parts] == [
        ("Viết đề án", "40.00", "34.00", 5), ("Bảo vệ", "30.00", "23.00", 5), ("Trả lời", "30.00", "23.00", 5)], told

with step("the project alone ranks: 88 and 62 loses to 55 and 80; the title with one candidate is not held; the list is published"):
    assert job(hr.post(PATH + "/marks-freeze", {"reason": "Đủ điểm đề án"})) == ("done", "")
    ended = job(hr.post(PATH + "/runs", {"cause": "lần đầu"}))
    assert ended == ("done", ""), ended
    run = hr.get(PATH + "/runs").json["items"][0]["id"]
    decided = {d["roll_number"]: d for d in hr.pages(f"/api/v1/runs/{run}/decisions?limit=50")}
    assert {roll: (d["outcome"], d["rank"]) for roll, d in decided.items()} == {
        "L101": ("not_selected", 3), "L102": ("selected", 1), "L103": ("not_selected", 2), "L104": ("failed", None),
        "L201": ("selected", 1), "L202": ("failed", None), "L301": ("not_held", None)}, decided
    people.freeze_and_sign(run)
    reply = hr.post(f"/api/v1/runs/{run}/release", {})
    assert reply.status == 201, reply

with step("the project's sub-scores stand in the officer's derivation and the candidate's own, on the public list, in its table and in the file that is recomputed"):
    steps = [s for s in decided["L102"]["derivation"] if s["step"] in ("panel", "criterion")]
    assert steps[0] == {"step": "panel", "verdict": "mean", "members": 5, "sum": "400.00", "gap": "0.00", "value": "80.00"}, steps
    assert [(s["title"], s["value"], s["max"]) for s in steps[1:]] == [("Viết đề án", "34.00", "40.00"), ("Bảo vệ", "23.00", "30.00"), ("Trả lời", "23.00", "30.00")]
    assert {"step": "gate", "verdict": "passed", "gate": "D_PASS", "component": "project", "op": "ge", "value": "80.00", "bound": "50.00"} in decided["L102"]["derivation"]
    assert not [s for s in decided["L104"]["derivation"] if s["step"] == "panel"]
    own = public.post(f"/api/v1/releases/{CYCLE}/lookup", {"roll_number": "L102", "birth_date": "1980-01-12"})
    assert own.json["derivation"] == decided["L102"]["derivation"] and "parts" not in own.json["row"], own
    rows = {r["roll_number"]: r for p in public.get(f"/api/v1/releases/{CYCLE}").json["posts"] for r in p["rows"]}
    assert rows["L102"]["parts"] == [{"max": s["max"], "mean": s["value"], "title": s["title"]} for s in steps[1:]] and "parts" not in rows["L104"]
    assert "parts" in rows["L202"], "who failed the project's gate sees what was given"
    csv = public.get(f"/api/v1/releases/{CYCLE}/list.csv").bytes.decode()
    assert "Viết đề án 34,00/40,00; Bảo vệ 23,00/30,00; Trả lời 23,00/30,00" in csv and csv.split("\r\n")[0].endswith("(sub-scores)"), csv
    file = public.get(f"/api/v1/releases/{CYCLE}/list.json").bytes
    inputs = json.loads(file)["inputs"]
    of = {c["roll_number"]: c for c in inputs["candidates"]}
    assert inputs["panels"] == [{"code": "DA1", "component": "D_PROJECT", "kind": "project", "criteria": [{"max": c["mark_max"] + ".00", "title": c["title"]} for c in CRITERIA]}]
    assert of["L102"]["panel"] == {"code": "DA1", "marks": [["34.00", "23.00", "23.00"]] * 5, "way": "mean"} and "panel" not in of["L104"]
    with tempfile.NamedTemporaryFile(suffix=".json") as saved:
        saved.write(file)
        saved.flush()
        done = subprocess.run([BINARY, "verify", saved.name], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
    for role in ("server", "auditor"):
        refusal = server.psql_fails(f"SET ROLE khoacu_{role}; SELECT candidate_id FROM khoacu.do_panel_marks_open((SELECT cycle_id FROM khoacu.cycle WHERE code = 'LD-2026'))")
        assert "denied" in refusal, refusal
    assert "stay closed" in server.psql_fails("SET ROLE khoacu_worker; SELECT candidate_id FROM khoacu.do_panel_marks_open((SELECT cycle_id FROM khoacu.cycle WHERE code = 'GTVT-2026'))")

LIST = PATH + "/appointments"


def ballot(appointment, summoned, present, tally):
    """Prepares, opens, casts and counts one ballot; what the list then says of it."""
    reply = hr.post(f"/api/v1/appointments/{appointment}/ballots", {"summoned": summoned, "excused": 0})
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(reply.bytes)
        file.flush()
        text = subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, text=True, check=True).stdout
    slips = [secret(code, "the code of a slip") for code in re.findall(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}", text)]
    at = hr.get(LIST).json["items"][0]["ballots"][-1]["id"]
    assert hr.post(f"/api/v1/ballots/{at}/open", {}).status == 204
    for choice in [number for number, votes in tally.items() for _ in range(votes)]:
        assert public.post("/api/v1/ballot-papers", {"slip": slips.pop(), "choice": choice}).status == 200
    assert hr2.post(f"/api/v1/ballots/{at}/count", {"present": present}).status == 200
    return hr.get(LIST).json["items"][0]["ballots"][-1]


with step("four ballots follow: 20 summoned, 18 present, 9, 7 and 2; then the bars of each step"):
    assert hr.post(LIST, {"post": "TP-TH", "roll_numbers": ["L104"], "reason": "Không đạt"}).json["errors"][0]["path"] == "roll_numbers[0]"
    reply = hr.post(LIST, {"post": "TP-TH", "roll_numbers": ["L101", "L102", "L103"], "reason": "Kết quả thi tuyển đã công bố"})
    assert reply.status == 201, reply
    first = ballot(reply.json["id"], 20, 18, {2: 9, 1: 7, 3: 2})
    assert first["outcome"] == "fallback" and sorted(first["goes_on"]) == [1, 2], first
    second = ballot(reply.json["id"], 10, 10, {2: 6, 1: 4})
    assert second["outcome"] == "won" and second["goes_on"] == [2]
    assert ballot(reply.json["id"], 20, 18, {2: 10, 0: 8})["outcome"] == "won"
    assert ballot(reply.json["id"], 5, 5, {2: 3, 0: 2})["outcome"] == "won"
    ended = hr.get(LIST).json["items"][0]
    assert ended["state"] == "decided" and ended["chosen"] == "L102", ended

# pack: candidates (title, written mark, marks of the five members of the panel), and what its list says of each: outcome, rank
HELD, GONE, OUT = ("selected", 1), ("failed", None), ("not_held", None)
VARIANTS = {
    "LEAD-LAMDONG": ({"V1": ("T1", "50.00", None), "V2": ("T1", "50.25", (60, 60, 61, 61, 61)), "V3": ("T1", "90.00", (60, 60, 60, 61, 61))}, {"V1": GONE, "V2": HELD, "V3": ("not_selected", 2)}),
    "LEAD-YTE": ({"V1": ("T1", "50.00", (50, 50, 50, 50, 50)), "V2": ("T1", "50.00", (49, 50, 50, 50, 50))}, {"V1": HELD, "V2": GONE}),
    "LEAD-DANANG": ({"V1": ("T1", "60.00", (70, 70, 70, 70, 71)), "V2": ("T1", "60.00", (70, 70, 70, 70, 70)), "V3": ("T1", "40.00", None), "V4": ("T2", None, None), "V5": ("T2", None, None)},
                    {"V1": HELD, "V2": ("not_selected", 2), "V3": GONE, "V4": OUT, "V5": OUT}),
    "LEAD-HUE": ({"V1": ("T1", "60.00", (80, 80, 80, 80, 80)), "V2": ("T1", "60.00", (81, 80, 80, 80, 80))}, {"V1": ("not_selected", 2), "V2": HELD}),
    "LEAD-GTVT": ({"V1": ("T1", None, (71, 72, 73, 74, 75)), "V2": ("T1", None, (10, 95, 95, 95, 68))}, {"V1": HELD, "V2": ("not_selected", 2)}),
}
COMMITTEE = {"committee_size": 5, "committee": ["cham.mot", "cham.hai", "cham.ba", "da.bon"]}


def open_variant(pack, field):
    """Titles and candidates up to the opened project, for which the marks of the written part decide who comes."""
    path = f"/api/v1/cycles/{pack.replace('LEAD', 'BT')}"
    written = pack != "LEAD-GTVT"
    reply = hr.post("/api/v1/cycles", dict(cycle, code=path.split("/")[-1], pack_id=pack, written_max="100.00" if written else "0.00"))
    assert reply.status == 201, (pack, reply)
    titles = "post_code,post_title,agency_code,agency_name,quota\n" + "".join(f"{t},Chức danh {t},SNV,Sở Nội vụ,1\n" for t in sorted({one[0] for one in field.values()}))
    people_csv = "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n" + "".join(f"{r},Người dự {r},1980-01-1{r[-1]},{one[0]},,SNV\n" for r, one in field.items())
    for kind, csv in (("posts", titles), ("candidates", people_csv)):
        assert hr.upload(kind, csv, cycle=path.split("/")[-1]).json["applied"], (pack, kind)
    assert job(hr.post(path + "/round2", {"examiners": ["cham.mot", "cham.hai", "cham.ba"]} if written else {})) == ("done", ""), pack
    if written:
        draw(server, people.chief, path.split("/")[-1], ("written",))
        enter_marks(server, list(members.values()), {roll: (mark, None) for roll, (_, mark, _) in field.items()})
        assert job(hr.post(path + "/round2", {})) == ("done", ""), pack
    return path


def make_panel(pack, path):
    """The panel; what its pack says of its size and of a committee is refused otherwise."""
    body = {"code": "DA1", "kind": "project", "room": "Hội trường", "chair": "cham.mot", "secretary": "ban.phach", "members": ["cham.hai", "cham.ba", "da.bon", "da.nam"],
            "criteria": [{"title": "Đề án", "mark_max": "100", "mark_step": "1"}]}
    make = lambda **more: people.chief.post(path + "/panels", dict(body, **more))  # noqa: E731
    if pack == "LEAD-HUE":
        reply = make(members=[f"gk.{n}" for n in range(17)])
        assert reply.code == "panel-too-many" and reply.json["detail"] == "17", reply
        assert make().code == "panel-committee-size" and make(**dict(COMMITTEE, committee=["ban.phach"])).code == "panel-committee-name"
        reply = make(**dict(COMMITTEE, committee=COMMITTEE["committee"][:3]))
        assert reply.code == "panel-committee" and reply.json["detail"] == "4/5", "70 % of five are four"
        body.update(COMMITTEE)
    else:
        assert make(**COMMITTEE).code == "panel-no-committee"
    reply = make()
    assert reply.status == 201, (pack, reply)
    panel = "/api/v1/panels/" + reply.json["panel_id"]
    assert people.chief.post(panel + "/draw-commitment", {"plan": "Xổ số"}).status == 200 and secretary.post(panel + "/draw", {"entropy": "7"}).status == 200
    return panel


def hear_and_close(pack, panel, field):
    sheet = secretary.get(panel).json
    assert (sheet["present_min"], sheet["questions_least"], sheet["questions_min"]) == ((60, 0, 180) if pack == "LEAD-GTVT" else (45, 60, 90)), sheet
    for hearing in sheet["hearings"]:
        path = "/api/v1/hearings/" + hearing["hearing_id"]
        for to in ("called", "presentation", "questions"):
            assert secretary.post(path + "/phase", {"to": to}).status == 200, (pack, to)
        early = secretary.post(path + "/phase", {"to": "marking"})
        assert early.status == 200 if pack == "LEAD-GTVT" else early.code == "panel-reason", "questions that end before their least time need a reason"
        assert secretary.post(path + "/phase", {"to": "marking", "reason": "Rút ngắn để thử"}).status == 200
        for client, value in zip(members.values(), field[hearing["roll_number"]][2]):
            assert client.put(path + "/marks", {"values": [str(value)]}).status == 200
    digest = secretary.post(panel + "/minutes", {}).json["detail"]
    for name, client in dict(members, **{"ban.phach": secretary}).items():
        assert secretary.get(panel).json["state"] == "minuted", "a panel is not closed while a member is missing"
        assert client.post(panel + "/signatures", {"sha256": digest, "password": people.passwords[name]}).status == 200
    assert secretary.get(panel).json["state"] == "closed"


server.psql("""INSERT INTO khoacu.staff (staff_id, login_name, full_name, password_hash) SELECT 8100 + n, 'gk.' || n, 'GK', '$scrypt$x' FROM generate_series(0, 16) n;
    INSERT INTO khoacu.staff_role SELECT 8100 + n, 'examiner' FROM generate_series(0, 16) n""")
for pack, (field, wanted) in VARIANTS.items():
    with step(f"{pack} from its titles to its list: who starts, the gate, the panel and the project that ranks"):
        path = open_variant(pack, field)
        panel = make_panel(pack, path)
        heard = {h["roll_number"] for h in secretary.get(panel).json["hearings"]}
        assert heard == {roll for roll, one in field.items() if one[2]}, heard
        hear_and_close(pack, panel, field)
        assert job(hr.post(path + "/marks-freeze", {"reason": "Đủ điểm đề án"})) == ("done", "")
        assert job(hr.post(path + "/runs", {"cause": "lần đầu"})) == ("done", "")
        run = hr.get(path + "/runs").json["items"][0]["id"]
        decided = {d["roll_number"]: (d["outcome"], d["rank"]) for d in hr.pages(f"/api/v1/runs/{run}/decisions?limit=50")}
        assert decided == wanted, (pack, decided)
        if pack == "LEAD-HUE":
            minutes = secretary.get(panel + "/minutes.pdf?lang=vi").bytes
            shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=minutes, capture_output=True, check=True).stdout.decode()
            assert "Ban Thường vụ: 4 trong 5 ủy viên tham gia ban." in shown, shown

with step("the audit trail tells when the part was frozen, by whom and over what"):
    acts = [e["act"] for e in people.inspector.pages("/api/v1/audit-events?limit=200")]
    assert acts.count("marking.part_freeze") == 5 and acts.count("result.marking_open") == 11, acts

finish()
