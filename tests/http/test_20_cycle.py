"""A cycle is made, pins its rule pack, and its page says what comes next."""

from cycle_data import CANDIDATES, CYCLE, POSTS, applied, cycle
from harness import Server, finish, make_all_roles, step

server = Server()
clients = make_all_roles(server)
officer = clients["hr_officer"]


def refusal(**changes):
    """The paths and rules of what is wrong with a cycle."""
    body = {name: value for name, value in {**CYCLE, **changes}.items() if value is not None}
    reply = officer.post("/api/v1/cycles", body)
    assert reply.status == 400 and reply.code == "invalid", reply
    return {(e["path"], e["rule"]) for e in reply.json["errors"]}


with step("a server without cycles has an empty list"):
    reply = officer.get("/api/v1/cycles")
    assert reply.status == 200 and reply.json == {"items": [], "next": None, "total": 0}, reply

with step("an officer makes a cycle, which pins the newest version of its pack"):
    identity = cycle(officer)
    reply = officer.get("/api/v1/cycles/KT-2026")
    assert reply.status == 200, reply
    found = {name: reply.json[name] for name in CYCLE}
    assert found == CYCLE and reply.json["id"] == identity, reply
    assert reply.json["pack_version"] >= 1 and reply.json["state"] == "preparing" and reply.json["demonstration"] is False
    assert server.psql("SELECT count(*) FROM khoacu.cycle c JOIN khoacu.rule_pack p USING (pack_id) WHERE p.version = c.pack_version") == [["1"]]

with step("an empty cycle waits for its posts"):
    progress = reply.json["progress"]
    assert progress["next_step"] == "posts" and progress["posts"] == [] and progress["candidates"] == 0, progress
    assert progress["round1"] == {"counted": 0, "passed": 0, "absent": 0} and progress["runs"] == [] and progress["frozen"] is False

with step("the same code a second time is refused, and nothing is changed"):
    reply = officer.post("/api/v1/cycles", {**CYCLE, "title_vi": "Khác"})
    assert reply.status == 409 and reply.code == "code-taken", reply
    assert officer.get("/api/v1/cycles/KT-2026").json["title_vi"] == CYCLE["title_vi"]

with step("every bad field is named at once"):
    assert refusal(code="thường", notice_on="2026-02-30", written_max="sáu", title_vi=None) == {
        ("title_vi", "required")}, "the table judges first"
    assert refusal(code="thuong", notice_on="2026-02-30", written_max="6x", pack_id="cc 1") == {
        ("code", "form"), ("notice_on", "form"), ("written_max", "form"), ("pack_id", "form")}
    assert refusal(title_en="x" * 301, notice="", authority_vi="") == {("title_en", "length"), ("notice", "length"), ("authority_vi", "length")}
    assert refusal(extra=1) == {("extra", "unknown")}

with step("the two parts of round 2 make 100"):
    assert refusal(written_max="60.00", interview_max="30.00") == {("interview_max", "sum")}
    assert refusal(written_max="-1.00", interview_max="101.00") == {("written_max", "form")}
    assert refusal(written_max="60.005", interview_max="39.995") == {("written_max", "form"), ("interview_max", "form")}

with step("parts that the rule pack does not allow are refused"):
    assert refusal(written_max="0.00", interview_max="100.00") == {("interview_max", "form-not-allowed")}
    cycle(officer, code="CHI-VIET", written_max="100.00", interview_max="0.00")

with step("a pack that does not exist is refused"):
    assert refusal(pack_id="CC-1945") == {("pack_id", "unknown-value")}

with step("a text that could be code is only text"):
    odd = "<script>alert(1)</script> '); DROP TABLE khoacu.cycle; -- \u202e"
    cycle(officer, code="LA", title_vi=odd, notice=odd * 20)
    assert officer.get("/api/v1/cycles/LA").json["title_vi"] == odd

with step("the list shows the newest first, to those who may read cycles"):
    for role in ("administrator", "hr_officer", "inspector", "invigilator"):
        reply = clients[role].get("/api/v1/cycles")
        assert [c["code"] for c in reply.json["items"]] == ["LA", "CHI-VIET", "KT-2026"] and reply.json["total"] == 3, reply
    assert clients["examiner"].get("/api/v1/cycles").status == 403

