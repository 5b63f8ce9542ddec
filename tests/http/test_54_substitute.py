"""Substitutes of panels: a hearing that lacks a member for conflict or illness is heard all the same, and its panel closes."""

import re
import subprocess

from harness import Client, Server, finish, make_officers, step
from result_cycle import CYCLE, People, count_round1, make_cycle, open_round2

server = Server()
people = People(server)
hr = people.hr
passwords = make_officers(server, people.administrator, [
    ("truong.ban.cham", "Trưởng ban chấm thi", "Sở Nội vụ", "chief_marker"), ("thu.ky", "Thư ký Ban", "Sở Nội vụ", "script_officer"),
    ("pv.truong", "Trưởng ban Phỏng vấn", "Trường Chính trị tỉnh", "examiner"), ("pv.hai", "Thành viên Hai", "Sở Tư pháp", "examiner"),
    ("pv.ba", "Thành viên Ba", "Đại học Luật", "examiner"), ("pv.bon", "Thành viên Bốn", "", "examiner"), ("pv.nam", "Thành viên Năm", " SỞ TÀI CHÍNH ", "examiner")])
head, secretary, chair, two, three, four, five = (Client(server).sign_in(name, passwords[name]) for name in passwords)
make_cycle(server, hr)
count_round1(server)
open_round2(server, people, {"examiners": ["cham.mot", "cham.hai"]})
ROLLS = ["A101", "A102", "A103", "C101"]
reply = hr.post(f"/api/v1/cycles/{CYCLE}/panels", {"code": "PV1", "kind": "interview", "room": "Phòng 201", "chair": "pv.truong", "secretary": "thu.ky", "members": ["pv.hai"],
                                                   "criteria": [{"title": "Hiểu biết", "mark_max": "40", "mark_step": "0.25"}], "roll_numbers": ROLLS})
assert reply.status == 201, reply
panel = "/api/v1/panels/" + reply.json["panel_id"]
appoint = lambda name, client=head, reason="Trưởng ban ốm, pv.hai có người thân dự tuyển", **more: client.post(panel + "/substitutes", {"login_name": name, "reason": reason, **more})  # noqa: E731


def state(roll, client=secretary):
    return next(h for h in client.get(panel).json["hearings"] if h["roll_number"] == roll)


hearing = {roll: "/api/v1/hearings/" + state(roll)["hearing_id"] for roll in ROLLS}


def phase(roll, *steps):
    for to in steps:
        reply = secretary.post(hearing[roll] + "/phase", {"to": to, "reason": "Theo thỏa thuận của ban"})
        if reply.status != 200:
            return reply.code
    return "done"


def hear(roll, *clients):
    assert phase(roll, "called", "preparation", "presentation", "questions", "marking") == "done"
    for client in clients:
        assert client.put(hearing[roll] + "/marks", {"values": ["32"]}).status == 200, roll
    assert (state(roll)["state"], state(roll)["value"]) == ("settled", "32.00"), state(roll)


with step("where no hearing lacks a member no substitute comes"):
    assert appoint("pv.ba").code == "panel-whole" and [h["lacks"] for h in secretary.get(panel).json["hearings"]] == [0] * 4
    assert hr.post(panel + "/draw-commitment", {"plan": "xổ số miền Bắc"}).status == 200 and secretary.post(panel + "/draw", {"entropy": "1"}).status == 200

with step("a conflict in a panel of the least number leaves a hearing that nobody can hold, and an absence one that nobody can confirm"):
    conflict = lambda roll: two.post(panel + "/conflicts", {"hearing_id": hearing[roll][-16:], "reason": "Cháu ruột"})  # noqa: E731
    assert conflict("C101").status == 200 and phase("C101", "called") == "panel-too-few"
    assert secretary.post(hearing["A103"] + "/absences", {"login_name": "pv.truong", "reason": "Nhập viện"}).status == 200
    assert head.post(hearing["A103"] + "/absence-confirmation", {"login_name": "pv.truong"}).code == "panel-too-few"
    assert {roll: state(roll)["lacks"] for roll in ROLLS} == {"A101": 0, "A102": 0, "A103": 1, "C101": 1}

with step("a substitute is appointed by one who makes panels, with a reason: not by a member, not the maker, nobody who sits, no stranger"):
    for client in (secretary, chair, three, people.inspector):
        assert appoint("pv.ba", client).status == 403
    for name, code in (("hr.mot", "panel-maker-sits"), ("pv.hai", "panel-sits-twice"), ("thu.ky", "panel-sits-twice"), ("khong.co", "panel-unknown-person"), ("hr.hai", "panel-not-examiner"),
                       ("truong.ban.cham", "panel-maker-sits")):
        reply = appoint(name)
        assert reply.status == 409 and reply.code == code, (name, reply)
    assert appoint("pv.ba", reason="").json["errors"][0]["path"] == "reason" and appoint("pv.ba", reason=" ").status in (400, 409)
    assert head.post("/api/v1/panels/0000000000000001/substitutes", {"login_name": "pv.ba", "reason": "x"}).status == 404
    assert server.psql("SELECT count(*) FROM khoacu.panel_substitute") == [["0"]]

