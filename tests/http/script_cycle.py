"""A cycle whose written part was an essay and a file on the screen: sittings, answers and files put straight into the tables.

Everything that identifies somebody (names of files, metadata of pictures, roll numbers) is a word of LEAKS.
"""

import hashlib
import json
import struct
import subprocess
import unicodedata
import zlib

from harness import make_officers
from hall import Hall, Shift, _new_id, texts_sql
from result_cycle import CYCLE, PASSED, People, count_round1, make_cycle, wait_for_job
from vault import Vault

LEAKS = ["Thí sinh", "BaiLam", "canary"]
ESSAY = {"vi": "<p>Trình bày <em>nguyên tắc</em> công khai, minh bạch.</p>", "en": "<p>Explain the principle of openness.</p>"}
RUBRIC = [
    {"id": "c1", "text": {"vi": "<p>Nêu đúng nguyên tắc</p>", "en": "<p>States the principle</p>"}, "max": "25",
     "levels": [{"id": "l1", "credit": "0", "text": {"vi": "không nêu"}}, {"id": "l2", "credit": "12.5", "text": {"vi": "nêu một phần"}},
                {"id": "l3", "credit": "25", "text": {"vi": "nêu đủ"}}]},
    {"id": "c2", "text": {"vi": "<p>Lập luận, ví dụ</p>"}, "max": "15", "levels": []},
]
DOCUMENTS = [
    ({"kind": "single", "body": {"vi": "<p>Một câu</p>"}, "options": [{"id": "a", "text": {"vi": "a"}}, {"id": "b", "text": {"vi": "b"}}]},
     {"kind": "single", "points": "1", "options": [{"credit": "1", "id": "a"}]}),
    ({"kind": "essay", "body": ESSAY, "words_max": 500}, {"kind": "essay", "points": "40", "rubric": RUBRIC}),
    ({"kind": "upload", "body": {"vi": "<p>Nộp bản vẽ</p>"}, "upload_types": ["image/png", "image/jpeg", "application/pdf", "text/plain"]},
     {"kind": "upload", "points": "20"}),
]


