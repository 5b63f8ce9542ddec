"""Panels: the order by lot, phases, marks that nobody sees before all are in, gaps, minutes signed by all."""

import hashlib
import json
import re
import subprocess
import tempfile

import sweep
from harness import Client, Server, finish, make_officers, step
from result_cycle import CYCLE, People, count_round1, make_cycle, open_round2

server = Server()
people = People(server)
hr = people.hr
passwords = make_officers(server, people.administrator, [
    ("truong.ban.cham", "Trưởng ban chấm thi", "Sở Nội vụ", "chief_marker"), ("chu.tich", "Chủ tịch Hội đồng", "Ủy ban nhân dân tỉnh", "council_chair"),
    ("thu.ky", "Thư ký Ban", "Sở Nội vụ", "script_officer"), ("pv.truong", "Trưởng ban Phỏng vấn", "Trường Chính trị tỉnh", "examiner"),
    ("pv.hai", "Thành viên Hai", "Sở Tư pháp", "examiner"), ("pv.ba", "Thành viên Ba", "Đại học Luật", "examiner"), ("pv.bon", "Thành viên Bốn", "", "examiner"),
    ("pv.nam", "Thành viên Năm", " SỞ TÀI CHÍNH ", "examiner")])
sign_in = lambda name: Client(server).sign_in(name, passwords[name])  # noqa: E731
head, council, secretary, chair, two, three, four, five = map(sign_in, passwords)
make_cycle(server, hr)
count_round1(server)

CRITERIA = [{"title": "Hiểu biết về vị trí việc làm", "mark_max": "15", "mark_step": "0.25"}, {"title": "Xử lý tình huống", "mark_max": "15.00", "mark_step": "0.50"},
            {"title": "Trình bày, ứng xử", "mark_max": "10", "mark_step": "0.25"}]
MAKE = f"/api/v1/cycles/{CYCLE}/panels"


def make(client=hr, **change):
    body = {"code": "PV1", "kind": "interview", "room": "Phòng 201", "chair": "pv.truong", "secretary": "thu.ky", "members": ["pv.hai", "pv.ba"],
            "criteria": CRITERIA, "roll_numbers": ["A101", "A102", "A103", "A104", "B101", "B102"], **change}
    return client.post(MAKE, {k: v for k, v in body.items() if v is not None})


def as_server(sql):
    """Straight into the database as the server's role, as a program gone wrong would: (ok, output)."""
    try:
        return True, server.psql("SET ROLE khoacu_server; " + sql)
    except Exception as refusal:  # noqa: BLE001
        return False, str(refusal)


with step("there is no panel before round 2 is open"):
    assert make().code == "panel-not-open"
    open_round2(server, people, {"examiners": ["cham.mot", "cham.hai"]})
    dealt = len([s for m in people.markers for s in m.pages("/api/v1/scripts?state=all&limit=200")])
    assert hr.post("/api/v1/cycles/KHONG-CO/panels", {"code": "A", "kind": "interview", "room": "1", "chair": "a", "secretary": "b", "members": [], "criteria": CRITERIA}).status == 404

with step("who cannot sit, what does not add up and who is not in round 2 is named"):
    for change, code, detail in (({"chair": "khong.co"}, "panel-unknown-person", "khong.co"), ({"members": ["pv.hai", "hr.hai"]}, "panel-not-examiner", "hr.hai"),
                                 ({"members": ["pv.hai", "pv.truong"]}, "panel-sits-twice", "pv.truong"), ({"members": []}, "panel-too-few", "2"),
                                 ({"criteria": CRITERIA[:2]}, "panel-scale", "40.00"), ({"secretary": "hr.mot"}, "panel-maker-sits", "hr.mot"),
                                 ({"criteria": [dict(CRITERIA[0], mark_step="0.10"), *CRITERIA[1:]]}, "panel-steps", "0.25"),
                                 ({"roll_numbers": ["A101", "A105"]}, "panel-unknown-candidate", "A105")):
        reply = make(**change)
        assert reply.status == 409 and reply.code == code and reply.json["detail"] == detail, (change, reply)
    for change, path in (({"code": "pv 1"}, "code"), ({"kind": "tea"}, "kind"), ({"members": [7]}, "members[0]"), ({"room": None}, "room"),
                         ({"criteria": [dict(CRITERIA[0], mark_max="x")]}, "criteria[0].mark_max"), ({"criteria": [{"title": "a"}]}, "criteria[0].mark_max")):
        reply = make(**change)
        assert reply.status == 400 and reply.json["errors"][0]["path"] == path, (change, reply)
    assert make(people.inspector).status == 403 and server.psql("SELECT count(*) FROM khoacu.panel") == [["0"]]

