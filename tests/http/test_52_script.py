"""What one examiner does with one script: reading it blind, marking it by the guide, remarks, reports, the final word."""

import unicodedata

from harness import Client, Server, finish, step
from result_cycle import CYCLE, PASSED, roll_of
from script_cycle import ScriptCycle, answer_of

server = Server()
cycle = ScriptCycle(server)
people = cycle.people
first, second = people.markers
seen = []  # every byte that an examiner was sent
passwords = people.passwords


def watch(client):
    exchange = client._exchange

    def kept(*args):
        reply = exchange(*args)
        seen.append(repr(reply.header_list).encode() + reply.bytes)
        return reply
    client._exchange = kept


for examiner in (first, second):
    watch(examiner)
mine, theirs = first.pages("/api/v1/scripts?limit=200"), second.pages("/api/v1/scripts?limit=200")
of = lambda scripts, question: [s for s in scripts if s["component"] == "written" and s["question"] == question]  # noqa: E731
path = lambda script, rest="": f"/api/v1/scripts/{script['blind_id']}{rest}"  # noqa: E731

with step("each answer is a script of its own: an essay and a file for each who passed, on their items' scales"):
    for question, maximum in ((2, "40.00"), (3, "20.00")):
        both = of(mine, question) + of(theirs, question)
        assert len(both) == len(PASSED) and {s["mark_max"] for s in both} == {maximum}, both
    assert not [s for s in mine + theirs if s["component"] == "written" and s["question"] not in (2, 3)]
    assert len({s["blind_id"] for s in mine + theirs}) == 3 * len(PASSED)

essay = of(mine, 2)[0]
with step("the essay is there as text in NFC, with the question and the guide of the item"):
    read = first.get(path(essay)).json
    words = read["pages"][0]["body"]
    assert len(read["pages"]) == 1 and read["pages"][0]["kind"] == "text" and read["pages"][0]["question"] == 2
    assert words == unicodedata.normalize("NFC", answer_of(roll_of(server, essay))) != answer_of(roll_of(server, essay))
    rubric = read["rubric"]
    assert [(c["title_vi"], c["mark_max"], c["mark_step"]) for c in rubric["criteria"]] == [
        ("Nêu đúng nguyên tắc", "25.00", "0.25"), ("Lập luận, ví dụ", "15.00", "0.25")], rubric
    assert rubric["criteria"][0]["levels"][1] == {"value": "12.50", "vi": "nêu một phần", "en": ""} and "công khai" in rubric["task_vi"]

drawing = of(mine, 3)[0]
with step("files are pictures drawn anew, page by page, or their text; what is neither is withheld"):
    pages = first.get(path(drawing)).json["pages"]
    assert [p["kind"] for p in pages] == ["image"] * 4 + ["text", "withheld"], pages
    assert (pages[0]["width"], pages[0]["height"]) == (60, 40) and [p["body"] for p in pages] == [None] * 4 + ["Dự án cải cách\r\nBước một: công khai.", None]
    for page in pages[:4]:
        picture = first.get(path(drawing, f"/pages/{page['page']}"))
        assert picture.status == 200 and picture.headers["content-type"] == "image/jpeg" and picture.bytes[:2] == b"\xff\xd8", picture
        assert b"Exif" not in picture.bytes and "content-disposition" not in picture.headers
    assert first.get(path(drawing, "/pages/6")).status == first.get(path(drawing, "/pages/9")).status == 404

with step("everybody else's script is as one that does not exist, and so is every guess"):
    nobody = f"/api/v1/scripts/{1:016x}"
    for client, place in ((second, path(essay)), (first, nobody), (people.third_marker, path(essay))):
        for reply in (client.get(place), client.get(place + "/pages/1"), client.put(place + "/mark", {"status": "absent", "revision": 0}),
                      client.put(place + "/annotations/1", {"revision": 0, "page": 1, "place": [0, 1], "body": "x"}),
                      client.post(place + "/reports", {"article": "two_inks", "reason": "x"})):
            assert reply.status == 404 and reply.code == "not-found", reply
        refused = client.post("/api/v1/script-finals", {"scripts": [{"blind_id": place.split("/")[4], "revision": 1}]})
        assert refused.json["scripts"][0]["outcome"] == "not_assigned", refused
    for client in (people.hr, people.inspector, people.administrator):
        assert client.get(path(essay)).status == 403


