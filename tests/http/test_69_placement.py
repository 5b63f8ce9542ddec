"""A winner on whose own list no place is left: the council's decision is recorded, the next run takes it up, anybody can check it."""

import json
import os
import subprocess
import tempfile

from harness import BINARY, Server, finish, step
from result_cycle import CYCLE, People, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job

server = Server()
people = People(server)
hr = people.hr
RUNS, WORDS = f"/api/v1/cycles/{CYCLE}/runs", f"/api/v1/cycles/{CYCLE}/placement-decisions"
WORD = {"roll_number": "A102", "agency": "STC", "reason": "Theo biên bản họp hội đồng số 4"}
make_cycle(server, hr)
server.psql("UPDATE khoacu.candidate SET agency_ids = agency_ids[1:1] WHERE roll_number = 'A102'")  # she named SNV alone
count_round1(server)
open_round2(server, people)
enter_marks(server, people.markers + [people.third_marker])
freeze(server, hr)


def run(cause):
    assert wait_for_job(server, hr.post(RUNS, {"cause": cause})) == ("done", "")
    newest = hr.get(RUNS).json["items"][0]["id"]
    rows = {r["roll_number"]: r for r in hr.get(f"/api/v1/runs/{newest}/decisions?limit=200").json["items"]}
    return newest, rows, hr.get(f"/api/v1/runs/{newest}").json["exhausted"]


with step("a winner whose list is exhausted keeps her place; the run says who decides and where places are left"):
    first, rows, exhausted = run("Xếp thứ tự lần đầu")
    assert (rows["A101"]["outcome"], rows["A101"]["agency"]) == ("selected", "SNV")
    assert (rows["A102"]["outcome"], rows["A102"]["reason"], rows["A102"]["agency"]) == ("selected", "list_exhausted", None), rows["A102"]
    assert exhausted == [{"post": "CV-01", "roll_number": "A102", "total": "70.00", "agencies": ["STC"]}], exhausted

with step("a decision names a candidate of the cycle, an agency with places of her post, and a reason; each fault is named at its field"):
    for change, path, rule in (({"roll_number": "Z999"}, "roll_number", "unknown"), ({"agency": "XYZ"}, "agency", "unknown"),
                               ({"reason": "ngắn"}, "reason", None), ({"agency": 7}, "agency", None)):
        reply = hr.post(WORDS, WORD | change)
        assert reply.status == 400 and reply.json["errors"][0]["path"] == path, (change, reply)
        assert rule is None or reply.json["errors"][0]["rule"] == rule, (change, reply)
    assert hr.post("/api/v1/cycles/KHONG-CO/placement-decisions", WORD).status == 404
    assert people.inspector.post(WORDS, WORD).status == 403
    assert server.psql("SELECT count(*) FROM khoacu.placement_decision") == [["0"]]

with step("the next run takes it up; nobody else moves, and the step of her result says who decided"):
    assert hr.post(WORDS, WORD).json == {"number": 1}
    second, after, exhausted = run("Hội đồng đã quyết định cơ quan nhận")
    assert (after["A102"]["outcome"], after["A102"]["reason"], after["A102"]["agency"]) == ("selected", "placed", "STC"), after["A102"]
    assert exhausted == [] and all(after[roll] == row for roll, row in rows.items() if roll != "A102")
    assert after["A102"]["derivation"][-1] == {"step": "seat", "verdict": "placed", "agency": "STC", "preference": 0}, after["A102"]["derivation"][-1]
    assert server.psql("SELECT count(*) FROM khoacu.audit_event WHERE act = 'result.placement_decision'") == [["1"]]

with step("the file of the run keeps decision and reason; it is checked without the database, and an altered one is refused"):
    text = server.psql(f"SELECT bundle FROM khoacu.ranking_run WHERE run_id = x'{second}'::bigint")[0][0]
    bundle = json.loads(text)
    assert bundle["inputs"]["placements"] == [{"agency": "STC", "number": 1, "reason": WORD["reason"], "roll_number": "A102"}]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "list.json")
        for content, status in ((text, 0), (text.replace('"placements":[{"agency":"STC"', '"placements":[{"agency":"SNV"'), 1)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            done = subprocess.run([BINARY, "verify", path], capture_output=True, text=True, check=False)
            assert done.returncode == status, (done.returncode, done.stdout, done.stderr)

with step("a later word replaces the earlier; an agency without a place left changes nothing, and the list waits again"):
    assert hr.post(WORDS, WORD | {"agency": "SNV", "reason": "Hội đồng xem xét lại hồ sơ"}).json == {"number": 2}
    third, last, exhausted = run("Hội đồng đổi quyết định")
    assert last["A102"]["reason"] == "list_exhausted" and [one["roll_number"] for one in exhausted] == ["A102"]

finish()
