"""Appeals: lodged in time, marked again by fresh hands, decided by two persons after a look at the effect."""

import json

from harness import Client, Server, finish, make_officers, step
from result_cycle import CYCLE, People, count_round1, enter_marks, freeze, make_cycle, mark, open_round2, wait_for_job

server = Server()
people = People(server)
hr, hr2, chair, chief = people.hr, people.hr2, people.chair, people.chief
passwords = make_officers(server, people.administrator, [(f"gk.{n}", f"Giám khảo {n}", "", "examiner") for n in (4, 5, 6)])
make_cycle(server, hr)
count_round1(server)
open_round2(server, people)
clients = {"cham.mot": people.markers[0], "cham.hai": people.markers[1], "cham.ba": people.third_marker}
clients.update({name: Client(server).sign_in(name, password) for name, password in passwords.items()})
blind = {roll: f"{int(b):016x}" for b, roll in server.psql("""SELECT i.blind_id, c.roll_number FROM khoacu.script_identity i
    JOIN khoacu.candidate c USING (candidate_id) WHERE i.component = 'written'""")}
server.psql(f"""INSERT INTO khoacu.script_page (blind_id, page, question, kind, body, sha256) VALUES (x'{blind["B104"]}'::bigint, 1, 1, 'text', 'Bài của tôi', sha256('x'));
    INSERT INTO khoacu.script_page (blind_id, page, question, kind, type, bytes, width, height, sha256) VALUES (x'{blind["B104"]}'::bigint, 2, 1, 'image', 'image/png', 'png', 1, 1, sha256('y'))""")
enter_marks(server, list(clients.values()))
freeze(server, hr)
codes = {row.split(",")[0]: row.split(",")[-1] for row in hr.post(f"/api/v1/cycles/{CYCLE}/access-codes", {"scope": "missing"}).bytes.decode("utf-8-sig").split("\r\n")[1:] if row}
LIST, EXTEND, WHY = f"/api/v1/cycles/{CYCLE}/appeals", f"/api/v1/cycles/{CYCLE}/appeal-extensions", "Tôi đề nghị chấm lại phần hai của bài viết"


def candidate(roll):
    client = Client(server)
    assert client.post("/api/v1/candidate-logins", {"cycle": CYCLE, "roll_number": roll, "access_code": codes[roll]}).status == 200
    return client


def lodge(client, component="written", reason=WHY):
    return client.post("/api/v1/appeals/own", {"component": component, "reason": reason})


def markers(roll, rounds):
    return [name for name, in server.psql(f"""SELECT s.login_name FROM khoacu.marking_assignment a JOIN khoacu.staff s ON s.staff_id = a.marker_id
        WHERE a.blind_id = x'{blind[roll]}'::bigint AND a.marking_round IN ({rounds}) ORDER BY a.marking_round""")]


def fresh_code(roll):
    """What re-markers know the script by; only this superuser can tell."""
    return server.psql(f"SELECT lpad(to_hex(code), 16, '0') FROM khoacu.appeal_code WHERE blind_id = x'{blind[roll]}'::bigint")[0][0]


def word(client, roll, kind, said, value=None, words="Biên bản đối thoại: hai bên nêu lý do", code=None):
    return client.post(f"/api/v1/appeal-words/{code or blind[roll]}", {"kind": kind, "said": said, "words": words, **({"value": value} if value else {})})


def shown(appeal):
    return hr.get(f"/api/v1/appeals/{appeal}").json


def released_days_ago(days):
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.release SET published_at = now() - interval '{days} days'")


def refused_by_sql(role, sql):
    return "permission denied" in server.psql_fails(f"SET ROLE {role}; {sql}")


def publish(cause):
    assert wait_for_job(server, hr.post(f"/api/v1/cycles/{CYCLE}/runs", {"cause": cause})) == ("done", "")
    run = hr.get(f"/api/v1/cycles/{CYCLE}/runs").json["items"][0]["id"]
    people.freeze_and_sign(run)
    assert hr.post(f"/api/v1/runs/{run}/release", {}).status in (200, 201, 204)
    return run


