"""The secret ballots after a leadership examination: slips from a box, papers without a person, the pack's rule, receipts, separate hands."""

import re
import subprocess
import tempfile

from harness import Client, Server, finish, make_officers, secret, step
from result_cycle import CYCLE, People, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job

server = Server()
people = People(server)
hr, hr2, public = people.hr, people.hr2, Client(server)
chair = Client(server).sign_in("chu.tich", make_officers(server, people.administrator, [("chu.tich", "Chủ Tịch", "", "council_chair")])["chu.tich"])
LIST, TRIALS = f"/api/v1/cycles/{CYCLE}/appointments", f"/api/v1/cycles/{CYCLE}/trials"
make_cycle(server, hr)
count_round1(server)
open_round2(server, people)
enter_marks(server, people.markers + [people.third_marker])
freeze(server, hr)
hr.post(f"/api/v1/cycles/{CYCLE}/tie-decisions", {"order": ["C102", "C101"], "reason": "Theo biên bản họp"})


def appoint(post, rolls, client=hr):
    return client.post(LIST, {"post": post, "roll_numbers": rolls, "reason": "Kết quả thi tuyển đã công bố"})


with step("a pack without ballots knows no appointment; nor is there one before the list is published"):
    assert appoint("CV-02", ["B101"]).code == "no-ballots"
    wait_for_job(server, hr.post(TRIALS, {"pack": "LEAD-2424", "cause": "Đưa bộ quy tắc vào cơ sở dữ liệu"}))
    server.psql(f"UPDATE khoacu.cycle SET pack_id = 'LEAD-2424', pack_version = (SELECT max(version) FROM khoacu.rule_pack WHERE pack_id = 'LEAD-2424') WHERE code = '{CYCLE}'")  # the ground of what follows
    assert appoint("CV-02", ["B101"]).code == "not-released"
    server.psql(f"UPDATE khoacu.cycle SET pack_id = 'CC-2026', pack_version = (SELECT max(version) FROM khoacu.rule_pack WHERE pack_id = 'CC-2026') WHERE code = '{CYCLE}'")
    assert wait_for_job(server, hr.post(f"/api/v1/cycles/{CYCLE}/runs", {"cause": "lần đầu"})) == ("done", "")
    run = hr.get(f"/api/v1/cycles/{CYCLE}/runs").json["items"][0]["id"]
    people.freeze_and_sign(run)
    reply = hr.post(f"/api/v1/runs/{run}/release", {})
    assert reply.status == 201, reply
    server.psql(f"UPDATE khoacu.cycle SET pack_id = 'LEAD-2424', pack_version = (SELECT max(version) FROM khoacu.rule_pack WHERE pack_id = 'LEAD-2424') WHERE code = '{CYCLE}'")

with step("only who has a place on the title's published list is proposed, once, by an HR officer"):
    assert appoint("CV-02", ["B101"], people.inspector).status == 403 and appoint("CV-99", ["B101"]).status == 404
    assert appoint("CV-02", ["B101", "A101"]).json["errors"][0]["path"] == "roll_numbers[1]"
    assert appoint("CV-02", ["B101", "B101"]).json["errors"][0]["path"] == "roll_numbers[1]"
    assert appoint("CV-02", ["B105"]).json["errors"][0]["path"] == "roll_numbers[0]", "was absent"
    reply = appoint("CV-02", ["B103", "B101", "B102"])
    assert reply.status == 201, reply
    appointment = reply.json["id"]
    assert appoint("CV-02", ["B101"]).code == "already-open"
    listed = hr.get(LIST).json
    assert [n["roll_number"] for n in listed["items"][0]["names"]] == ["B101", "B102", "B103"] and len(listed["steps"]) == 4