with step("only HR officers make cycles"):
    for role in ("administrator", "item_officer", "examiner", "invigilator", "inspector"):
        assert clients[role].post("/api/v1/cycles", {**CYCLE, "code": "X1"}).status == 403, role

with step("a cycle that does not exist is not found, whatever its name looks like"):
    for code in ("KT-2027", "kt-2026", "%27", "%C4%90", "A" * 60):
        assert officer.get(f"/api/v1/cycles/{code}").status == 404, code

with step("the page counts posts, places and applicants"):
    applied(officer.upload("posts", POSTS, cycle="KT-2026"), imported=3)
    assert officer.get("/api/v1/cycles/KT-2026").json["progress"]["next_step"] == "candidates"
    applied(officer.upload("candidates", CANDIDATES, cycle="KT-2026"), imported=4)
    progress = officer.get("/api/v1/cycles/KT-2026").json["progress"]
    assert progress["posts"] == [
        {"code": "CV-01", "title": "Chuyên viên tổng hợp", "quota": 3, "applicants": 2,
         "agencies": [{"code": "SNV", "name": "Sở Nội vụ", "quota": 2}, {"code": "STC", "name": "Sở Tài chính", "quota": 1}]},
        {"code": "CV-02", "title": "Chuyên viên pháp chế", "quota": 2, "applicants": 2,
         "agencies": [{"code": "STP", "name": "Sở Tư pháp", "quota": 2}]}], progress["posts"]
    assert progress["candidates"] == progress["without_code"] == progress["without_seat"] == 4 and progress["next_step"] == "form", progress


def found(query):
    return [c["roll_number"] for c in officer.pages(f"/api/v1/cycles/KT-2026/candidates?limit=2&q={query}")]


with step("candidates are listed page by page, with what they applied for"):
    page = officer.get("/api/v1/cycles/KT-2026/candidates?limit=3").json
    assert page["total"] == 4 and page["next"] == "TS-003", page
    assert page["items"][0] == {"roll_number": "TS-001", "full_name": "Nguyễn Thị Ánh", "birth_date": "1999-02-28", "post_code": "CV-01",
                                "priority_classes": ["P2"], "agencies": ["STC", "SNV"], "has_code": False, "credential": None, "credential_on": None}, page["items"][0]
    assert page["items"][2]["priority_classes"] == ["P2", "P3"] and page["items"][2]["agencies"] == ["STP"], page["items"][2]
    assert found("") == ["TS-001", "TS-002", "TS-003", "TS-004"]

with step("they are found by parts of roll number or name, with or without diacritics, in either form of Unicode"):
    for query, rolls in (("nguyen", ["TS-001"]), ("NGUY%E1%BB%84N", ["TS-001"]), ("duc", ["TS-002"]), ("%C4%91%E1%BB%A9c", ["TS-002"]),
                         ("D%C4%83ng", ["TS-004"]), ("u%CC%9Bo%CC%9B%CC%81c", ["TS-003"]), ("uoc", ["TS-003"]), ("ts-00", ["TS-001", "TS-002", "TS-003", "TS-004"]),
                         ("-004", ["TS-004"]), ("hong+yen", ["TS-004"]), ("yen", ["TS-001", "TS-004"]), ("%25", []), ("_", []), ("%5C", []), ("khong", [])):
        assert found(query) == rolls, (query, found(query))

with step("an over-long search is refused, and a place that is none leads nowhere"):
    assert officer.get("/api/v1/cycles/KT-2026/candidates?q=" + "a" * 101).status == 400
    assert officer.get("/api/v1/cycles/KT-2026/candidates?after=ZZZZ").json["items"] == []
    assert officer.get("/api/v1/cycles/KHONG-CO/candidates").status == 404

with step("each act stands in the audit trail, with its actor and without personal data"):
    events = server.psql("SELECT act, actor, payload FROM khoacu.audit_event WHERE act LIKE 'cycle.%' ORDER BY occurred_at")
    acts = [act for act, _, _ in events]
    assert acts == ["cycle.create"] * 3 + ["cycle.posts_import", "cycle.candidates_import"], acts
    assert len({actor for _, actor, _ in events}) == 1 and events[0][1].startswith("staff:")
    assert not [payload for _, _, payload in events if "Nguyễn" in payload or "TS-001" in payload]

finish()