minh, mai, lan = candidate("B104"), candidate("C103"), candidate("A101")
with step("before the publication nothing is shown and nothing lodged"):
    own = minh.get("/api/v1/appeals/own").json
    assert own["released_at"] is None and own["open"] is False and all(p["scripts"] == [] for p in own["parts"]), own
    assert lodge(minh).code == "not-released"
    assert chair.post(EXTEND, {"days": 3, "reason": "nhiều đơn phúc khảo"}).code == "not-released"

assert wait_for_job(server, hr.post(f"/api/v1/cycles/{CYCLE}/runs", {"cause": "lần đầu"})) == ("done", "")
hr.post(f"/api/v1/cycles/{CYCLE}/tie-decisions", {"order": ["C102", "C101"], "reason": "Theo biên bản họp hội đồng"})
first_run = publish("có quyết định khi đồng điểm")

with step("then she sees her own script, its marks and what settled them, and nobody's code or name"):
    reply = minh.get("/api/v1/appeals/own")
    part = next(p for p in reply.json["parts"] if p["component"] == "written")
    script = part["scripts"][0]
    assert reply.json["open"] and part["remark"] and script["value"] == "35.00" and script["pages"][0]["body"] == "Bài của tôi", part
    assert [m["value"] for m in script["marks"]] == ["35.00", "35.00"] and blind["B104"] not in str(reply.json) and "cham" not in str(reply.json)
    assert all(p["scripts"] == [] for p in reply.json["parts"] if not p["remark"]), "the interview is not marked again, nor shown"
    assert minh.get("/api/v1/own-scripts/written/0/2").bytes == b"png"
    assert mai.get("/api/v1/own-scripts/written/0/2").status == 404 == minh.get("/api/v1/own-scripts/interview/0/2").status

LAW = ("Nghị định 170/2025/NĐ-CP", {"vi": "Điều 16", "en": "Article 16"})
with step("a part that is not marked again is refused with the document and its article; so is a late appeal, with the last day, from her or on paper"):
    assert (own["basis"], own["article"]) == LAW, own
    for component in ("interview", "computer"):
        reply = lodge(minh, component)
        assert reply.code == "no-remark" and (reply.json["basis"], reply.json["article"]) == LAW and reply.json["part"], reply
    assert lodge(minh, "practical").code == "no-part"
    released_days_ago(16)
    reply = lodge(minh)
    yesterday = server.psql("SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - 1")[0][0]
    for reply in (reply, hr2.post(LIST, {"roll_number": "B104", "component": "written", "reason": WHY})):
        assert (reply.status, reply.code, reply.json["last_day"], reply.json["basis"], reply.json["article"]) == (409, "too-late", yesterday, *LAW), reply
    released_days_ago(15)

with step("the last day counts; the receipt has number and time, the same again gives the same, another reason does not"):
    receipt = lodge(minh)
    assert receipt.status == 201 and receipt.json["number"] == "PK-0001" and receipt.json["lodged_at"] and (receipt.json["basis"], receipt.json["article"]) == LAW, receipt
    assert lodge(minh).json == receipt.json and lodge(minh, reason=WHY + "!").code == "exists"
    assert lodge(candidate("B106")).code == "no-mark", "absent: nothing to mark again"
    assert lodge(minh, reason="ngắn").status == 400