def prepare(summoned, excused=0, client=hr):
    """Codes of the slips, read from the printed file."""
    reply = client.post(f"/api/v1/appointments/{appointment}/ballots", {"summoned": summoned, "excused": excused})
    assert reply.status == 200, reply
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(reply.bytes)
        file.flush()
        text = subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, text=True, check=True).stdout
    codes = re.findall(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}", text)
    for code in codes:
        secret(code, "the code of a slip")
    ballot = next(a for a in hr.get(LIST).json["items"] if a["id"] == appointment)["ballots"][-1]
    return ballot["id"], codes


def cast(slip, choice, nonce=None):
    return public.post("/api/v1/ballot-papers", {"slip": slip, "choice": choice, **({"nonce": nonce} if nonce else {})})


def used_slips_are_silent(slip):
    """Whoever finds a used slip and tries every choice is told the same each time, so that the vote cannot be read from it."""
    for nonce in (None, "1" * 16, "9" * 64):
        said = {(reply.status, reply.code, reply.json["title"]) for reply in (cast(slip, number, nonce) for number in (0, 1, 2, 3, 9))}
        assert len(said) == 1 and said.pop()[:2] == (409, "cast-already"), said


def vote(codes, tally):
    """Casts so many papers for each number; gives the receipts."""
    receipts, at = [], 0
    for number, votes in tally.items():
        for _ in range(votes):
            reply = cast(codes[at], number, f"{at:016d}")
            assert reply.status == 200, reply
            receipts.append(reply.json["receipt"])
            at += 1
    return receipts


with step("nobody is excused of nobody: the field and its bounds are named"):
    reply = hr.post(f"/api/v1/appointments/{appointment}/ballots", {"summoned": 3, "excused": 3})
    assert reply.status == 400 and reply.json["errors"][0] == {"path": "excused", "rule": "range", "min": 0, "max": 2}, reply

first, codes = prepare(20)
with step("one slip for each who is summoned and not excused; what a slip opens is the names, before the opening nothing is taken"):
    assert len(codes) == len(set(codes)) == 20
    seen = public.post("/api/v1/ballot-slips/look", {"slip": codes[0].lower().replace("-", " ")}).json
    assert seen["state"] == "not_open" and [n["number"] for n in seen["names"]] == [1, 2, 3] and "roll" not in str(seen), seen
    assert cast(codes[0], 1).code == "ballot-not-open" and public.post("/api/v1/ballot-slips/look", {"slip": "0000-0000-0000-0000"}).code == "no-slip"
    assert hr.post(f"/api/v1/ballots/{first}/open", {}).status == 204

with step("20 summoned, 18 present, votes 9, 7, 2: nobody has 11, the 9 and the 7 go on"):
    receipts = vote(codes, {1: 9, 2: 7, 3: 2})
    again = cast(codes[0], 1, f"{0:016d}")
    assert again.status == 200 and again.json["receipt"] == receipts[0] and len(set(receipts)) == 18
    assert cast(codes[19], 9).code == "no-name" and cast(codes[19], 1, "ngắn").json["errors"][0]["path"] == "nonce"
    used_slips_are_silent(codes[0])  # while papers are taken
    assert public.get(f"/api/v1/ballots/{first}/receipts").json == {"receipts": []}
    assert hr.post(f"/api/v1/ballots/{first}/count", {"present": 18}).code == "same-officer"
    guessed = f"{int(first, 16) ^ 1:016x}"
    assert hr2.post(f"/api/v1/ballots/{guessed}/count", {"present": 18}).status == 404 == hr.post(f"/api/v1/ballots/{guessed}/open", {}).status
    assert chair.post(f"/api/v1/ballots/{guessed}/pick", {"number": 1, "reason": "Một phiếu không có thật"}).status == 404 == hr.post(f"/api/v1/appointments/{guessed}/ballots", {"summoned": 5}).status
    assert public.get(f"/api/v1/ballots/{guessed}/receipts").json.get("receipts", []) == []
    assert hr2.post(f"/api/v1/ballots/{first}/count", {"present": 21}).code == "too-many-present"
    assert hr2.post(f"/api/v1/ballots/{first}/count", {"present": 17}).code == "too-many-papers"
    end = hr2.post(f"/api/v1/ballots/{first}/count", {"present": 18}).json
    assert (end["papers"], end["of"], end["bar"], end["fallback_bar"]) == (18, 20, 11, 6), end
    ballot = hr.get(LIST).json["items"][0]["ballots"][0]
    assert ballot["votes"] == [9, 7, 2] and ballot["outcome"] == "fallback" and ballot["goes_on"] == [1, 2]
    assert sorted(public.get(f"/api/v1/ballots/{first}/receipts").json["receipts"]) == sorted(receipts)
    assert cast(codes[19], 1).code == "ballot-closed"