def mark(client, script, criteria=None, revision=0, **body):
    body = {"status": "awarded", "revision": revision, **({"criteria": criteria} if criteria else {}), **body}
    return client.put(path(script, "/mark"), body)


with step("a mark is the sum of its criteria, each on its scale and step; the server says which does not fit"):
    for criteria, extra, place, rule in ((["25.25", "1"], {}, "criteria[0]", "range"), (["1", "0.10"], {}, "criteria[1]", "step"),
                                         (["1"], {}, "criteria", "count"), (["1", "x"], {}, "criteria[1]", "number"),
                                         (["1", "2"], {"value": "4"}, "value", "total"), (None, {"value": "10"}, "criteria", "required"),
                                         (["1", "2"], {"status": "absent"}, "criteria", "unknown")):
        reply = mark(first, essay, criteria, **extra)
        assert reply.status == 400 and (reply.json["errors"][0]["path"], reply.json["errors"][0]["rule"]) == (place, rule), (criteria, reply)
    interview = next(s for s in mine if s["component"] == "interview")
    assert mark(first, interview, ["1"]).json["errors"][0]["rule"] == "unknown", "without a guide there are no criteria"
    reply = mark(first, essay, ["12,5", "7.25"], seconds=95)
    assert reply.status == 200 and reply.json["revision"] == 1 and reply.json["quick"] is False, reply
    assert mark(first, essay, ["12.50", "7.25"], seconds=95).json == reply.json
    kept = next(s for s in first.pages("/api/v1/scripts?state=draft") if s["blind_id"] == essay["blind_id"])
    assert kept["value"] == "19.75" and kept["criteria"] == ["12.50", "7.25"] and kept["final_at"] is None, kept

with step("so does the database, whoever asks"):
    for criteria, value in (("'{12.5,7.3}'", "19.8"), ("'{12.5,7.25}'", "20"), ("NULL", "20"), ("'{26,0}'", "26")):
        fault = server.psql_fails(f"INSERT INTO khoacu.mark (blind_id, marking_round, revision, marker_id, status, value, entered_at, criteria) "
                                  f"SELECT a.blind_id, 1, 2, a.marker_id, 'awarded', {value}, now(), {criteria} FROM khoacu.marking_assignment a "
                                  f"WHERE a.blind_id = x'{essay['blind_id']}'::bigint")
        assert "criteria" in fault or "step" in fault, fault

with step("remarks stand at code points of the text and at parts of a picture; what lies outside is refused"):
    put = lambda number, place, body="Ý hay", revision=0, page=1, script=essay: first.put(  # noqa: E731
        path(script, f"/annotations/{number}"), {"revision": revision, "page": page, "place": place, "body": body})
    last = len(words)  # Python counts code points as the database does
    assert put(1, [last - 6, last]).json == {"number": 1, "revision": 1} == put(1, [last - 6, last]).json
    for place, page in (([0, last + 1], 1), ([5, 5], 1), ([0, 1], 2), ([0, 0, 10, 10], 1)):
        assert put(2, place, page=page).status == 400, place
    assert put(1, [0, 6], body="khác").code == "stale-revision" and put(1, [0, 6], "khác", 1).json["revision"] == 2
    assert put(1, [100, 200, 5000, 300], script=drawing).status == 200 and put(2, [9000, 0, 1001, 5], script=drawing).status == 400
    assert put(3, [0, 3]).status == 200 and put(3, [0, 3], "", 1).status == 200, "an empty one takes it back"
    found = first.get(path(essay)).json["annotations"]
    assert [(a["number"], a["place"], a["body"]) for a in found] == [(1, [0, 6], "khác")], found