with step("on paper, an officer lodges for her; taken back before re-marking begins"):
    body = {"roll_number": "A101", "component": "written", "reason": WHY}
    assert hr2.post(LIST, body).status == 201 and hr2.post(LIST, {**body, "roll_number": "Z999"}).status == 404
    hers = next(p["appeal"] for p in lan.get("/api/v1/appeals/own").json["parts"] if p["component"] == "written")
    assert hers["on_paper"] and hr2.post(f"/api/v1/appeals/{hers['id']}/verdict", {"verdict": "accepted", "reason": "đơn hợp lệ lắm"}).code == "same-person"
    assert minh.post(f"/api/v1/appeals/own/{hers['id']}/withdrawal").status == 404
    assert lan.post(f"/api/v1/appeals/own/{hers['id']}/withdrawal").status == 204 == lan.post(f"/api/v1/appeals/own/{hers['id']}/withdrawal").status
    assert lodge(mai).status == 201
    listed = hr.get(LIST).json
    assert [(i["roll_number"], i["state"]) for i in listed["items"]] == [("B104", "lodged"), ("A101", "withdrawn"), ("C103", "lodged")], listed
    assert [i["roll_number"] for i in people.inspector.get(LIST + "?state=withdrawn").json["items"]] == ["A101"] and listed["counts"] == {"lodged": 2, "withdrawn": 1}
    guessed = f"{int(listed['items'][0]['id'], 16) ^ 1:016x}"
    for path in (f"/api/v1/appeals/{guessed}", f"/api/v1/appeals/{guessed}/preview", f"/api/v1/appeals/{guessed}/letter.pdf"):
        assert hr.get(path).status == 404 and minh.get(path).status in (401, 403), path
    assert minh.get(f"/api/v1/appeals/own/{guessed}/letter.pdf").status == 404 and chair.post(f"/api/v1/appeals/{guessed}/decision", {"verdict": "approved", "reason": "không có đơn này"}).status == 404
    assert hr.get(LIST + "?state=x").status == 400 and hr.get("/api/v1/cycles/KHONG-CO/appeals").status == 404
    small, large = listed["items"][0]["id"], listed["items"][2]["id"]

with step("the chair gives more days, 15 in all"):
    assert chair.post(EXTEND, {"days": 10, "reason": "nhiều đơn phúc khảo"}).json["decide_by"] == server.psql("SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + 25")[0][0]
    assert chair.post(EXTEND, {"days": 6, "reason": "nhiều đơn phúc khảo"}).code == "too-long"

with step("accepted: two fresh markers, who neither marked nor acted; first marks are covered for them and for the officer"):
    for appeal in (small, large):
        assert hr.get(f"/api/v1/appeals/{appeal}/letter.pdf").code == "not-decided"
        assert hr.post(f"/api/v1/appeals/{appeal}/verdict", {"verdict": "accepted", "reason": "đơn đúng hạn, đúng phần"}).status == 204
    assert hr.post(f"/api/v1/appeals/{small}/verdict", {"verdict": "refused", "reason": "đổi ý sau đó"}).code == "decided"
    assert minh.post(f"/api/v1/appeals/own/{small}/withdrawal").code == "begun"
    fresh = {roll: markers(roll, "6, 7") for roll in ("B104", "C103")}
    for roll, names in fresh.items():
        assert len(set(names + markers(roll, "1, 2"))) == 4, names
        mine = {q["blind_id"]: q for q in clients[names[0]].pages("/api/v1/scripts?state=all&limit=200")}
        code = fresh_code(roll)
        assert code != blind[roll] and blind[roll] not in mine and clients[names[0]].get(f"/api/v1/scripts/{blind[roll]}").status == 404, "the first code opens nothing"
        assert clients[names[0]].put(f"/api/v1/scripts/{blind[roll]}/mark", {"status": "awarded", "value": "1.00", "revision": 0}).status == 404
        assert clients[markers(roll, "1")[0]].get(f"/api/v1/scripts/{code}").status == 404, "nor does the fresh one for who marked it first"
        seen, like = mine[code], next(q for b, q in mine.items() if b != code)
        assert seen["status"] is None and seen["value"] is None and seen["purpose"] == like["purpose"] == "live" and seen.keys() == like.keys(), seen
        leased = clients[names[0]].post("/api/v1/script-leases", {"blind_id": code})
        assert leased.status == 200 and leased.json["blind_id"] == code and clients[names[0]].post("/api/v1/script-leases", {}).json["blind_id"] in mine, leased
        opened = clients[names[0]].get(f"/api/v1/scripts/{code}").bytes.decode()
        assert "appeal" not in opened and '"35.00"' not in opened and '"30.00"' not in opened and blind[roll] not in opened, opened
        old = clients[markers(roll, "1")[0]]
        assert old.put(f"/api/v1/scripts/{blind[roll]}/mark", {"status": "awarded", "value": "60.00", "revision": 1}).code in ("frozen", "marks-frozen", "final")
    assert shown(small)["scripts"][0]["marks"] == [] and shown(small)["scripts"][0]["before"] is None and shown(small)["state"] == "marking"
    marked_it = server.psql(f"SELECT marker_id FROM khoacu.marking_assignment WHERE blind_id = x'{blind['B104']}'::bigint AND marking_round = 1")[0][0]
    assert "fresh markers" in server.psql_fails(f"INSERT INTO khoacu.marking_assignment VALUES (x'{blind['B104']}'::bigint, 8, {marked_it})"), "not even by the owner's hand"
    assert hr.post(f"/api/v1/appeals/{small}/proposal", {"reason": "chưa chấm xong"}).code == "marks-missing"

