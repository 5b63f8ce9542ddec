"""A hall for scenarios: one cycle, sealed forms and shifts with seated candidates, put straight into the tables.

    hall = Hall(server, candidates=4, items=6)
    shift = hall.shift(starts=-60, ends=3600, minutes=60)     # seconds from now
    paper = hall.client(0).open()                             # signed in, started

Texts are unique ("Câu 3 của F …", "Câu 3, phương án 2 của F …"), so that the canonical place of whatever a candidate is shown can
be read from its text. Keys are drawn at random and are known to the test alone.
"""

import hashlib
import hmac
import json
import os
import random
import re
import threading

from harness import Client, secret
from vault import Vault, _canonical, document

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _new_id():
    return random.SystemRandom().randrange(1, 2**63)


def texts_sql(text):
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def hex_id(number):
    return f"{number:016x}"


class Hall:
    def __init__(self, server, candidates=4, items=6, options=4, code="HALL-2026", room_size=500, rolls="H"):
        self.server, self.room_size, self.cycle_id, self.cycle_code, self.rolls = server, room_size, _new_id(), code, rolls
        self.staff_id, self.bank_id, self.agency_id, self.post_id = _new_id(), _new_id(), _new_id(), _new_id()
        self.items, self.options, self.vault = items, options, Vault(server)
        self.keys = {}  # form id -> {canonical position: right option}
        self.candidates = [self._candidate(number) for number in range(candidates)]
        server.psql(f"""
            SET search_path = khoacu;
            INSERT INTO rule_pack (pack_id, version, body, sha256) VALUES ('HALL', 1, '{{}}', sha256('{{}}')) ON CONFLICT DO NOTHING;
            INSERT INTO staff (staff_id, login_name, full_name, password_hash, state)
                VALUES ({self.staff_id}, 'hall{self.staff_id % 10**9}', 'Nobody', '$scrypt$', 'disabled');
            INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version,
                               written_max, interview_max, created_by)
                VALUES ({self.cycle_id}, '{code}', 'Kỳ thi', 'Examination', 'Sở', 'Department', 'n', '2026-01-01', 'HALL', 1, 60, 40,
                        {self.staff_id});
            INSERT INTO agency (agency_id, cycle_id, code, name) VALUES ({self.agency_id}, {self.cycle_id}, 'A', 'A');
            INSERT INTO post (post_id, cycle_id, code, title) VALUES ({self.post_id}, {self.cycle_id}, 'P', 'P');
            INSERT INTO bank (bank_id, code, name) VALUES ({self.bank_id}, 'B{self.bank_id % 10**12}', 'Bank');
            {self.vault.bank_sql(self.bank_id)}
            INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, access_code_hmac, post_id, agency_ids) VALUES
            """ + ",".join(
                f"({c['id']}, {self.cycle_id}, '{c['roll']}', 'Thí sinh {c['number']}', '2000-01-01', '\\x{c['hmac']}', {self.post_id}, "
                f"'{{{self.agency_id}}}')" for c in self.candidates) + ";")

    def _candidate(self, number):
        code = os.urandom(10)
        value = int.from_bytes(code, "big")
        text = "".join(_ALPHABET[value >> 5 * i & 31] for i in range(15, -1, -1))
        roll = f"{self.rolls}{number:06d}"
        message = b"khoacu/access/v1\n%016x\n%s\n" % (self.cycle_id, roll.encode()) + code
        return {"number": number, "id": _new_id(), "roll": roll,
                "code": secret("-".join(text[i:i + 4] for i in range(0, 16, 4)), f"the access code of {roll}"),
                "hmac": hmac.new(self.server.key, message, hashlib.sha256).hexdigest()}

    def form(self, code="F"):
        """A sealed form with random keys; gives its id."""
        form_id, item_ids = _new_id(), [_new_id() for _ in range(self.items)]
        key = {position: random.SystemRandom().randrange(1, self.options + 1) for position in range(1, self.items + 1)}
        self.keys[form_id] = key
        sql = [f"""BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL search_path = khoacu;
            INSERT INTO form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_at, sealed_by)
                VALUES ({form_id}, {self.cycle_id}, '{code}', 1, '\\x{os.urandom(32).hex()}', {self.items}, sha256('{form_id}'), 1, now(),
                        now(), {self.staff_id});"""]
        for position, item_id in enumerate(item_ids, 1):
            options = [option_text(position, option, code) for option in range(1, self.options + 1)]
            sql.append(f"""
            INSERT INTO item (item_id, bank_id, code, state, kind, topic, created_at, updated_at)
                VALUES ({item_id}, {self.bank_id}, 'I{item_id}', 'live', 'single', 'luat', now(), now());
            INSERT INTO item_version (item_id, version, kind, topic, level, fingerprint, created_at, created_by)
                VALUES ({item_id}, 1, 'single', 'luat', 1, sha256('{item_id}'), now(), {self.staff_id});
            {self.vault.item_sql(self.bank_id, item_id, 1, *document(stem_text(position, code), options, key[position]))}
            INSERT INTO form_position (form_id, position, item_id, version) VALUES ({form_id}, {position}, {item_id}, 1);""")
        self.server.psql("".join(sql) + "COMMIT;")
        return form_id

    def form_of(self, documents, stimuli=(), media=(), code="FK"):
        """A sealed form of documents (content, key) of any kind; stimuli are (item code, content), media (type, bytes). Gives its id."""
        form_id, sql = _new_id(), [self.vault.media_sql(self.bank_id, kind, data, self.staff_id) for kind, data in media]
        rows = [(position, content, key, None) for position, (content, key) in enumerate(documents, 1)]
        rows += [(-place, content, {"kind": "stimulus"}, name) for place, (name, content) in enumerate(stimuli, 1)]
        for position, content, key, name in rows:
            item_id, kind = _new_id(), content["kind"]
            sql.append(f"""
            INSERT INTO item (item_id, bank_id, code, state, kind, topic, created_at, updated_at)
                VALUES ({item_id}, {self.bank_id}, '{name or f"I{item_id}"}', 'live', '{kind}', 'luat', now(), now());
            INSERT INTO item_version (item_id, version, kind, topic, level, fingerprint, created_at, created_by)
                VALUES ({item_id}, 1, '{kind}', 'luat', 1, sha256('{item_id}'), now(), {self.staff_id});
            {self.vault.item_sql(self.bank_id, item_id, 1, _canonical(content), _canonical(key))}
            INSERT INTO form_version_item (form_id, form_version, position, item_id, version) VALUES ({form_id}, 1, {position}, {item_id}, 1);""")
            if position > 0:
                sql.append(f"INSERT INTO form_position (form_id, position, item_id, version) VALUES ({form_id}, {position}, {item_id}, 1);")
        self.server.psql(f"""BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL search_path = khoacu;
            INSERT INTO form (form_id, cycle_id, code, version, seed, item_count, sha256, first_by, first_at, sealed_at, sealed_by)
                VALUES ({form_id}, {self.cycle_id}, '{code}', 1, '\\x{os.urandom(32).hex()}', {len(documents)}, sha256('{form_id}'), 1, now(),
                        now(), {self.staff_id});{"".join(sql)}COMMIT;""")
        return form_id

    def shift(self, code="S1", clock="common", starts=-60, ends=3600, minutes=60, grace_s=2, candidates=None, form_id=None):
        """Seats the candidates (their numbers; all by default) in rooms; times are seconds from now."""
        return Shift(self, code, clock, starts, ends, minutes, grace_s, candidates, form_id or self.form(f"F-{code}"))

    def client(self, number, server=None):
        """A signed-in candidate."""
        candidate = self.candidates[number]
        client = Sitter(server or self.server, self)
        client.sign_in_candidate(candidate["roll"], candidate["code"], cycle=self.cycle_code)
        return client


