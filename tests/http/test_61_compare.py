"""Two lists of one cycle side by side, what another rule pack would make of the same field, and every stored list computed again."""

import json
import os
import subprocess
import tempfile

from harness import BINARY, Client, Server, finish, step
from result_cycle import CYCLE, People, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job

server = Server()
people = People(server)
hr = people.hr
RUNS, TIES, TRIALS = f"/api/v1/cycles/{CYCLE}/runs", f"/api/v1/cycles/{CYCLE}/tie-decisions", f"/api/v1/cycles/{CYCLE}/trials"
make_cycle(server, hr)
count_round1(server)
open_round2(server, people)
enter_marks(server, people.markers + [people.third_marker])


def run(cause):
    assert wait_for_job(server, hr.post(RUNS, {"cause": cause})) == ("done", "")
    return hr.get(RUNS).json["items"][0]


def trial(pack):
    reply = hr.post(TRIALS, {"pack": pack, "cause": "Xem quy tắc cũ"})
    return reply.json["trial_id"], wait_for_job(server, reply)


with step("no trial before the freeze, of a pack that is not there, or in a cycle that is not there"):
    assert hr.post(TRIALS, {"pack": "CC-2025", "cause": "sớm"}).code == "not-frozen"
    freeze(server, hr)
    reply = hr.post(TRIALS, {"pack": "CC-1999", "cause": "x"})
    assert reply.status == 400 and reply.json["errors"][0]["path"] == "pack", reply
    assert hr.post("/api/v1/cycles/KHONG-CO/trials", {"pack": "CC-2025", "cause": "x"}).status == 404

first = run("Xếp thứ tự lần đầu")
assert hr.post(TIES, {"order": ["C102", "C101"], "reason": "Theo biên bản họp hội đồng"}).status in (200, 201)
second = run("Đã có quyết định khi đồng điểm")

with step("a recorded decision: who moves, from where to where, by which rule; nobody else"):
    data = people.inspector.get(f"/api/v1/runs/{first['id']}/comparison?with={second['id']}").json
    moves = {move["roll_number"]: move for move in data["moves"]}
    assert sorted(moves) == ["C101", "C102"] and data["moves_total"] == 2, data
    assert moves["C102"]["kind"] == "newly_selected" and moves["C102"]["before"]["outcome"] == "tied"
    assert moves["C102"]["after"]["reason"] == "tie_won_manual" and moves["C101"]["after"]["reason"] == "tie_lost_manual"
    assert data["counts"]["newly_selected"] == 1 and data["counts"]["other_outcome"] == 1 and data["counts"]["no_longer_selected"] == 0
    assert data["before"]["pack"] == data["after"]["pack"] == "CC-2026/2" and data["after"]["cause"] == second["cause"]
    assert [r["path"] for r in data["rules"]] == ["ties[0]"] and "C102" in data["rules"][0]["after"], data["rules"]

with step("seen from the other side it is the same difference backwards"):
    back = hr.get(f"/api/v1/runs/{second['id']}/comparison?with={first['id']}").json
    assert {m["roll_number"]: m["kind"] for m in back["moves"]} == {"C101": "other_outcome", "C102": "no_longer_selected"}
    assert hr.get(f"/api/v1/runs/{second['id']}/comparison?with={second['id']}").json["moves"] == []

with step("the pack of the year before: other days, the same people"):
    trial_id, ended = trial("CC-2025")
    assert ended == ("done", ""), ended
    data = hr.get(f"/api/v1/runs/{second['id']}/comparison?with={trial_id}").json
    assert data["after"]["pack"] == "CC-2025/2" and data["moves_total"] == 0, data["moves"]
    paths = {r["path"]: (r["before"], r["after"]) for r in data["rules"]}
    assert paths["pack.calendar.file_days"] == ("15", "20"), paths
    listed = hr.get(TRIALS).json
    assert [t["id"] for t in listed["items"]] == [trial_id] and listed["items"][0]["login_name"] == "hr.mot" and "VC-2023" in listed["packs"]

with step("a pack whose parts the cycle does not have is refused, and nothing is kept"):
    _, ended = trial("UPSC-CSE")
    assert ended[0] == "failed" and ended[1] == "pack-unfit: components[CSAT].source: duplicate", ended
    assert len(hr.get(TRIALS).json["items"]) == 1

with step("a trial is no list: it cannot be approved, published or changed, and only the worker writes one"):
    assert people.hr2.post(f"/api/v1/runs/{trial_id}/approval", {"verdict": "approved", "reason": "x"}).status == 404
    assert hr.post(f"/api/v1/runs/{trial_id}/release", {}).status == 404
    for role, act in (("khoacu_server", "DELETE FROM khoacu.ranking_trial"), ("khoacu_worker", "UPDATE khoacu.ranking_trial SET cause = 'x'"),
                      ("khoacu_server", "INSERT INTO khoacu.ranking_trial SELECT trial_id + 1, cycle_id, pack_id, pack_version, cause, computed_by, computed_at, engine, bundle, bundle_sha256, selected, unresolved FROM khoacu.ranking_trial")):
        try:
            server.psql(f"SET ROLE {role}; {act};")
            raise AssertionError(f"{role} may: {act}")
        except RuntimeError as refused:
            assert "permission denied" in str(refused), refused
    acts = [e["act"] for e in people.inspector.pages("/api/v1/audit-events?limit=200")]
    assert acts.count("result.trial_request") == 2 and acts.count("result.trial") == 1