with step("a re-marker who falls out is replaced by her code, and whoever is drawn in her place is as fresh"):
    ill, code = fresh["C103"][1], fresh_code("C103")
    waiting = chief.get("/api/v1/appeal-words").json["waiting"]
    assert sorted((w["blind_id"], w["marker"]) for w in waiting) == sorted((fresh_code(roll), name) for roll in fresh for name in fresh[roll]), waiting
    assert not any(roll in str(waiting) or blind[roll] in str(waiting) for roll in fresh) and clients[ill].get("/api/v1/appeal-words").json["waiting"] == []
    assert chief.post(f"/api/v1/scripts/{blind['C103']}/replacement", {"marker": ill, "reason": "Ốm đột xuất"}).status in (404, 409)
    reply = chief.post(f"/api/v1/scripts/{code}/replacement", {"marker": ill, "reason": "Ốm đột xuất"})
    assert reply.status == 204, reply
    fresh["C103"] = markers("C103", "6, 7")
    assert ill not in fresh["C103"] and len(set(fresh["C103"] + markers("C103", "1, 2"))) == 4 and clients[ill].get(f"/api/v1/scripts/{code}").status == 404
    assert server.psql(f"SELECT count(*) FROM khoacu.audit_event WHERE act = 'marking.replace' AND subject = 'script:{blind['C103']}'") == [["1"]]

for name, value in zip(fresh["B104"], ("36.00", "37.00")):
    mark(clients[name], fresh_code("B104"), value)
for name in fresh["C103"]:
    mark(clients[name], fresh_code("C103"), "41.00")

with step("a small change is settled by the scheme; the effect is seen before anybody signs"):
    assert shown(small)["state"] == "settled" and shown(small)["scripts"][0]["before"] == "35.00", shown(small)
    accepted = hr.post(f"/api/v1/appeals/{small}/proposal", {"reason": "Chấm lại nâng điểm ý hai"})
    assert hr.post(f"/api/v1/appeals/{small}/proposal", {"reason": "Chấm lại nâng điểm ý hai"}).code == "proposed"
    assert wait_for_job(server, accepted) == ("done", ""), accepted
    proposal = shown(small)["proposal"]
    assert (proposal["verdict"], proposal["before"], proposal["after"], proposal["previewed"]) == ("changed", "35.00", "36.50", True), proposal
    effect = chair.get(f"/api/v1/appeals/{small}/preview").json
    moved = {m["roll_number"]: m["kind"] for m in effect["moves"]}
    assert moved.get("B104"), effect
    assert server.psql(f"SELECT count(*) FROM khoacu.script_settlement WHERE source = 'appeal'") == [["0"]], "a look changes nothing"
    assert chair.get(f"/api/v1/appeals/{large}/preview").code == "no-preview"