with step("a used slip tells nobody what was chosen; only the page that cast its paper gets the receipt once more"):
    assert cast(codes[0], 1, f"{0:016d}").json["receipt"] == receipts[0] and cast(codes[0], 2, f"{0:016d}").code == "cast-already"
    used_slips_are_silent(codes[0])

with step("who goes on stands on the next ballot, alone above half wins it; absence by force majeure is taken out of the summoned"):
    second, codes = prepare(30, 2)
    assert len(codes) == 28 and hr.get(LIST).json["items"][0]["ballots"][1]["names"] == [1, 2]
    assert hr.post(f"/api/v1/appointments/{appointment}/ballots", {"summoned": 5}).code == "ballot-under-way"
    assert hr.post(f"/api/v1/ballots/{second}/open", {}).status == 204
    assert cast(codes[0], 3).code == "no-name"
    vote(codes, {0: 4, 1: 9, 2: 15})
    assert hr2.post(f"/api/v1/ballots/{second}/count", {"present": 28}).json["bar"] == 15
    assert hr.get(LIST).json["items"][0]["ballots"][1]["goes_on"] == [2]

with step("key officials: the share is of those present, 10 of 18"):
    third, codes = prepare(20)
    assert hr.post(f"/api/v1/ballots/{third}/open", {}).status == 204
    vote(codes, {2: 10, 0: 8})
    assert hr2.post(f"/api/v1/ballots/{third}/count", {"present": 18}).json["bar"] == 10
    assert hr.get(LIST).json["items"][0]["ballots"][2]["outcome"] == "won"

with step("the last ballot decides the appointment, and nothing comes after"):
    fourth, codes = prepare(11)
    assert hr.post(f"/api/v1/ballots/{fourth}/open", {}).status == 204
    vote(codes, {2: 6, 0: 5})
    assert chair.post(f"/api/v1/ballots/{fourth}/pick", {"number": 2, "reason": "Không được hỏi mà quyết"}).code == "not-asked"
    assert hr2.post(f"/api/v1/ballots/{fourth}/count", {"present": 11}).status == 200
    decided = hr.get(LIST).json["items"][0]
    assert decided["state"] == "decided" and decided["chosen"] == "B102", decided
    assert hr.post(f"/api/v1/appointments/{appointment}/ballots", {"summoned": 5}).code == "appointment-ended"