with step("a substitute sits for the candidates who lack a member, and for none of her own unit"):
    assert five.get(panel).status == 404
    reply = appoint("pv.nam")
    assert reply.status == 200 and reply.json["detail"] == "1", reply
    assert [m["login_name"] for m in state("A103", five)["markers"]] == ["pv.truong", "pv.hai", "pv.nam"], "she sees it at once"
    assert [m["login_name"] for m in state("C101")["markers"]] == ["pv.truong"] and state("C101")["lacks"] == 1, "C101 applied to her unit"
    assert appoint("pv.nam").json["detail"] == "repeated"
    reply = appoint("pv.ba", hr)
    assert reply.status == 200 and reply.json["detail"] == "1", reply
    assert [m["login_name"] for m in state("C101")["markers"]] == ["pv.truong", "pv.ba"]
    members = [(m["login_name"], m["office"], m["substitute"]) for m in three.get(panel).json["members"]]
    assert members == [("thu.ky", "secretary", False), ("pv.truong", "chair", False), ("pv.hai", "member", False), ("pv.nam", "member", True), ("pv.ba", "member", True)], members
    assert [(s["full_name"], s["appointed_by"]) for s in state("A103")["substitutes"]] == [("Thành viên Năm", "Trưởng ban chấm thi")]
    assert [m["login_name"] for m in state("A101")["markers"]] == ["pv.truong", "pv.hai"] and state("A101")["substitutes"] == [], "elsewhere nothing changes"

with step("the hearing that was stuck is held: the absence is confirmed, those who sit mark, the scheme settles"):
    assert appoint("pv.bon").code == "panel-whole"
    assert head.post(hearing["A103"] + "/absence-confirmation", {"login_name": "pv.truong"}).status == 200
    hear("A103", two, five)
    hear("C101", chair, three)
    assert five.put(hearing["C101"] + "/marks", {"values": ["1"]}).code == "panel-office"
    hear("A101", chair, two)

with step("a hearing that has begun takes no substitute: without a mark it waits again and is heard anew"):
    assert phase("A102", "called", "preparation", "presentation", "questions", "marking") == "done" and phase("A102", "waiting") == "panel-state"
    assert conflict("A102").status == 200 and state("A102")["lacks"] == 1
    assert appoint("pv.bon").code == "panel-whole", "whoever did not hear her does not mark her"
    assert secretary.post(hearing["A102"] + "/phase", {"to": "waiting"}).code == "panel-reason" and chair.post(hearing["A102"] + "/phase", {"to": "waiting", "reason": "x"}).code == "panel-office"
    assert phase("A102", "waiting") == "done" and state("A102")["state"] == "waiting" and state("A102")["due_at"] is None
    assert appoint("pv.ba").json["detail"] == "1", "one who is a substitute elsewhere in the panel"
    hear("A102", chair, three)
    refusal = server.psql_fails(f"INSERT INTO khoacu.panel_substitute SELECT x'{hearing['A102'][-16:]}'::bigint, staff_id, 'x', 1, now() FROM khoacu.staff WHERE login_name = 'pv.nam'")
    assert "has begun" in refusal, refusal

with step("the substitutes sign the minutes, which name them and why; then the panel closes and what it gave counts"):
    reply = secretary.post(panel + "/minutes", {})
    assert reply.status == 200 and appoint("pv.bon").code == "panel-closed", reply
    sign = lambda name, client: client.post(panel + "/signatures", {"sha256": reply.json["detail"], "password": passwords[name]})  # noqa: E731
    for name, client in (("thu.ky", secretary), ("pv.truong", chair), ("pv.hai", two), ("pv.ba", three)):
        assert sign(name, client).json["detail"] is None, name
    assert sign("pv.nam", five).json["detail"] == "closed"
    assert server.psql("SELECT count(*), min(value), max(value) FROM khoacu.script_settlement WHERE source = 'panel'") == [["4", "32.00", "32.00"]]
    for lang, words in (("vi", ["Thành viên thay thế: Thành viên Năm, lý do: Trưởng ban ốm", "người cử: Trưởng ban chấm thi", "Chờ nghe lại do thiếu thành viên"]),
                        ("en", ["Substitute member: Thành viên Năm, reason: Trưởng ban ốm", "appointed by: Trưởng ban chấm thi", "To be heard anew"])):
        document = two.get(panel + "/minutes.pdf?lang=" + lang).bytes
        shown = re.sub(r"\s+", " ", subprocess.run(["pdftotext", "-layout", "-", "-"], input=document, capture_output=True, check=True).stdout.decode())
        for word in words:
            assert word in shown, (word, shown)
        assert shown.count("Thành viên thay thế" if lang == "vi" else "Substitute member") >= 7, "in the list, in each hearing of theirs, and where they sign"

with step("each appointment stands in the audit trail, with who made it and why"):
    events = [e for e in people.inspector.pages("/api/v1/audit-events?limit=200") if e["act"] == "panel.substitute"]
    assert sorted((e["actor_name"], e["payload"].split('"substitute":"')[1].split('"')[0]) for e in events) == [("hr.mot", "pv.ba"), ("truong.ban.cham", "pv.ba"), ("truong.ban.cham", "pv.nam")], events
    assert all(e["reason"].startswith("Trưởng ban ốm") and e["subject"] == "panel:" + panel[-16:] for e in events), events

finish()