with step("the chair returns it, it is proposed again and signed: the mark counts, and the trail names both"):
    DECIDE = f"/api/v1/appeals/{small}/decision"
    assert chair.post(DECIDE, {"verdict": "returned", "reason": "nêu rõ ý nào"}).status == 204
    assert chair.post(DECIDE, {"verdict": "approved", "reason": "đã xem xét"}).code == "not-proposed"
    assert wait_for_job(server, hr.post(f"/api/v1/appeals/{small}/proposal", {"reason": "Ý hai đủ dẫn chứng, nâng điểm"})) == ("done", "")
    server.psql("INSERT INTO khoacu.staff_role SELECT staff_id, 'council_chair' FROM khoacu.staff WHERE login_name = 'hr.mot'")
    assert hr.post(DECIDE, {"verdict": "approved", "reason": "tự duyệt của mình"}).code == "same-person", "nobody approves his own proposal"
    assert chair.post(DECIDE, {"verdict": "approved", "reason": "đã xem biên bản"}).status == 204
    assert chair.post(DECIDE, {"verdict": "approved", "reason": "đã xem biên bản"}).code == "decided"
    assert server.psql(f"SELECT value, source FROM khoacu.script_settlement WHERE blind_id = x'{blind['B104']}'::bigint ORDER BY revision DESC LIMIT 1") == [["36.50", "appeal"]]
    payload = server.psql("SELECT payload FROM khoacu.audit_event WHERE act = 'appeal.decide'")[0][0]
    assert all(p in payload for p in ('"old":"35.00"', '"new":"36.50"', '"approver1":"staff:', '"approver2":"staff:', "đã xem biên bản")), payload

with step("a large change needs the minutes of first and second markers, all of them, the same"):
    assert shown(large)["state"] == "words" and shown(large)["scripts"][0]["next"] == "dialogue", shown(large)
    assert hr.post(f"/api/v1/appeals/{large}/proposal", {"reason": "chưa có biên bản"}).code == "marks-missing"
    stranger = next(c for n, c in clients.items() if n not in fresh["C103"] + markers("C103", "1, 2"))
    code = fresh_code("C103")
    assert word(stranger, "C103", "dialogue", "agreed", "41.00").status == 404 == word(stranger, "C103", "dialogue", "agreed", "41.00", code=code).status
    assert word(chief, "C103", "head", "decided", "41.00", code=code).code == "not-asked" and word(chief, "C103", "head", "decided", "41.00").status == 404
    assert word(clients[fresh["C103"][0]], "C103", "dialogue", "agreed", code=code).status == 400 == word(chief, "C103", "head", "agreed", "1.00").status
    everybody = [(clients[n], blind["C103"]) for n in markers("C103", "1, 2")] + [(clients[n], code) for n in fresh["C103"]]
    for one, known in everybody:
        due = one.get("/api/v1/appeal-words").json["items"]
        assert [d["blind_id"] for d in due] == [known] and due[0]["before"] == "30.00" and "C103" not in str(due), due
    assert word(everybody[0][0], "C103", "dialogue", "agreed", "41.00", code=code).status == 404, "each signs by the code she knows"
    for one, known in everybody[:3]:
        assert word(one, "C103", "dialogue", "agreed", "41.00", code=known).status == 204
    assert word(everybody[3][0], "C103", "dialogue", "agreed", "40.33", code=code).code == "off-step"
    assert word(everybody[3][0], "C103", "dialogue", "agreed", "40.00", code=code).status == 204 and shown(large)["scripts"][0]["next"] == "minutes", "one signs for another mark"
    assert word(everybody[3][0], "C103", "dialogue", "agreed", "41.00", code=code).status == 204 and shown(large)["state"] == "settled", shown(large)
    assert wait_for_job(server, hr.post(f"/api/v1/appeals/{large}/proposal", {"reason": "Đối thoại thống nhất 41 điểm"})) == ("done", "")
    assert chair.post(f"/api/v1/appeals/{large}/decision", {"verdict": "approved", "reason": "biên bản đủ chữ ký"}).status == 204