def png(width, height, words):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x * 5 + y) % 256 for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"tEXt", b"Author\0" + words)
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pdf(pages, words):
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, b" ".join(b"%d 0 R" % (4 + i) for i in range(pages))),
               b"<</Author(%s)>>" % words] + [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>"] * pages
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer<</Size %d/Root 1 0 R/Info 3 0 R>>startxref\n%d\n%%%%EOF" % (len(objects) + 1, table)


def jpeg(words):
    plain = subprocess.run(["pdftoppm", "-jpeg", "-r", "72", "-"], input=pdf(1, b"x"), capture_output=True, check=True).stdout
    exif = b"Exif\0\0" + words
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain[2:]


def answer_of(roll):
    """What somebody wrote, as she typed it: decomposed, with what looks like markup."""
    return unicodedata.normalize("NFD", f"Nguyên tắc công khai là gốc của niềm tin.\n<b>Không</b> có gì phải giấu, mã {hashlib.sha256(roll.encode()).hexdigest()[:12]}. 𝔘 hết.")


class ScriptCycle:
    def __init__(self, server, examiners=("cham.mot", "cham.hai"), people=None):
        self.server, self.people = server, people or People(server)
        self.chief_password = make_officers(server, self.people.administrator, [("truong.ban", "Trưởng ban chấm", "", "chief_marker")])["truong.ban"]
        make_cycle(server, self.people.hr)
        count_round1(server)
        self._sit()
        self.opened = self.people.hr.post(f"/api/v1/cycles/{CYCLE}/round2", {"examiners": list(examiners)})
        ended = wait_for_job(server, self.opened)
        assert ended == ("done", ""), ended
        # One examiner each, in turn: what one does with a script does not hang on the lot (test_51_rounds).
        names = ", ".join(f"'{name}'" for name in examiners)
        server.psql(f"""INSERT INTO khoacu.marking_assignment (blind_id, marking_round, marker_id)
            SELECT s.blind_id, 1, e.ids[1 + (row_number() OVER (PARTITION BY s.component, s.question ORDER BY s.blind_id)) % cardinality(e.ids)]
              FROM khoacu.script s CROSS JOIN (SELECT array_agg(staff_id) AS ids FROM khoacu.staff WHERE login_name IN ({names})) e""")

    def _sit(self):
        server, hall = self.server, Hall.__new__(Hall)
        rows = server.psql(f"SELECT c.candidate_id, c.roll_number, c.cycle_id FROM khoacu.candidate c JOIN khoacu.cycle y ON y.cycle_id = c.cycle_id "
                           f"WHERE y.code = '{CYCLE}' ORDER BY 2")
        hall.server, hall.room_size, hall.cycle_id, hall.cycle_code, hall.keys = server, 500, int(rows[0][2]), CYCLE, {}
        hall.staff_id, hall.bank_id, hall.vault = _new_id(), _new_id(), Vault(server)
        hall.candidates = [{"id": int(row[0]), "roll": row[1], "number": number} for number, row in enumerate(rows)]
        server.psql(f"""SET search_path = khoacu;
            INSERT INTO staff (staff_id, login_name, full_name, password_hash, state) VALUES ({hall.staff_id}, 'hall', 'Nobody', '$scrypt$', 'disabled');
            INSERT INTO bank (bank_id, code, name) VALUES ({hall.bank_id}, 'B-SCRIPT', 'Bank'); {hall.vault.bank_sql(hall.bank_id)}""")
        self.shift, self.files = Shift(hall, "S1", "common", -60, 3600, 60, 2, None, hall.form_of(DOCUMENTS)), {}
        sql = ["BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL search_path = khoacu;"]
        for number, candidate in enumerate(hall.candidates):
            room, sitting = self.shift.sittings[number]
            files = [("BaiLam-%s.png" % candidate["roll"], png(60, 40, b"canary " + candidate["roll"].encode())),
                     ("BaiLam-%s.jpg" % candidate["roll"], jpeg(b"canary " + candidate["roll"].encode())),
                     ("BaiLam-%s.pdf" % candidate["roll"], pdf(2, b"canary " + candidate["roll"].encode())),
                     ("BaiLam-%s.txt" % candidate["roll"], "\ufeffDự án cải cách\r\nBước một: công khai.".encode()),
                     ("BaiLam-%s.docx" % candidate["roll"], b"PK\3\4 canary " + candidate["roll"].encode())]
            self.files[candidate["roll"]] = [hashlib.sha256(data).hexdigest() for _, data in files]
            named = json.dumps([{"name": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in files])
            for position, answer in ((2, json.dumps(answer_of(candidate["roll"]), ensure_ascii=False)), (3, named)):
                sql.append(f"INSERT INTO response (room_id, sitting_id, received_at, seq, position, choice, flagged, answer) "
                           f"VALUES ({room}, {sitting}, now(), 1, {position}, 0, false, {texts_sql(answer)});")
            sql += [f"INSERT INTO response_file (room_id, sitting_id, sha256, type, bytes, received_at) VALUES ({room}, {sitting}, sha256('\\x{data.hex()}'), "
                    f"'application/octet-stream', '\\x{data.hex()}', now());" for _, data in files]
        sql.append(f"UPDATE sitting SET state = 'submitted', started_at = now() - interval '2 h', closes_at = now() - interval '1 h', "
                   f"ended_at = now() - interval '1 h' WHERE shift_id = {self.shift.id}; UPDATE shift SET state = 'closed' WHERE shift_id = {self.shift.id}; COMMIT;")
        server.psql("".join(sql))
        self.leaks = LEAKS + [roll for roll in PASSED] + [f"{c['id']:016x}" for c in hall.candidates] + [str(c["id"]) for c in hall.candidates] + \
            [f"{sitting:016x}" for _, sitting in self.shift.sittings.values()] + [sha for shas in self.files.values() for sha in shas]