with step("a report names its article, goes to the head once, and changes no mark"):
    say = lambda article: first.post(path(essay, "/reports"), {"article": article, "reason": "Hai nét chữ khác nhau"})  # noqa: E731
    sent = say("two_hands")
    assert sent.status == 200 and say("two_hands").json == sent.json and say("ugly").status == 400, sent
    assert [r["article"] for r in first.get(path(essay)).json["reports"]] == ["two_hands"]
    assert server.psql(f"SELECT count(*) FROM khoacu.script_settlement WHERE blind_id = x'{essay['blind_id']}'::bigint") == [["0"]]


def declare(client, *pairs):
    return client.post("/api/v1/script-finals", {"scripts": [{"blind_id": s["blind_id"], "revision": r} for s, r in pairs]})


with step("until it is final a mark can be changed and taken back to what it was; then it stays"):
    assert mark(first, essay, ["25", "15"], 1).json["revision"] == 2
    assert mark(first, essay, ["12.50", "7.25"], 2).json["revision"] == 3
    reply = declare(first, (essay, 2), (drawing, 1))
    assert [s["outcome"] for s in reply.json["scripts"]] == ["stale", "unmarked"], reply
    assert first.put(path(drawing, "/mark"), {"status": "awarded", "value": "11.25", "revision": 0}).status == 200
    reply = declare(first, (essay, 3), (drawing, 1))
    assert [s["outcome"] for s in reply.json["scripts"]] == ["declared"] * 2, reply
    again = declare(first, (essay, 3), (drawing, 2))
    assert [s["outcome"] for s in again.json["scripts"]] == ["repeated", "final"] and again.json["scripts"][0]["final_at"] == reply.json["scripts"][0]["final_at"]
    assert mark(first, essay, ["1", "1"], 3).code == put(4, [0, 1]).code == "mark-final"
    assert declare(first, (essay, 3), (essay, 3)).status == 400 and declare(first).status == 400
    fault = server.psql_fails(f"INSERT INTO khoacu.mark (blind_id, marking_round, revision, marker_id, status, value, entered_at, criteria) "
                              f"SELECT a.blind_id, 1, 4, a.marker_id, 'awarded', 1, now(), '{{1,0}}' FROM khoacu.marking_assignment a "
                              f"WHERE a.blind_id = x'{essay['blind_id']}'::bigint")
    assert "final" in fault, fault
    counts = first.get("/api/v1/scripts?state=final").json["counts"]
    assert counts["final"] == 2 and counts["marked"] == 2, counts

with step("one's own pace stands beside everybody's"):
    assert first.get("/api/v1/scripts?limit=1").json["pace"] == {"own_ms": 95000, "all_ms": 95000}
    other = of(theirs, 2)[0]
    assert mark(second, other, ["1", "1"], seconds=105).status == 200
    assert first.get("/api/v1/scripts?limit=1").json["pace"] == {"own_ms": 95000, "all_ms": 100000}

with step("another's mark is nowhere in what an examiner is sent, not for a script of two examiners either"):
    shared = of(theirs, 2)[1]
    server.psql(f"INSERT INTO khoacu.marking_assignment (blind_id, marking_round, marker_id) SELECT x'{shared['blind_id']}'::bigint, 2, s.staff_id "
                f"FROM khoacu.staff s WHERE s.login_name = 'cham.mot'")
    assert mark(second, shared, ["13.75", "8.25"], note="điều chỉ tôi biết").status == 200 and declare(second, (shared, 1)).json["scripts"][0]["outcome"] == "declared"
    text = first.get(path(shared)).text + first.get("/api/v1/scripts?limit=200").text
    assert shared["blind_id"] in text and not [w for w in ("22.00", "13.75", "điều chỉ tôi biết") if w in text], text
    assert mark(first, shared, ["1", "2"]).json["revision"] == 1, "a round of its own"