with step("nobody above half and nobody at a third: the procedure stops; two at exactly half: the head picks and gives a reason"):
    appointment = appoint("CV-01", ["A101", "A102"]).json["id"]
    stopped, codes = prepare(10)
    assert hr.post(f"/api/v1/ballots/{stopped}/open", {}).status == 204
    vote(codes, {1: 2, 2: 2, 0: 6})
    assert hr2.post(f"/api/v1/ballots/{stopped}/count", {"present": 10}).status == 200
    assert next(a for a in hr.get(LIST).json["items"] if a["post"] == "CV-01")["state"] == "stopped"
    appointment = appoint("CV-03", ["C101", "C102"]).json["id"]
    server.psql(f"""INSERT INTO khoacu.ballot (ballot_id, appointment_id, step, names, summoned, excused, prepared_by, prepared_at, opened_at, closed_at, closed_by, present, votes, outcome, goes_on)
        SELECT 70 + s, a.appointment_id, s, '{{1,2}}', 10, 0, a.opened_by, now(), now(), now(), (SELECT staff_id FROM khoacu.staff WHERE login_name = 'hr.hai'), 10, '{{5,4}}', 'fallback', '{{1,2}}'
          FROM khoacu.appointment a, generate_series(1, 3) s WHERE a.appointment_id = x'{appointment}'::bigint""")  # three ballots that sent both on
    reply = hr.post(f"/api/v1/appointments/{appointment}/ballots", {"summoned": 10})
    last = next(a for a in hr.get(LIST).json["items"] if a["post"] == "CV-03")["ballots"][-1]["id"]
    server.psql(f"UPDATE khoacu.ballot SET opened_at = now(), closed_at = now(), closed_by = (SELECT staff_id FROM khoacu.staff WHERE login_name = 'hr.hai'), present = 10, votes = '{{5,5}}', outcome = 'head_picks', goes_on = '{{1,2}}' WHERE ballot_id = x'{last}'::bigint")
    assert hr.post(f"/api/v1/ballots/{last}/pick", {"number": 2, "reason": "Cán bộ tổ chức không được quyết"}).status == 403
    assert chair.post(f"/api/v1/ballots/{last}/pick", {"number": 2, "reason": "ngắn"}).status == 400
    assert chair.post(f"/api/v1/ballots/{last}/pick", {"number": 2, "reason": "Kinh nghiệm quản lý phù hợp hơn với chức danh"}).status == 204
    assert chair.post(f"/api/v1/ballots/{last}/pick", {"number": 1, "reason": "Đổi ý sau khi đã quyết định"}).code == "picked-already"
    decided = next(a for a in hr.get(LIST).json["items"] if a["post"] == "CV-03")
    assert decided["state"] == "decided" and decided["chosen"] == "C102", decided

with step("papers bear no person and no time, nor an order for whoever counts them again, and the server's own role can neither read nor write them but by the box"):
    columns = [row[0] for row in server.psql("SELECT column_name FROM information_schema.columns WHERE table_name = 'ballot_paper' ORDER BY 1")]
    assert columns == ["ballot_id", "choice", "commitment", "salt", "slip_hmac"], columns
    for sql in ("SELECT choice FROM khoacu.ballot_paper", "SELECT slip_hmac FROM khoacu.ballot_slip", "DELETE FROM khoacu.ballot_paper",
                "INSERT INTO khoacu.ballot_slip VALUES (1, sha256('x'))", "UPDATE khoacu.ballot SET votes = '{9}'", "UPDATE khoacu.appointment SET state = 'open'"):
        try:
            server.psql(f"SET ROLE khoacu_server; {sql};")
            raise AssertionError(f"khoacu_server may: {sql}")
        except RuntimeError as refused:
            assert "permission denied" in str(refused), refused
    for sql in ("SELECT choice FROM khoacu.ballot_paper", "SELECT ctid FROM khoacu.ballot_paper", "SELECT xmin FROM khoacu.ballot_slip"):
        assert "permission denied" in server.psql_fails(f"SET ROLE khoacu_auditor; {sql}"), sql
    counted = server.psql(f"SET ROLE khoacu_auditor; SELECT choice, encode(commitment, 'hex') FROM khoacu.ballot_papers(x'{first}'::bigint)")[-18:]
    assert [c for _, c in counted] == sorted(c for _, c in counted) and sorted(c for c, _ in counted) == ["1"] * 9 + ["2"] * 7 + ["3"] * 2, counted
    events = [e for e in people.inspector.pages("/api/v1/audit-events?limit=200") if e["act"].startswith("ballot.")]
    assert {e["act"] for e in events} == {"ballot.appoint", "ballot.prepare", "ballot.open", "ballot.count", "ballot.pick"}
    assert not any(code in str(events) for code in codes)

finish()
