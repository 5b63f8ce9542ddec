"""Each pack of the Vietnamese rule sets is examined in a cycle, in every form of its second round, from the score of round 1 to a list that verifies."""

import json
import subprocess
import tempfile

from harness import BINARY, Server, finish, step
from result_cycle import People, count_round1, draw, enter_marks, freeze, wait_for_job

server = Server()
people = People(server)
hr = people.hr
# pack, marks of the written part and of the interview (0: no such part)
CASES = [("CC-2020", 60, 40), ("CC-2020", 100, 0), ("CC-2020", 0, 100), ("CC-2024", 60, 40), ("CC-2024", 100, 0), ("CC-2025", 60, 40), ("CC-2025", 100, 0),
         ("CC-2026", 60, 40), ("CC-2026", 100, 0), ("VC-2023", 100, 0), ("VC-2023", 0, 100)]
ROUND1 = {"A1": 50, "A2": 30, "A3": 29, "A4": 60, "A5": "absent"}
SHARE = {"A1": 70, "A2": 80, "A4": 40}  # of each part, per cent: A2 first, A1 second, A4 below the half


def examine(code, pack, written, interview):
    reply = hr.post("/api/v1/cycles", {"code": code, "title_vi": pack, "title_en": pack, "authority_vi": "Sở Nội vụ", "authority_en": "Home affairs", "notice": "Thông báo",
                                       "notice_on": "2026-08-10", "pack_id": pack, "written_max": f"{written}.00", "interview_max": f"{interview}.00", "demonstration": True})
    assert reply.status == 201, reply
    rolls = {short: f"{code}-{short}" for short in ROUND1}
    reply = hr.upload("posts", "post_code,post_title,agency_code,agency_name,quota\nCV-01,Chuyên viên,SNV,Sở Nội vụ,1\n", cycle=code)
    assert reply.status == 200 and reply.json["applied"], reply
    csv = "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n" + "".join(f"{roll},Thí sinh {roll},1995-05-05,CV-01,,SNV\n" for roll in rolls.values())
    reply = hr.upload("candidates", csv, cycle=code)
    assert reply.status == 200 and reply.json["applied"], reply
    count_round1(server, code, rows=[(rolls[short], "CV-01", "", "SNV", right) for short, right in ROUND1.items()])
    assert wait_for_job(server, hr.post(f"/api/v1/cycles/{code}/round2", {})) == ("done", "")
    draw(server, people.chief, code, [part for part, marks in (("written", written), ("interview", interview)) if marks])
    marks = {rolls[short]: tuple(f"{share * most / 100:.2f}" for most in (written, interview)) for short, share in SHARE.items()}
    enter_marks(server, people.markers + [people.third_marker], marks)
    freeze(server, hr, code)
    assert wait_for_job(server, hr.post(f"/api/v1/cycles/{code}/runs", {"cause": "Xếp thứ tự"})) == ("done", "")
    run = hr.get(f"/api/v1/cycles/{code}/runs").json["items"][0]["id"]
    return run, {r["roll_number"].rsplit("-", 1)[1]: r for r in hr.get(f"/api/v1/runs/{run}/decisions?limit=200").json["items"]}


for number, (pack, written, interview) in enumerate(CASES):
    with step(f"{pack}, written part {written} and interview {interview}: passed, failed and absent as they should be, and anybody can check it"):
        run, rows = examine(f"K{number}", pack, written, interview)
        assert {short: (r["outcome"], r["rank"], r["total"]) for short, r in rows.items()} == {
            "A1": ("not_selected", 2, "70.00"), "A2": ("selected", 1, "80.00"), "A3": ("failed", None, None), "A4": ("failed", None, None), "A5": ("absent", None, None)}, rows
        bundle = server.psql(f"SELECT bundle FROM khoacu.ranking_run WHERE run_id = x'{run}'::bigint")[0][0]
        assert json.loads(bundle)["inputs"]["pack"]["id"] == pack
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            file.write(bundle)
            file.flush()
            assert subprocess.run([BINARY, "verify", file.name], capture_output=True, check=False).returncode == 0

finish()
