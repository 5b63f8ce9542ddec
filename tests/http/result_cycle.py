"""A cycle that has passed round 1, for the scenarios of marking and results: CC-2026, written 60 + interview 40.

Posts: CV-01 for two agencies (one place each), CV-02 (two places), CV-03 (one place). Round 1 is put into the scores as the
worker would: that is the ground of other scenarios.
"""

from functools import cached_property

from harness import Client, eventually, make_administrator, make_officers

CYCLE = "THU-2026"
# roll number, post, priority classes, agencies in order of preference, right answers of 60 (or a state)
CANDIDATES = [
    ("A101", "CV-01", "", "SNV;STC", 50), ("A102", "CV-01", "P3", "SNV;STC", 44), ("A103", "CV-01", "P1", "SNV", 40),
    ("A104", "CV-01", "", "STC;SNV", 30), ("A105", "CV-01", "P1", "STC;SNV", 29),
    ("B101", "CV-02", "", "SNV", 41), ("B102", "CV-02", "P2", "SNV", 42), ("B103", "CV-02", "P3;P2", "SNV", 43), ("B104", "CV-02", "", "SNV", 44),
    ("B105", "CV-02", "", "SNV", "absent"), ("B106", "CV-02", "", "SNV", 60), ("B107", "CV-02", "P2", "SNV", "suspended"),
    ("C101", "CV-03", "", "STC", 35), ("C102", "CV-03", "", "STC", 36), ("C103", "CV-03", "", "STC", 37), ("C104", "CV-03", "P4", "STC", "void"),
]
PASSED = [row[0] for row in CANDIDATES if isinstance(row[4], int) and row[4] >= 30]
# The marks of round 2: written, interview.
MARKS = {
    "A101": ("40.00", "30.00"),  # 70: first, takes SNV
    "A102": ("38.50", "29.00"),  # 67.50 + 2.50 = 70 as well; STC is left
    "A103": ("29.50", "40.00"),  # fails the floor of the written part, whatever the points
    "A104": ("35.00", "19.50"),  # fails the floor of the interview
    "B101": ("36.00", "30.00"),  # 66
    "B102": ("36.00", "25.00"),  # 61 + 5 = 66: lower raw mark than B101
    "B103": ("40.00", "26.50"),  # 66.50 + 5 (not 7.50): first
    "B104": ("35.00", "31.00"),  # 66 like B101, written part lower
    "B106": ("absent", "30.00"),
    "C101": ("30.00", "30.00"), "C102": ("30.00", "30.00"), "C103": ("30.00", "29.50"),
}


def birth_date(roll):
    return f"199{ord(roll[0]) - ord('A')}-0{roll[-1]}-11"


class People:
    """Signed-in clients: hr (computes), hr2 (approves), markers, chief, chair, script_officer, inspector, administrator."""

    def __init__(self, server):
        self.server = server
        self.administrator = Client(server).sign_in("quantri", make_administrator(server))
        self.passwords = passwords = make_officers(server, self.administrator, [
            ("hr.mot", "Cán bộ Một", "Sở Nội vụ", "hr_officer"), ("hr.hai", "Cán bộ Hai", "Sở Nội vụ", "hr_officer"),
            ("cham.mot", "Giám khảo Một", "", "examiner"), ("cham.hai", "Giám khảo Hai", "", "examiner"), ("cham.ba", "Giám khảo Ba", "", "examiner"),
            ("thanh.tra", "Thanh tra", "", "inspector")])
        sign_in = lambda name: Client(server).sign_in(name, passwords[name])  # noqa: E731
        self.hr, self.hr2, self.inspector = sign_in("hr.mot"), sign_in("hr.hai"), sign_in("thanh.tra")
        self.markers = [sign_in("cham.mot"), sign_in("cham.hai")]
        self.third_marker = sign_in("cham.ba")
        self._sign_in, self._server = sign_in, server

    def _office(self, name, role):
        """An account with the inspector's password: another hash of it would take its time."""
        self._server.psql(f"""INSERT INTO khoacu.staff (staff_id, login_name, full_name, password_hash)
            SELECT {7000 + len(role)}, '{name}', '{role}', password_hash FROM khoacu.staff WHERE login_name = 'thanh.tra';
            INSERT INTO khoacu.staff_role VALUES ({7000 + len(role)}, '{role}')""")
        self.passwords[name] = self.passwords["thanh.tra"]
        return self._sign_in(name)

    @cached_property
    def chief(self):
        return self._office("truong.cham", "chief_marker")

    @cached_property
    def chair(self):
        return self._office("chu.tich.hd", "council_chair")

    @cached_property
    def script_officer(self):
        return self._office("ban.phach", "script_officer")


    def sign(self, run_id, place, who=None, verdict="approved", reason="đã đối chiếu", password=None):
        """Signature A (by hr.mot) or B (by hr.hai) under a frozen list."""
        who = who or ("hr.mot" if place == "A" else "hr.hai")
        client = self.hr if who == "hr.mot" else self.hr2
        return client.post(f"/api/v1/runs/{run_id}/signatures",
                           {"place": place, "verdict": verdict, "reason": reason, "password": password or self.passwords[who]})

    def look(self, run_id):
        """The quality page of a list, without which it is not frozen."""
        assert wait_for_job(self.server, self.hr.post(f"/api/v1/runs/{run_id}/quality", {})) == ("done", "")

    def freeze_and_sign(self, run_id):
        """Both signatures; the list can be published."""
        self.look(run_id)
        assert self.hr.post(f"/api/v1/runs/{run_id}/list-freeze", {"reason": "đã xem trang chất lượng"}).status == 204
        for place in "AB":
            reply = self.sign(run_id, place)
            assert reply.status == 200, reply