with step("a panel is made; its candidates leave the queues of single examiners"):
    reply = make()
    assert reply.status == 201 and reply.json["candidates"] == "6", reply
    panel = "/api/v1/panels/" + reply.json["panel_id"]
    assert make().code == "panel-taken"
    assert make(code="PV9").json["detail"] == "A101" and make(code="PV9").code == "panel-heard-elsewhere"
    left = [s for m in people.markers for s in m.pages("/api/v1/scripts?state=all&limit=200")]
    assert len(left) == dealt - 12 and sum(s["component"] == "interview" for s in left) == dealt // 2 - 12
    reply = make(chair="pv.nam", members=["pv.ba"], code="PV3", roll_numbers=["B103", "C101"])
    assert reply.code == "panel-tied" and reply.json["detail"] == "C101", "one of two works where C101 applied"
    assert make(committee=["pv.hai"]).code == "panel-taken" and make(code="PV3", roll_numbers=["B103"], committee=["pv.hai"]).code == "panel-no-committee"
    reply = make(head, code="PV2", members=["pv.hai", "pv.ba", "pv.nam"], roll_numbers=None)
    assert reply.status == 201 and reply.json["candidates"] == str(dealt // 4 - 6), reply
    second = "/api/v1/panels/" + reply.json["panel_id"]
    assert make(code="PV3", roll_numbers=None).code == "panel-nobody"

with step("it is seen by who sits in it and who oversees, and by nobody else"):
    for client, office in ((chair, "chair"), (two, "member"), (secretary, "secretary"), (hr, None), (council, None), (people.inspector, None)):
        assert client.get(panel).json["office"] == office
    assert four.get(panel).status == 404 and four.get("/api/v1/panels").json["items"] == []
    assert people.administrator.get("/api/v1/panels").status == 403
    assert {row["code"]: row["hearings"] for row in two.get("/api/v1/panels").json["items"]} == {"PV1": 6, "PV2": dealt // 4 - 6}
    for strange in (f"/api/v1/panels/{int(panel[-16:], 16) ^ 1:016x}", "/api/v1/panels/0000000000000001", "/api/v1/panels/x"):
        assert chair.get(strange).status == 404 == four.get(strange).status, "an id that was guessed"
    assert secretary.post("/api/v1/hearings/0000000000000001/phase", {"to": "called"}).status == 404
    sheet = chair.get(panel).json
    assert (sheet["prepare_min"], sheet["present_min"], sheet["questions_min"], sheet["least"]) == (15, 30, 0, 2)

hearings = {h["roll_number"]: "/api/v1/hearings/" + h["hearing_id"] for h in sheet["hearings"]}
phase = lambda path, to, client=secretary, **more: client.post(path + "/phase", {"to": to, **more})  # noqa: E731

with step("the order is drawn from numbers that were named before they fell, by another person, and can be drawn again"):
    assert phase(hearings["A101"], "called").code == "panel-not-drawn"
    assert secretary.post(panel + "/draw", {"entropy": "1"}).code == "panel-state"
    reply = hr.post(panel + "/draw-commitment", {"plan": "Giải đặc biệt xổ số miền Bắc ngày 30/11/2026"})
    assert reply.status == 200, reply
    listed = "".join(roll + "\n" for roll in sorted(hearings))
    commitment = hashlib.sha256(f"khoacu/panel-order/v1\n{CYCLE}\nPV1\nGiải đặc biệt xổ số miền Bắc ngày 30/11/2026\n{listed}".encode()).digest()
    assert reply.json["detail"] == commitment.hex()
    assert hr.post(panel + "/draw-commitment", {"plan": "một nguồn khác"}).code == "panel-state"
    assert hr.post(panel + "/draw", {"entropy": "83415"}).code == "panel-office"
    seed = hashlib.sha256(f"exam/draw/v1\n{CYCLE}\npanel-order/PV1\n".encode() + commitment + b"\n83415").digest()
    reply = secretary.post(panel + "/draw", {"entropy": "83415"})
    assert reply.status == 200 and reply.json["detail"] == seed.hex(), reply
    order, counter = sorted(hearings), 0
    for i in range(len(order), 1, -1):
        while True:
            number = int.from_bytes(hashlib.sha256(seed + b"order" + counter.to_bytes(8, "big")).digest()[:8], "big")
            counter += 1
            if number < 2**64 // i * i:
                break
        order[i - 1], order[number % i] = order[number % i], order[i - 1]
    assert [h["roll_number"] for h in secretary.get(panel).json["hearings"]] == order
    one, middle, wide, lone, gone, sent = (hearings[roll] for roll in order)


def state(path, client=secretary):
    return next(h for h in client.get(panel).json["hearings"] if path.endswith(h["hearing_id"]))


def walk(path, **more):
    for to in ("called", "preparation", "presentation", "questions", "marking"):
        reply = phase(path, to, **(more if to == "called" else {}))
        assert reply.status == 200, (to, reply)


def give(client, path, *values):
    return client.put(path + "/marks", {"values": list(values)})


with step("the secretary alone moves a candidate on, in order, or says why not"):
    assert phase(one, "called", client=chair).code == "panel-office" and phase(one, "called", client=four).status == 404
    assert phase(middle, "called").code == "panel-reason"
    assert phase(one, "presentation").code == "panel-state" and phase(one, "tea").json["errors"][0]["rule"] == "unknown"
    for to in ("called", "preparation"):
        assert phase(one, to).status == 200
    assert phase(one, "preparation").status == 200, "the same request again"
    server.psql(f"UPDATE khoacu.panel_hearing SET due_at = now() - interval '90 s' WHERE hearing_id = x'{one[-16:]}'::bigint")
    assert phase(one, "presentation").code == "panel-reason"
    assert phase(one, "presentation", reason="Máy chiếu hỏng 2 phút").status == 200
    assert state(one)["phases"][-1]["over_s"] >= 90 and state(one)["phases"][-1]["reason"] == "Máy chiếu hỏng 2 phút"
    assert phase(middle, "called").status == phase(middle, "preparation").status == 200, "the next one prepares meanwhile"
    assert phase(middle, "presentation").code == "panel-busy"
    assert give(two, one, "1", "1", "1").code == "panel-state"
    for to in ("questions", "marking"):
        assert phase(one, to).status == 200

with step("a mark off its scale or step, or none for a criterion, is named"):
    for values, path, rule in ((("15.25", "1", "1"), "values[0]", "range"), (("15", "1.25", "1"), "values[1]", "step"), (("1", "1", "0.1"), "values[2]", "step"),
                               (("1", "x", "1"), "values[1]", "number"), (("1", "-1", "1"), "values[1]", "number"), (("NaN", "1", "1"), "values[0]", "number"), ((1, "1", "1"), "values[0]", "kind")):
        reply = give(two, one, *values)
        assert reply.status == 400 and reply.json["errors"][0]["path"] == path and reply.json["errors"][0]["rule"] == rule, (values, reply)
    assert give(two, one, "1", "1").code == "panel-criteria"
    assert give(secretary, one, "1", "1", "1").code == "panel-office" and give(four, one, "1", "1", "1").status == 404 and give(hr, one, "1", "1", "1").status == 404

with step("nobody sees a mark before all are in: not through the interface, not by SQL as the server's role"):
    assert give(two, one, "12,75", "11.50", "7.75").status == 200
    assert give(three, one, "11.5", "11.50", "8").status == 200
    for client in (chair, two, three, secretary, hr, head, council, people.inspector):
        seen = client.get(panel)
        shown = state(one, client)
        assert [m["marks"] for m in shown["markers"]] == [None] * 3 and [m["total"] for m in shown["markers"]] == [None] * 3 and shown["state"] == "marking"
        assert '"12.75"' not in seen.text and [bool(m["final_at"]) for m in shown["markers"]] == [False, True, True]
    for sql in ("SELECT value FROM khoacu.panel_mark", f"SELECT total FROM khoacu.panel_totals(x'{one[-16:]}'::bigint)", "SELECT mean FROM khoacu.panel_judge(1)"):
        ok, said = as_server(sql)
        assert not ok and "denied" in said, (sql, said)
    assert server.psql(f"SET ROLE khoacu_server; SELECT count(*) FROM khoacu.do_panel_facts(x'{one[-16:]}'::bigint)") == [["0"]]

with step("nor is it in anything that anybody is sent, nor in any column that a role may read"):
    clients = {"chair": chair, "two": two, "three": three, "four": four, "secretary": secretary, "hr": hr, "head": head, "council": council, "inspector": people.inspector,
               "administrator": people.administrator, "marker": people.markers[0], "public": Client(server)}
    found, read = sweep.sent(clients, {"id": [panel[-16:], one[-16:]], "code": [CYCLE], "cycle_code": [CYCLE], "blind_id": [one[-16:]]}, ("12.75", "12,75", "7.75", "7,75"))
    assert not found and read > 150, (found, read)
    for role in ("khoacu_server", "khoacu_worker", "khoacu_auditor"):
        assert sweep.readable(server, role, ("12.75", "7.75")) == [], role

with step("what a member declared final stays: the same again is answered as the first, another is refused"):
    assert give(two, one, "12.75", "11.5", "7.75").json["detail"] == "repeated"
    assert give(two, one, "13", "11.5", "8").code == "panel-final"
    assert secretary.post(panel + "/minutes", {}).json["detail"] == "6"

with step("the last mark opens them to all at once, and the mean counts where the gap is small"):
    assert give(chair, one, "12", "11.5", "8.5").status == 200
    shown = state(one, two)
    assert sweep.sent({"two": two}, {"id": [panel[-16:], one[-16:]]}, ("12.75",))[0], "now it is found"
    assert [m["marks"] for m in shown["markers"]] == [["12.00", "11.50", "8.50"], ["12.75", "11.50", "7.75"], ["11.50", "11.50", "8.00"]]
    assert (shown["state"], shown["why"], shown["gap"], shown["value"]) == ("settled", "mean", "1.00", "31.70"), shown
    assert "31,7" in shown["sentence_vi"].replace(".", ",") and shown["sentence_en"]

with step("a gap above 5 asks for a dialogue that all have signed, then for the head's word"):
    for to in ("presentation", "questions", "marking"):
        assert phase(middle, to).status == 200
    for client, last in ((chair, "9"), (two, "9"), (three, "3")):
        assert give(client, middle, "10", "10", last).status == 200
    assert state(middle)["next"] == "dialogue" and state(middle)["gap"] == "6.00"
    assert head.post(middle + "/decision", {"value": "27", "reason": "x"}).code == "panel-state"
    assert two.post(middle + "/dialogue", {"minutes": "x"}).code == "panel-office"
    for agreed, rule in (("40.25", "range"), ("27.33", "step")):
        assert secretary.post(middle + "/dialogue", {"minutes": "x", "agreed": agreed}).json["errors"][0] == {"path": "agreed", "rule": rule}
    assert secretary.post(middle + "/dialogue", {"minutes": "Ba thành viên trao đổi về tiêu chí 3."}).status == 200
    shown = state(middle)
    assert shown["next"] == "minutes", shown
    sign = lambda client, name, digest, **more: client.post(panel + "/signatures", {"sha256": digest, "password": passwords[name], **more})  # noqa: E731
    digest, hearing_id = shown["dialogue"]["sha256"], middle[-16:]
    assert sign(two, "pv.hai", "0" * 64, hearing_id=hearing_id).code == "panel-other-text"
    for client, name in ((chair, "pv.truong"), (two, "pv.hai"), (three, "pv.ba")):
        assert state(middle)["next"] == "minutes"
        assert sign(client, name, digest, hearing_id=hearing_id).status == 200
    assert state(middle)["next"] == "head"
    assert chair.post(middle + "/decision", {"value": "27", "reason": "x"}).code == "panel-office"
    assert head.post(middle + "/decision", {"value": "27.10", "reason": "x"}).json["errors"][0]["rule"] == "step"
    assert head.post(middle + "/decision", {"reason": "Vượt thẩm quyền"}).status == 200 and state(middle)["next"] == "chair"
    assert head.post(middle + "/decision", {"value": "27", "reason": "x"}).code == "panel-office"
    assert council.post(middle + "/decision", {"value": "27", "reason": "Theo biên bản đối thoại"}).status == 200
    assert (state(middle)["state"], state(middle)["value"], state(middle)["why"]) == ("settled", "27.00", "chair")

with step("a gap of 10 and more goes to the chair of the council"):
    walk(wide)
    for client, first in ((chair, "15"), (two, "15"), (three, "5")):
        assert give(client, wide, first, "10", "5").status == 200
    assert state(wide)["next"] == "chair" and head.post(wide + "/decision", {"value": "27", "reason": "x"}).code == "panel-office"
    assert council.post(wide + "/decision", {"value": "28.50", "reason": "Đã nghe ghi âm"}).status == 200 and state(wide)["value"] == "28.50"

with step("who declared a conflict does not mark, and too few members hear nobody"):
    reply = three.post(panel + "/conflicts", {"hearing_id": lone[-16:], "reason": "Cháu ruột"})
    assert reply.status == 200 and three.post(panel + "/conflicts", {"hearing_id": lone[-16:], "reason": "Cháu ruột"}).json["detail"] == "repeated"
    assert two.post(panel + "/conflicts", {"hearing_id": lone[-16:], "login_name": "pv.truong", "reason": "x"}).code == "panel-office"
    assert two.post(panel + "/conflicts", {"hearing_id": one[-16:], "reason": "x"}).code == "panel-state"
    assert hr.post(panel + "/conflicts", {"hearing_id": lone[-16:], "login_name": "pv.bon", "reason": "x"}).code == "panel-unknown-person"
    assert make(code="PV8", roll_numbers=["A101"]).status == 409
    walk(lone)
    assert give(three, lone, "1", "1", "1").code == "panel-conflict"
    ok, said = as_server(f"INSERT INTO khoacu.panel_mark VALUES (x'{lone[-16:]}'::bigint, 1, 1, 1, now())")
    assert not ok and "denied" in said

with step("an absence counts when another has confirmed it, and never leaves fewer than the scheme asks for"):
    absent = lambda client, path, name, **more: client.post(lone + path, {"login_name": name, **more})  # noqa: E731
    assert absent(two, "/absences", "pv.hai", reason="x").code == "panel-office"
    assert absent(secretary, "/absences", "pv.bon", reason="x").code == "panel-unknown-person"
    assert absent(chair, "/absence-confirmation", "pv.hai").status == 404
    assert absent(secretary, "/absences", "pv.hai", reason="Ốm đột xuất").status == 200
    assert absent(secretary, "/absence-confirmation", "pv.hai").code == "panel-office"
    assert absent(chair, "/absence-confirmation", "pv.hai").code == "panel-too-few"
    assert give(chair, lone, "12", "12", "8").status == give(two, lone, "12.25", "12", "8").status == 200
    assert (state(lone)["state"], state(lone)["value"], len(state(lone)["markers"])) == ("settled", "32.10", 2), state(lone)

with step("a candidate who is absent or suspended has no mark, and the reason is kept"):
    assert phase(gone, "absent").code == "panel-reason"
    assert phase(gone, "absent", reason="Gọi ba lần không có mặt").status == 200 and state(gone)["status"] == "absent"
    assert phase(sent, "called").status == 200 and phase(sent, "suspended", reason="Mang tài liệu").status == 200

with step("the minutes are fixed when all is settled; each signs the same text with a password, nobody for another"):
    assert chair.post(panel + "/minutes", {}).code == "panel-office"
    reply = secretary.post(panel + "/minutes", {})
    assert reply.status == 200, reply
    digest = reply.json["detail"]
    assert secretary.post(panel + "/minutes", {}).json["detail"] == "repeated"
    text = server.psql(f"SELECT minutes FROM khoacu.panel WHERE panel_id = x'{panel[-16:]}'::bigint")[0][0]
    assert hashlib.sha256(text.encode()).hexdigest() == digest == chair.get(panel).json["minutes_sha256"]
    assert give(two, one, "1", "1", "1").code == "panel-closed" and phase(one, "called").code == "panel-closed"
    assert sign(chair, "pv.hai", digest).code == "wrong-password"
    assert sign(chair, "pv.truong", "f" * 64).code == "panel-other-text"
    assert sign(chair, "pv.truong", digest, excused="pv.hai", reason="x").code == "panel-office"
    assert sign(chair, "pv.truong", digest, excused="pv.hai").json["errors"][0]["path"] == "reason"
    assert sign(hr, "pv.truong", digest).status in (403, 429)
    ok, said = as_server(f"SELECT outcome FROM khoacu.do_panel_sign(x'{panel[-16:]}'::bigint, (SELECT staff_id FROM khoacu.staff WHERE login_name = 'pv.hai'), 'minutes', '\\x{digest}', NULL, NULL, 4711)")
    assert ok and said[-1] == ["forbidden"], said
    for client, name in ((chair, "pv.truong"), (two, "pv.hai"), (secretary, "thu.ky")):
        reply = sign(client, name, digest)
        assert reply.status == 200 and reply.json["detail"] is None, reply
    assert sign(two, "pv.hai", digest).json["detail"] == "repeated"
    assert chair.get(panel).json["state"] == "minuted" and server.psql("SELECT count(*) FROM khoacu.script_settlement") == [["0"]]

with step("the head may excuse who cannot sign; the last signature closes the panel, and what it gave counts"):
    reply = sign(head, "truong.ban.cham", digest, excused="pv.ba", reason="Đang nằm viện")
    assert reply.status == 200 and reply.json["detail"] == "closed", reply
    rows = server.psql("""SELECT c.roll_number, l.source, l.status, l.value, l.why FROM khoacu.script_settlement l
        JOIN khoacu.script_identity i USING (blind_id) JOIN khoacu.candidate c USING (candidate_id)""")
    wanted = {order[0]: ("awarded", "31.70", "mean"), order[1]: ("awarded", "27.00", "chair"), order[2]: ("awarded", "28.50", "chair"),
              order[3]: ("awarded", "32.10", "mean"), order[4]: ("absent", "", "absent"), order[5]: ("suspended", "", "suspended")}
    assert {row[0]: tuple(row[2:]) for row in rows} == wanted and {row[1] for row in rows} == {"panel"}, rows
    assert sign(three, "pv.ba", digest).json["detail"] == "repeated"
    assert phase(one, "called").code == "panel-closed"

with step("the minutes are a PDF with every mark, every signature and page numbers"):
    assert four.get(panel + "/minutes.pdf").status == 404 and two.get(second + "/minutes.pdf").status == 404
    assert two.get(panel + "/minutes.pdf?lang=xx").status == 400
    for lang, words in (("vi", ["BIÊN BẢN", "31,70", "Máy chiếu hỏng 2 phút", "Cháu ruột", "Đã ký điện tử lúc", "Đang nằm viện", digest, "83415", "Trang 1/"]),
                        ("en", ["MINUTES OF THE PANEL", "31.70", "Signed electronically at", "Page 1 of"])):
        reply = two.get(panel + "/minutes.pdf?lang=" + lang)
        assert reply.status == 200 and reply.bytes.startswith(b"%PDF"), reply
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(reply.bytes)
            file.flush()
            shown = re.sub(r"\s+", " ", subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, check=True).stdout.decode())
        for word in words:
            assert word in shown.replace(digest[:32] + " " + digest[32:], digest), (word, shown)

with step("a member of the unit to which a candidate applied does not mark her, whoever asks; the minutes will say why"):
    assert hr.post(second + "/draw-commitment", {"plan": "xổ số"}).status == 200 and secretary.post(second + "/draw", {"entropy": "1"}).status == 200
    others = {h["roll_number"]: h for h in secretary.get(second).json["hearings"]}
    for roll, hearing in others.items():
        tied = [(c["login_name"], c["why"], c["reason"]) for c in hearing["conflicts"]]
        assert tied == ([("pv.nam", "unit", None)] if roll[0] == "C" else []), hearing
        assert [m["login_name"] for m in hearing["markers"]] == ["pv.truong", "pv.hai", "pv.ba"] + ([] if tied else ["pv.nam"]), hearing
    path = {roll: "/api/v1/hearings/" + hearing["hearing_id"] for roll, hearing in others.items()}

    def heard(roll):
        return next(h for h in secretary.get(second).json["hearings"] if h["roll_number"] == roll)

    def lead(roll):
        for to in ("called", "preparation", "presentation", "questions", "marking"):
            reply = phase(path[roll], to, reason="Gọi theo thỏa thuận của ban")
            assert reply.status == 200, (to, reply)
    lead("C101")
    assert give(five, path["C101"], "1", "1", "1").code == "panel-conflict"
    refusal = server.psql_fails(f"""INSERT INTO khoacu.panel_mark SELECT x'{path["C101"][-16:]}'::bigint, staff_id, 1, 1, now() FROM khoacu.staff WHERE login_name = 'pv.nam'""")
    assert "without a conflict of interest" in refusal, refusal
    server.psql("UPDATE khoacu.staff SET unit = 'Nơi khác' WHERE login_name = 'pv.nam'")
    assert give(five, path["C101"], "1", "1", "1").code == "panel-conflict", "a unit that changes later changes nothing"
    for client in (chair, two, three):
        assert give(client, path["C101"], "12", "12", "8").status == 200
    assert (heard("C101")["state"], heard("C101")["value"]) == ("settled", "32.00")

with step("a pack that trims drops the highest and the lowest of a panel; a veto of the majority comes before every sum"):
    pack = json.loads(server.psql("SELECT body FROM khoacu.rule_pack WHERE pack_id = 'CC-2026'")[0][0])
    scheme = next(one for one in pack["marking"]["schemes"] if one["for"] == ["interview"])
    scheme.update({"marks": 3, "trim": {"high": 1, "low": 1, "least": 1}})
    pack["marking"]["veto"] = {"op": "le", "value": "1.00", "share_op": "gt", "share": "0.50"}
    body = json.dumps(pack, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("'", "''")
    server.psql(f"""SET session_replication_role = replica; INSERT INTO khoacu.rule_pack (pack_id, version, body, sha256) VALUES ('CC-2026', 3, '{body}', sha256(convert_to('{body}', 'UTF8')));
        UPDATE khoacu.cycle SET pack_version = 3 WHERE code = '{CYCLE}'""")
    for roll, last in (("B103", ("7", "8", "8", "12")), ("B104", ("1", "1", "1", "5"))):
        lead(roll)
        for client, values in zip((chair, two, three, five), (("13", "12", last[0]), ("13", "12", last[1]), ("13", "12", last[2]), ("15", "12", "10") if roll == "B103" else ("13", "12", last[3]))):
            assert give(client, path[roll], *values).status == 200, (roll, values)
    told = [(h["state"], h["why"], h["gap"], h["value"]) for h in (heard("B103"), heard("B104"))]
    assert told == [("settled", "trimmed", "5.00", "33.00"), ("settled", "veto", "4.00", "0.00")], told

with step("no panel acts after the freeze"):
    first = path["B106"]
    server.psql(f"""INSERT INTO khoacu.marks_freeze SELECT cycle_id, now(), (SELECT staff_id FROM khoacu.staff WHERE login_name = 'hr.mot'), sha256('x')
        FROM khoacu.cycle WHERE code = '{CYCLE}'""")
    assert phase(first, "called").code == "frozen" and make(code="PV5").code == "frozen" and secretary.post(second + "/minutes", {}).code == "frozen"

with step("every act stands in the audit trail, without a mark"):
    events = people.inspector.pages("/api/v1/audit-events?limit=200")
    acts = [e["act"] for e in events]
    for act, count in (("panel.make", 2), ("panel.commit", 2), ("panel.draw", 2), ("panel.mark", 22), ("panel.conflict", 1), ("panel.dialogue", 1),
                       ("panel.word", 3), ("panel.minutes", 1), ("panel.sign", 7)):
        assert acts.count(act) == count, (act, acts.count(act))
    assert not any('"12.5' in e["payload"] for e in events if e["act"] == "panel.mark")

finish()