with step("what is not there is not found; others may not look"):
    assert hr.get(f"/api/v1/runs/{first['id']}/comparison?with=0000000000000001").status == 404
    assert hr.get(f"/api/v1/runs/0000000000000001/comparison?with={first['id']}").status == 404
    assert hr.get(f"/api/v1/runs/{first['id']}/comparison?with=x").status == 400
    assert people.markers[0].get(f"/api/v1/runs/{first['id']}/comparison?with={second['id']}").status == 403

with step("decisions by reason and in other orders; the order and the reason are known ones"):
    of = lambda query: [r["roll_number"] for r in hr.pages(f"/api/v1/runs/{second['id']}/decisions?limit=3&{query}")]  # noqa: E731
    assert of("reason=tie_won_manual") == ["C102"] and of("reason=tie_lost") == ["B102", "B104"]
    assert of("sort=roll")[:3] == ["A101", "A102", "A103"] and of("sort=total")[:2] == ["B103", "A101"] and sorted(of("sort=name")) == sorted(of(""))
    assert of("sort=-list") == of("sort=list")[::-1] and of("sort=list") == of("") and of("sort=-roll")[:2] == ["C104", "C103"]
    totals = [r["total"] for r in hr.pages(f"/api/v1/runs/{second['id']}/decisions?limit=3&sort=-total")]
    told = [t for t in totals if t]
    assert told == sorted(told, key=float) and totals[:len(told)] == told and len(told) < len(totals), totals
    assert hr.get(f"/api/v1/runs/{second['id']}/decisions?sort=age").status == 400 == hr.get(f"/api/v1/runs/{second['id']}/decisions?reason=luck").status

with step("a candidate who has signed in sees nothing before the list is published, then her own result with every step"):
    codes = {line.split(",")[0]: line.split(",")[2] for line in hr.post(f"/api/v1/cycles/{CYCLE}/access-codes", {"scope": "listed", "roll_numbers": ["B101", "B105"]}).bytes.decode("utf-8-sig").split("\r\n")[1:] if line}
    own = Client(server).sign_in_candidate("B101", codes["B101"])
    assert own.get("/api/v1/sittings/own/result").code == "not-released"
    people.freeze_and_sign(second["id"])
    assert hr.post(f"/api/v1/runs/{second['id']}/release", {}).status == 201
    seen = own.get("/api/v1/sittings/own/result").json
    assert seen["row"]["roll_number"] == "B101" and seen["row"]["outcome"] == "selected" and seen["version"] == 1 and seen["cycle"] == CYCLE
    assert [s["step"] for s in seen["derivation"]][-1] == "seat", seen
    absent = Client(server).sign_in_candidate("B105", codes["B105"]).get("/api/v1/sittings/own/result").json
    assert absent["row"]["outcome"] == "absent"

folder = tempfile.mkdtemp()
paths = []
for i, one in enumerate((first, second)):
    paths.append(os.path.join(folder, f"v{i}.json"))
    with open(paths[-1], "w", encoding="utf-8", newline="") as file:
        file.write(server.psql(f"SELECT bundle FROM khoacu.ranking_run WHERE run_id = x'{one['id']}'::bigint")[0][0])


def compare(*arguments):
    done = subprocess.run([BINARY, "compare", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


with step("khoacu compare says the same from two files alone, as a sentence, as JSON and as a table"):
    status, out, _ = compare(*paths, "--json")
    assert status == 0 and json.loads(out)["counts"]["newly_selected"] == 1
    status, out, _ = compare(*paths, "--out", os.path.join(folder, "moves.csv"))
    assert status == 0 and "newly_selected" in out and "C102" in out and "ties[0]" in out, out
    with open(os.path.join(folder, "moves.csv"), encoding="utf-8-sig") as file:
        rows = [line.rstrip("\r\n").split(",") for line in file]
    assert rows[0][:2] == ["move", "roll_number"] and [r[:4] for r in rows[1:]] == [
        ["newly_selected", "C102", "tied", "selected"], ["other_outcome", "C101", "tied", "not_selected"]], rows
    with open(paths[1], encoding="utf-8") as file:
        text = file.read()
    broken = os.path.join(folder, "broken.json")
    with open(broken, "w", encoding="utf-8") as file:
        file.write(text.replace('"60.00"', '"61.00"', 1))
    status, _, err = compare(paths[0], broken)
    assert status == 1 and "does not hold" in err, err
    assert compare(paths[0])[0] == 2 and compare(paths[0], "/nowhere.json")[0] == 2

with step("every stored list comes out as it was, and one that was changed behind the program is named"):
    status, out, err = server.command("replay", "--cycle", CYCLE)
    assert status == 0 and "2 lists computed again, 0 differ" in out, (out, err)
    server.psql(f"""UPDATE khoacu.ranking_run SET bundle = replace(bundle, '"60.00"', '"60.25"'),
        bundle_sha256 = sha256(convert_to(replace(bundle, '"60.00"', '"60.25"'), 'UTF8')) WHERE run_id = x'{second['id']}'::bigint""")
    status, out, err = server.command("replay", "--json")
    told = json.loads(out)
    assert status == 1 and [r["same"] for r in told] == [True, False] and told[1]["line"], told
    assert server.command("replay", "--nonsense")[0] == 2

finish()