class Shift:
    def __init__(self, hall, code, clock, starts, ends, minutes, grace_s, candidates, form_id):
        self.hall, self.id, self.form_id, self.sittings = hall, _new_id(), form_id, {}
        numbers = list(range(len(hall.candidates))) if candidates is None else candidates
        self.room_ids = [_new_id() for _ in range((len(numbers) + hall.room_size - 1) // hall.room_size)]
        rooms = ",".join(f"({room_id}, {self.id}, 'P{i}')" for i, room_id in enumerate(self.room_ids, 1))
        seats = []
        for i, number in enumerate(numbers):
            sitting_id, room_id = _new_id(), self.room_ids[i // hall.room_size]
            self.sittings[number] = (room_id, sitting_id)
            seats.append(f"({room_id}, {sitting_id}, {self.id}, {hall.candidates[number]['id']}, {i % hall.room_size + 1}, {grace_s})")
        hall.server.psql(f"""
            SET search_path = khoacu;
            INSERT INTO shift (shift_id, cycle_id, code, form_id, clock, starts_at, ends_at, minutes, grace_s)
                VALUES ({self.id}, {hall.cycle_id}, '{code}', {form_id}, '{clock}', clock_timestamp() + {starts} * interval '1 s',
                        clock_timestamp() + {ends} * interval '1 s', {minutes}, {grace_s});
            INSERT INTO room (room_id, shift_id, code) VALUES {rooms};
            INSERT INTO sitting (room_id, sitting_id, shift_id, candidate_id, seat, grace_s) VALUES {','.join(seats)};""")

    def hex(self):
        return hex_id(self.id)

    def move_deadline(self, number, seconds):
        """As if a candidate's time ended so many seconds from now."""
        self.hall.server.psql(f"SET session_replication_role = replica; "
                              f"UPDATE khoacu.sitting SET closes_at = clock_timestamp() + {seconds} * interval '1 s' "
                              f"WHERE sitting_id = {self.sittings[number][1]}")

    def end(self, seconds=0):
        """As if the shift and everybody's time had ended so many seconds before the grace runs out (negative: after)."""
        late = f"clock_timestamp() + {seconds} * interval '1 s' - make_interval(secs => grace_s)"
        self.hall.server.psql(f"BEGIN; SET LOCAL session_replication_role = replica; UPDATE khoacu.shift SET starts_at = {late} - make_interval(mins => minutes), ends_at = {late} "
                              f"WHERE shift_id = {self.id}; "
                              f"UPDATE khoacu.sitting SET closes_at = {late} WHERE shift_id = {self.id} AND state = 'open'; COMMIT;")

    def state(self, number):
        return self.hall.server.psql(f"SELECT state FROM khoacu.sitting WHERE sitting_id = {self.sittings[number][1]}")[0][0]

    def rows(self, number):
        """Saved rows of a candidate as (position, seq, choice, flagged), canonical."""
        found = self.hall.server.psql(f"SELECT position, seq, choice, flagged FROM khoacu.response "
                                      f"WHERE sitting_id = {self.sittings[number][1]} ORDER BY 1, 2")
        return [(int(p), int(s), int(c), f == "t") for p, s, c, f in found]

    def scores(self):
        """{candidate number: [(revision, status, correct, answered)]}."""
        by_id = {c["id"]: c["number"] for c in self.hall.candidates}
        found = {}
        for row in self.hall.server.psql("SELECT candidate_id, revision, status, coalesce(correct, -1), coalesce(answered, -1) "
                                         "FROM khoacu.sitting_score ORDER BY 1, 2"):
            number = by_id.get(int(row[0]))
            if number in self.sittings:
                found.setdefault(number, []).append((int(row[1]), row[2], int(row[3]), int(row[4])))
        return found


def stem_text(position, code):
    return f"Câu {position} của {code} <b>&\"?"


def option_text(position, option, code):
    return f"Câu {position}, phương án {option} của {code}"


def canonical(item, option_id=None):
    """Canonical position of a shown item, and canonical option of the one with that id, read from their texts."""
    position = int(re.match(r"Câu (\d+) của", item["stem"]).group(1))
    if option_id is None:
        return position, 0
    text = next(option["text"] for option in item["options"] if option["id"] == option_id)
    return position, int(re.match(r"Câu \d+, phương án (\d+) của", text).group(1))


class Sitter(Client):
    """A candidate's browser. Keeps the bytes of every reply in `seen`."""

    def __init__(self, server, hall):
        super().__init__(server)
        self.hall, self.seen, self.paper, self.own = hall, [], None, None

    def request(self, method, path, **kw):
        reply = super().request(method, path, **kw)
        self.seen.append((reply.header_list, reply.bytes))
        return reply

    def read_own(self):
        reply = self.get("/api/v1/sittings/own")
        assert reply.status == 200, reply
        self.own = reply.json
        return self.own

    @property
    def base(self):
        return f"/api/v1/sittings/{(self.own or self.read_own())['id']}"

    def start(self):
        return self.post(f"{self.base}/start", {})

    def open(self):
        reply = self.start()
        assert reply.status == 200, reply
        self.paper = reply.json
        return self

    def item(self, position):
        return self.paper["items"][position - 1]

    def option(self, position, place=0):
        return self.item(position)["options"][place]["id"]

    def save(self, position, seq, choice, flagged=False, **kw):
        return self.put(f"{self.base}/responses/{position}", {"seq": seq, "choice": choice, "flagged": flagged}, **kw)

    def responses(self):
        reply = self.get(f"{self.base}/responses")
        assert reply.status == 200, reply
        return {r["position"]: (r["seq"], r["choice"], r["flagged"]) for r in reply.json["responses"]}

    def submit(self):
        return self.post(f"{self.base}/submit", {"confirm": True})


def expected_receipt(shift, number):
    """The receipt of what the database holds, by its definition."""
    newest = {}
    for position, _, choice, _ in shift.rows(number):
        newest[position] = choice  # rows come by seq
    answers = [[position, choice] for position, choice in sorted(newest.items()) if choice]
    form = shift.hall.server.psql(f"SELECT encode(sha256, 'hex') FROM khoacu.form WHERE form_id = {shift.form_id}")[0][0]
    text = json.dumps({"answers": answers, "form": form, "sitting": hex_id(shift.sittings[number][1])}, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).digest()
    bits = int.from_bytes(digest[:8], "big") >> 4
    code = "".join(_ALPHABET[bits >> 55 - 5 * i & 31] for i in range(12))
    return {"answers_sha256": digest.hex(), "code": "-".join(code[i:i + 4] for i in (0, 4, 8)), "answered": len(answers)}


def at_once(*calls):
    """Runs the calls in threads that begin together; gives their results in order (an exception is raised here)."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(i, call):
        barrier.wait()
        try:
            results[i] = call()
        except Exception as fault:  # noqa: BLE001
            results[i] = fault

    threads = [threading.Thread(target=run, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results