with step("the chief marker sees guides, and enters one before anything is marked by it"):
    chief = Client(server).sign_in("truong.ban", cycle.chief_password)
    URL = f"/api/v1/cycles/{CYCLE}/rubrics"
    assert [(r["component"], r["question"], r["version"]) for r in chief.get(URL).json["rubrics"]] == [("written", 2, 1)]
    level = {"value": "10", "vi": "tốt", "en": "good"}
    guide = {"component": "interview", "question": 0, "version": 0, "reason": "theo hướng dẫn chấm", "criteria": [
        {"title_vi": "Kiến thức", "mark_max": "30", "mark_step": "0.5", "levels": [level]}, {"title_vi": "Kỹ năng", "mark_max": "10", "mark_step": "1"}]}
    change = lambda **members: chief.put(URL, {**guide, **members})  # noqa: E731
    criteria = guide["criteria"]
    assert change(criteria=criteria[:1]).json["errors"][0]["rule"] == "total"
    assert change(criteria=[{**criteria[0], "mark_step": "0.10"}, criteria[1]]).status == 400
    assert change(criteria=[{**criteria[0], "levels": [{**level, "value": "31"}]}, criteria[1]]).json["errors"][0]["path"] == "criteria[0].levels[0].value"
    assert change(question=7).json["errors"][0]["path"] == "question" and change(component="oral").status == 400
    assert change().json == {"version": 1} and change().code == "stale-version" and change(version=1).json == {"version": 2}
    assert mark(first, interview, ["29.5", "9"]).status == 200
    assert change(version=2).code == "rubric-frozen" and change(component="written", question=2, version=1, criteria=[
        {"title_vi": "Tất cả", "mark_max": "40", "mark_step": "1"}]).code == "rubric-frozen"

with step("nothing that an examiner was sent identifies anybody, byte for byte"):
    everything = b"\n".join(seen)
    assert len(everything) > 20000
    found = [leak for leak in cycle.leaks if leak.encode() in everything]
    assert not found, found
    rows = [int(row[0]) for row in server.psql("SELECT g.blind_id FROM khoacu.script_page g JOIN khoacu.script s USING (blind_id) WHERE s.question = 2 ORDER BY g.ctid")]
    assert rows == sorted(rows), "rows lie in the order of random codes"

with step("no role finds whose a script is by its hash, its order or its pages, before the marks are frozen"):
    told = "SELECT blind_id FROM khoacu.script_pages_told((SELECT cycle_id FROM khoacu.script LIMIT 1))"
    for role in ("khoacu_auditor", "khoacu_server", "khoacu_worker"):
        for column in ("sha256", "blind_id", "page", "width", "ctid"):
            assert "permission denied" in server.psql_fails(f"SET ROLE {role}; SELECT {column} FROM khoacu.script_page"), (role, column)
    assert "until the marks are frozen" in server.psql_fails(f"SET ROLE khoacu_auditor; {told}")
    pages = server.psql("SELECT count(*) FROM khoacu.script_page")[0][0]
    then = server.psql(f"""BEGIN; INSERT INTO khoacu.marks_freeze SELECT DISTINCT ON (cycle_id) cycle_id, now(), (SELECT min(staff_id) FROM khoacu.staff), sha256('x') FROM khoacu.script;
        SET LOCAL ROLE khoacu_auditor; SELECT count(*) FROM ({told}) t; ROLLBACK""")
    assert then[-1] == [pages], then

with step("every act stands in the audit trail, under codes alone"):
    events = [e for e in people.inspector.pages("/api/v1/audit-events?limit=200") if e["act"].startswith("marking.")]
    acts = [e["act"] for e in events]
    assert acts.count("marking.final") == 3 and acts.count("marking.report") == 1 and acts.count("marking.annotate") == 5 and acts.count("marking.rubric") == 3, acts
    assert not [e for e in events if any(leak in e["payload"] for leak in cycle.leaks)]

finish()