with step("the letter goes to her, in both languages; the list is corrected as a new version with its cause"):
    letter = minh.get(f"/api/v1/appeals/own/{small}/letter.pdf")
    assert letter.bytes.startswith(b"%PDF") and hr.get(f"/api/v1/appeals/{small}/letter.pdf").bytes.startswith(b"%PDF") and mai.get(f"/api/v1/appeals/own/{small}/letter.pdf").status == 404
    hers = next(p for p in minh.get("/api/v1/appeals/own").json["parts"] if p["component"] == "written")
    assert hers["appeal"]["before"] == "35.00" and hers["appeal"]["after"] == "36.50" and hers["scripts"][0]["value"] == "36.50" and len(hers["scripts"][0]["marks"]) == 4, hers
    second = publish("Kết quả phúc khảo PK-0001, PK-0003")
    moves = {m["roll_number"]: m for m in hr.get(f"/api/v1/runs/{first_run}/comparison?with={second}").json["moves"]}
    assert moves["C103"]["kind"] == "newly_selected" and "B104" in moves, moves

with step("no mark changes after the freeze but by a decided appeal, whatever a role writes"):
    for role in ("khoacu_server", "khoacu_worker"):
        for sql in (f"INSERT INTO khoacu.script_settlement VALUES (x'{blind['A101']}'::bigint, 2, 'appeal', 'awarded', 60, 'mean', '[]', NULL, now())",
                    "UPDATE khoacu.script_settlement SET value = 60", "INSERT INTO khoacu.appeal_decision VALUES (1, 1, 'x', 1, now())",
                    "SELECT blind_id FROM khoacu.appeal_script", "SELECT code FROM khoacu.appeal_code", "SELECT khoacu.marking_code(1, 6::smallint)", "INSERT INTO khoacu.appeal_word SELECT w.* FROM khoacu.appeal_word w"):
            assert refused_by_sql(role, sql), (role, sql)
    assert "two persons decided" in server.psql_fails(f"INSERT INTO khoacu.script_settlement VALUES (x'{blind['A101']}'::bigint, 2, 'appeal', 'awarded', 60, 'mean', '[]', NULL, now())")

with step("where the scheme of the pack asks for it, a third re-marker is drawn as fresh as the two, and his mark settles"):
    pack = json.loads(server.psql("SELECT body FROM khoacu.rule_pack WHERE pack_id = 'CC-2026'")[0][0])
    scheme = next(one for one in pack["marking"]["schemes"] if one["code"] == "REMARK")
    scheme["tiers"] = [{"op": "le", "value": "5.00", "do": "mean"}, {"do": "third_mark"}]
    scheme["third"] = [{"do": "nearest_pair"}]
    body = json.dumps(pack, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("'", "''")
    server.psql(f"""SET session_replication_role = replica; INSERT INTO khoacu.rule_pack (pack_id, version, body, sha256) VALUES ('CC-2026', 3, '{body}', sha256(convert_to('{body}', 'UTF8')));
        UPDATE khoacu.cycle SET pack_version = 3 WHERE code = '{CYCLE}'""")
    assert lodge(candidate("B101")).status == 201
    apart = next(i["id"] for i in hr.get(LIST).json["items"] if i["roll_number"] == "B101")
    assert hr.post(f"/api/v1/appeals/{apart}/verdict", {"verdict": "accepted", "reason": "đơn đúng hạn, đúng phần"}).status == 204
    two = markers("B101", "6, 7")
    mark(clients[two[0]], fresh_code("B101"), "30.00")
    assert markers("B101", "8") == []
    mark(clients[two[1]], fresh_code("B101"), "40.00")
    third = markers("B101", "8")
    assert len(third) == 1 and third[0] not in two + markers("B101", "1, 2, 3"), (third, two)
    assert shown(apart)["state"] == "marking" and hr.post(f"/api/v1/appeals/{apart}/proposal", {"reason": "chưa chấm xong"}).code == "marks-missing"
    mark(clients[third[0]], fresh_code("B101"), "39.00")
    assert shown(apart)["state"] == "settled", shown(apart)
    assert wait_for_job(server, hr.post(f"/api/v1/appeals/{apart}/proposal", {"reason": "Ba người chấm lại, lấy hai điểm gần nhau"})) == ("done", "")
    assert (shown(apart)["proposal"]["before"], shown(apart)["proposal"]["after"]) == ("36.00", "39.50"), shown(apart)

finish()