def make_cycle(server, hr, code=CYCLE):
    reply = hr.post("/api/v1/cycles", {
        "code": code, "title_vi": "Kỳ thi tuyển công chức thử", "title_en": "A trial cycle", "authority_vi": "Ủy ban nhân dân tỉnh",
        "authority_en": "Provincial People's Committee", "notice": "Thông báo", "notice_on": "2026-08-10", "pack_id": "CC-2026",
        "written_max": "60.00", "interview_max": "40.00", "demonstration": True})
    assert reply.status == 201, reply
    posts = [("CV-01", "Chuyên viên tổng hợp", "SNV", 1), ("CV-01", "Chuyên viên tổng hợp", "STC", 1), ("CV-02", "Chuyên viên pháp chế", "SNV", 2),
             ("CV-03", "Chuyên viên tài chính", "STC", 1)]
    names = {"SNV": "Sở Nội vụ", "STC": "Sở Tài chính"}
    csv = "post_code,post_title,agency_code,agency_name,quota\n" + "".join(f"{p},{t},{a},{names[a]},{q}\n" for p, t, a, q in posts)
    reply = hr.upload("posts", csv, cycle=code)
    assert reply.status == 200 and reply.json["applied"], reply
    csv = "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n" + "".join(
        f"{roll},Thí sinh {roll},{birth_date(roll)},{post},{classes},{agencies}\n" for roll, post, classes, agencies, _ in CANDIDATES)
    reply = hr.upload("candidates", csv, cycle=code)
    assert reply.status == 200 and reply.json["applied"], reply


def count_round1(server, code=CYCLE, rows=CANDIDATES):
    for roll, _, _, _, right in rows:
        status, correct = ("counted", right) if isinstance(right, int) else (right, "NULL")
        server.psql(f"""INSERT INTO khoacu.sitting_score (candidate_id, revision, sitting_id, status, correct, answered, questions, scored_at)
            SELECT c.candidate_id, 1, 1, '{status}', {correct}, {correct if correct == 'NULL' else 60}, 60, now()
              FROM khoacu.candidate c JOIN khoacu.cycle y ON y.cycle_id = c.cycle_id
             WHERE y.code = '{code}' AND c.roll_number = '{roll}'""")


def roll_of(server, script):
    """Who is behind a blind code: only this superuser can tell."""
    return server.psql(f"""SELECT c.roll_number FROM khoacu.script_identity i JOIN khoacu.candidate c ON c.candidate_id = i.candidate_id
        WHERE i.blind_id = x'{script['blind_id']}'::bigint""")[0][0]


NUMBERS = [{"giver": "Chủ tịch hội đồng", "number": "70142"}, {"giver": "Thanh tra", "number": "xổ số 28.11.2026: 40918"}]


def draw(server, chief, code=CYCLE, parts=("written", "interview")):
    """Holds the draws of markers."""
    for part in parts:
        ended = wait_for_job(server, chief.post(f"/api/v1/cycles/{code}/draws", {"component": part, "numbers": NUMBERS}))
        assert ended == ("done", ""), ended


def open_round2(server, people, body=None, code=CYCLE):
    accepted = people.hr.post(f"/api/v1/cycles/{code}/round2", body or {})
    assert wait_for_job(server, accepted) == ("done", ""), accepted
    draw(server, people.chief, code)


def mark(client, blind_id, value, revision=0, final=True):
    """Enters one mark (or "absent") and declares it final."""
    body = {"status": "absent", "revision": revision} if value == "absent" else {"status": "awarded", "value": value, "revision": revision}
    reply = client.put(f"/api/v1/scripts/{blind_id}/mark", body)
    assert reply.status == 200, reply
    if final:
        declare(client, [(blind_id, reply.json["revision"])])


def declare(client, scripts):
    reply = client.post("/api/v1/script-finals", {"scripts": [{"blind_id": b, "revision": r} for b, r in scripts]})
    assert reply.status == 200 and all(one["outcome"] in ("declared", "repeated") for one in reply.json["scripts"]), reply


def enter_marks(server, markers, marks=None):
    for marker in markers:
        done = []
        for script in marker.pages("/api/v1/scripts?state=waiting&limit=200"):
            mark(marker, script["blind_id"], (marks or MARKS)[roll_of(server, script)][0 if script["component"] == "written" else 1], final=False)
            done.append((script["blind_id"], 1))
        done += [(s["blind_id"], s["revision"]) for s in marker.pages("/api/v1/scripts?state=draft&limit=200") if s["blind_id"] not in dict(done)]
        for at in range(0, len(done), 50):
            declare(marker, done[at:at + 50])


def freeze(server, hr, code=CYCLE, reason="đủ điểm"):
    assert wait_for_job(server, hr.post(f"/api/v1/cycles/{code}/marks-freeze", {"reason": reason})) == ("done", "")


def wait_for_job(server, reply):
    """(state, message) of the job that was accepted, when it has ended."""
    assert reply.status == 202, reply
    ended = eventually(lambda: server.psql(f"SELECT state, message FROM khoacu.job WHERE job_id = x'{reply.json['job_id']}'::bigint "
                                           "AND state IN ('done', 'failed', 'cancelled')"), 300)
    assert ended, "the job does not end"
    return tuple(ended[0])
