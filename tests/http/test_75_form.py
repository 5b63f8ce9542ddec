"""Forms: drafted, changed as versions, reviewed, sealed by two persons, printed; after the second seal nothing changes."""

import base64
import re
import subprocess

from cycle_data import POSTS, TOPICS, applied, cycle, items, rows, second_item_officer
from harness import Client, Server, finish, make_all_roles, make_officers, step
from routes import fill, routes
from vault import make_live

server = Server()
clients = make_all_roles(server)
first, hr = clients["item_officer"], clients["hr_officer"]
cycle(hr)
applied(hr.upload("posts", POSTS, cycle="KT-2026"), imported=3)
applied(hr.upload("candidates", rows(["roll_number", "full_name", "birth_date", "post_code"], [["TS-1", "Trần Thị Thử", "2000-01-01", "CV-02"]]),
                  cycle="KT-2026"), imported=1)
applied(first.upload("items", items(120), bank="NH-1"), imported=120)
second = second_item_officer(clients)
NAMES = ["nguoi.ngoai", "nguoi.rap", "mot.nhanh"]
passwords = make_officers(server, clients["administrator"], [(name, "Bà " + name, "Sở Nội vụ", "item_officer") for name in NAMES])
stranger, assembler, branch = [Client(server).sign_in(name, passwords[name]) for name in NAMES]
for name, topic, rights in (("nguoi.rap", "", 4), ("mot.nhanh", TOPICS[0], 15 - 8)):
    server.psql(f"INSERT INTO khoacu.bank_member SELECT b.bank_id, s.staff_id, '{topic}', {rights} FROM khoacu.bank b, khoacu.staff s "
                f"WHERE b.code = 'NH-1' AND s.login_name = '{name}'")
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def text(vi):
    return {"vi": vi}


def options(*texts, names="abcdefgh"):
    return [{"id": i, "text": text(t)} for i, t in zip(names, texts)]


def write(code, content, key, topic="luat/hanh-chinh"):
    reply = first.post("/api/v1/items", {"bank": "NH-1", "code": code, "content": content, "key": key, "meta": {"topic": topic}})
    assert reply.status == 201, reply
    return reply.json["id"]


def draft(code, client=first, **what):
    return client.post("/api/v1/cycles/KT-2026/forms", {"code": code, "bank": "NH-1", **what})


def read(form, client=first, query=""):
    reply = client.get(f"/api/v1/forms/{form}{query}")
    assert reply.status == 200, reply
    return reply.json


def review(form, client=second, verdict="accept", version=None, **more):
    return client.post(f"/api/v1/forms/{form}/reviews", {"version": version or read(form)["version"], "verdict": verdict, **more})


def seal(form, client, **seen):
    now = read(form)
    return client.post(f"/api/v1/forms/{form}/seal", {"version": now["version"], "sha256": now["sha256"], **seen})


def change(form, ids, client=first, base=None):
    return client.post(f"/api/v1/forms/{form}/versions", {
        "base_version": base or read(form)["version"], "items": [{"id": i} for i in ids], "reason": "Thay câu 2"})


def refusal(reply, status, code):
    assert reply.status == status and reply.code == code, reply


def pdf(form, what, client=first, query=""):
    """The file and its text as pdftotext gives it, blanks folded."""
    reply = client.get(f"/api/v1/forms/{form}/{what}.pdf{query}")
    assert reply.status == 200 and reply.headers["content-type"] == "application/pdf", reply
    assert reply.bytes.startswith(b"%PDF-"), reply
    words = subprocess.run(["pdftotext", "-layout", "-", "-"], input=reply.bytes, capture_output=True, check=True).stdout.decode()
    return reply.bytes, re.sub(r"\s+", " ", words)


# ---- items of every kind ----

sha = first.put("/api/v1/media?bank=NH-1", data=PNG, content_type="image/png").json["sha256"]
FORMULA = "<math><mi>x</mi><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
write("DOC-1", {"kind": "stimulus", "body": text(f"<p>Ngữ liệu chung về hồ sơ một cửa.</p><p><img src=\"media:{sha}\" alt=\"Biểu đồ hồ sơ\" width=\"300\"/></p>"
                                                 "<table><tbody><tr><th>Xã</th><td>An Thịnh</td></tr></tbody></table>")}, {"kind": "stimulus"})
KINDS = {
    "DON-1": ({"kind": "single", "body": text(f"<p>Nghiệm {FORMULA} thuộc loại nào &amp; vì sao?</p>"), "stimulus": "DOC-1", "shuffle": True,
               "options": options("Hữu tỉ", "Vô tỉ", "Phức", "Không có")}, {"kind": "single", "points": "1", "options": [{"id": "a", "credit": "1"}]}, "A"),
    "NHIEU-1": ({"kind": "multiple", "body": text("<p>Chọn hai cơ quan lập pháp.</p>"), "choices_min": 2, "choices_max": 2,
                 "options": options("Quốc hội", "Chính phủ", "Nghị viện", "Tòa án")},
                {"kind": "multiple", "points": "1", "options": [{"id": "a", "credit": "1"}, {"id": "c", "credit": "1"}]}, "A, C"),
    "THU-TU-1": ({"kind": "ordering", "body": text("<p>Sắp xếp các bước.</p>"), "options": options("Tiếp nhận", "Thẩm định", "Trả kết quả")},
                 {"kind": "ordering", "points": "1", "order": ["b", "a", "c"]}, "B → A → C"),
    "GHEP-1": ({"kind": "matching", "body": text("<p>Ghép cơ quan với quyền.</p>"), "options": options("Quốc hội", "Chính phủ"),
                "columns": options("Hành pháp", "Lập pháp", "Tư pháp", names="xyz")},
               {"kind": "matching", "points": "2", "pairs": [{"row": "a", "column": "y", "credit": "1"}, {"row": "b", "column": "x", "credit": "1"}]},
               "1–B; 2–A"),
    "SO-1": ({"kind": "numeric", "body": text("<p>Diện tích là bao nhiêu?</p>"), "unit": "m²"},
             {"kind": "numeric", "points": "1", "accepted": [{"value": "12.5", "tolerance": "0.1"}]}, "12.5 ± 0.1 m²"),
    "CHU-1": ({"kind": "text", "body": text("<p>Thủ đô nước ta?</p>")}, {"kind": "text", "points": "1", "accepted": [{"value": "Hà Nội"}, {"value": "T\\*L \\ *"}]}, "Hà Nội / T*L \\ […]"),
    "CHO-1": ({"kind": "inline", "body": text("<p>Quốc hội có quyền <span data-gap=\"g1\"/>.</p>"),
               "gaps": [{"id": "g1", "options": options("lập pháp", "hành pháp")}]}, {"kind": "inline", "points": "1", "gaps": [{"id": "g1", "correct": "a"}]},
              "(1) A"),
    "LUAN-1": ({"kind": "essay", "body": text("<p>Phân tích nguyên tắc công khai, minh bạch.</p>"), "words_max": 400},
               {"kind": "essay", "points": "5", "rubric": [{"id": "c1", "text": text("Nêu căn cứ"), "max": "5",
                                                            "levels": [{"id": "l1", "text": text("Nêu đủ"), "credit": "5"}]}]}, "Xem hướng dẫn chấm"),
}
ids = [write(code, content, key) for code, (content, key, _) in KINDS.items()]

# ---- drafts ----

with step("what is not live is not drafted, and the item is named"):
    reply = draft("DE-10", items=[{"id": i} for i in ids])
    refusal(reply, 409, "item-unfit")
    assert (reply.json["position"], reply.json["why"]) == (1, "not-live"), reply
    make_live(server, "NH-1")

with step("a form is drafted from a list, in its order, with the stimulus that an item refers to"):
    reply = draft("DE-10", items=[{"id": i} for i in ids])
    assert reply.status == 201 and reply.json["version"] == 1 and reply.json["state"] == "draft" and reply.json["item_count"] == 8, reply
    form = reply.json["id"]
    seen = read(form)
    assert [item["id"] for item in seen["items"]] == ids and [item["kind"] for item in seen["items"]] == [c["kind"] for c, _, _ in KINDS.values()]
    assert [s["code"] for s in seen["stimuli"]] == ["DOC-1"] and [i["stimulus"] for i in seen["items"]] == ["DOC-1"] + [None] * 7
    assert seen["items"][4]["content"] == KINDS["SO-1"][0] and seen["rights"] == {
        "may_change": True, "may_review": True, "may_seal": False, "may_read_key": True}, seen["rights"]

with step("no key is in it"):
    assert "credit" not in str(seen) and "accepted" not in str(seen) and not re.search(r"(?<!:)12\.5", str(seen))

with step("bad lists are refused: a stimulus, an item twice, one of nobody, none, both ways at once"):
    doc = next(s["id"] for s in seen["stimuli"])
    assert draft("DE-11", items=[{"id": doc}]).json["why"] == "stimulus"
    assert draft("DE-11", items=[{"id": ids[0]}, {"id": ids[0]}]).json["errors"][0]["rule"] == "unique"
    assert draft("DE-11", items=[{"id": "0" * 15 + "1"}]).json["why"] == "unknown"
    assert draft("DE-11", items=[{"id": ids[0], "version": 7}]).json["why"] == "not-live"
    assert draft("DE-11", items=[]).status == draft("DE-11").status == 400
    assert draft("DE-11", items=[{"id": ids[0]}], topics=[{"topic": TOPICS[0], "count": 60}]).status == 400

with step("whoever has no right on the whole bank sees no form; an assembler drafts and has no key"):
    for client in (stranger, branch):
        assert client.get("/api/v1/forms?cycle=KT-2026").json["items"] == []
        for path in ("", "/booklet.pdf", "/answer-sheet.pdf", "/key.pdf"):
            refusal(client.get(f"/api/v1/forms/{form}{path}"), 404, "not-found")
        refusal(review(form, client), 404, "not-found")
        refusal(seal(form, client), 404, "not-found")
        refusal(change(form, ids, client), 404, "not-found")
        refusal(draft("DE-11", client, items=[{"id": ids[0]}]), 403, "not-permitted")
    assert draft("DE-11", assembler, items=[{"id": ids[0]}, {"id": ids[1]}]).status == 201
    assert [f["code"] for f in assembler.get("/api/v1/forms?cycle=KT-2026").json["items"]] == ["DE-11", "DE-10"]
    assert not read(form, assembler)["rights"]["may_read_key"]
    refusal(assembler.get(f"/api/v1/forms/{form}/key.pdf"), 404, "not-found")
    assert first.get("/api/v1/forms?cycle=KHONG-CO").json["items"] == []

# ---- review, versions, seals ----

with step("what nobody has reviewed is not sealed; a return wants a reason and is no acceptance"):
    refusal(seal(form, first), 409, "not-reviewed")
    assert review(form, verdict="return").json["errors"][0]["path"] == "reason"
    assert review(form, verdict="return", reason="Câu 2 chưa rõ").status == 201
    assert read(form)["state"] == "returned" and read(form)["reviews"][0]["reason"] == "Câu 2 chưa rõ"
    refusal(seal(form, first), 409, "not-reviewed")

with step("a review's reason is not in the database in clear"):
    assert server.psql("SELECT 1 FROM khoacu.form_review WHERE position('chưa rõ'::bytea IN sealed) > 0") == []

with step("a change is a new version; the old one stays to be read, and an older one cannot be changed"):
    moved = [ids[1], ids[0]] + ids[2:]
    reply = change(form, moved)
    assert reply.status == 201 and reply.json["version"] == 2, reply
    refusal(change(form, ids, base=1), 409, "stale-version")
    now = read(form)
    assert now["state"] == "draft" and [v["version"] for v in now["versions"]] == [2, 1] and now["versions"][0]["reason"] == "Thay câu 2"
    assert [i["id"] for i in now["items"]] == moved and [i["id"] for i in read(form, query="?version=1")["items"]] == ids
    refusal(first.get(f"/api/v1/forms/{form}?version=3"), 404, "not-found")
    refusal(review(form, version=1), 409, "stale-version")

with step("accepted, it is sealed by one who has seen this version and hash"):
    assert review(form).status == 201 and read(form)["state"] == "reviewed"
    refusal(seal(form, first, sha256="0" * 64), 409, "stale-version")
    refusal(seal(form, first, version=1), 409, "stale-version")
    assert seal(form, first, sha256="xyz").status == 400
    reply = seal(form, first)
    assert reply.status == 200 and (reply.json["seal"], reply.json["state"]) == (1, "half-sealed"), reply

with step("one person never sets both seals, however often he asks"):
    for _ in range(3):
        refusal(seal(form, first), 403, "same-person")
    assert read(form)["state"] == "half-sealed" and not read(form)["rights"]["may_seal"] and read(form, second)["rights"]["may_seal"]

with step("half-sealed, it cannot be sat"):
    SHIFT = {"code": "S1", "clock": "common", "starts_at": "2099-01-01T00:00:00Z", "ends_at": "2099-01-01T02:00:00Z", "minutes": 60, "room_size": 10}
    refusal(hr.post("/api/v1/cycles/KT-2026/shifts", {**SHIFT, "form_id": form}), 409, "form-not-sealed")

with step("a change after the first seal takes the seal away with it"):
    assert change(form, ids).json["version"] == 3
    assert read(form)["seals"] == [] and read(form)["state"] == "draft"
    refusal(seal(form, second), 409, "not-reviewed")
    assert review(form).status == 201
    assert seal(form, second).json["seal"] == 1 and seal(form, first).json == {
        "id": form, "seal": 2, "state": "sealed", "sha256": read(form)["sha256"]}

with step("sealed by two, it is never changed again"):
    now = read(form)
    assert now["state"] == "sealed" and [s["place"] for s in now["seals"]] == [1, 2] and now["rights"] == {
        "may_change": False, "may_review": False, "may_seal": False, "may_read_key": True}, now["rights"]
    for reply in (change(form, moved), review(form), review(form, verdict="return", reason="muộn"), seal(form, second), seal(form, first)):
        refusal(reply, 409, "sealed")

with step("a correction of an item leaves the sealed form as it is"):
    before = read(form)
    reply = first.post(f"/api/v1/items/{ids[5]}/versions", {
        "content": {"kind": "text", "body": text("<p>Thủ đô cũ?</p>")}, "key": KINDS["CHU-1"][1], "meta": {"topic": "luat/hanh-chinh"},
        "reason": "sửa", "base_version": 1})
    assert reply.status == 201, reply
    assert read(form)["items"] == before["items"] and read(form)["sha256"] == before["sha256"]

with step("an item that was retired between the seals stops the second"):
    late = draft("DE-12", items=[{"id": i} for i in ids[:3]]).json["id"]
    assert review(late).status == 201 and seal(late, first).status == 200
    assert first.post("/api/v1/item-acts", {"ids": [ids[1]], "act": "retire", "reason": "lộ đề"}).status == 200
    reply = seal(late, second)
    refusal(reply, 409, "item-unfit")
    assert (reply.json["position"], reply.json["why"]) == (2, "retired"), reply
    refusal(draft("DE-13", items=[{"id": ids[1]}]), 409, "item-unfit")

with step("a form that refers to a stimulus that is gone is not drafted"):
    assert first.post("/api/v1/item-acts", {"ids": [doc], "act": "retire", "reason": "hết hạn"}).status == 200
    reply = draft("DE-13", items=[{"id": ids[0]}])
    refusal(reply, 409, "stimulus-missing")
    assert reply.json["position"] == 1, reply

with step("a shift takes a sealed form of the pack's size and no other"):
    refusal(hr.post("/api/v1/cycles/KT-2026/shifts", {**SHIFT, "form_id": form}), 409, "form-size")
    small = draft("DE-14", items=[{"id": row[0]} for row in server.psql(
        "SELECT lpad(to_hex(item_id), 16, '0') FROM khoacu.item WHERE code LIKE 'C-%' ORDER BY code LIMIT 5")]).json["id"]
    assert review(small).status == 201 and seal(small, first).status == 200 and seal(small, second).status == 200
    refusal(hr.post("/api/v1/cycles/KT-2026/shifts", {**SHIFT, "form_id": small}), 409, "form-size")
    assert hr.post("/api/v1/cycles/KT-2026/shifts", {**SHIFT, "form_id": "0" * 15 + "1"}).json["errors"][0]["rule"] == "unknown-value"

with step("what stands in as many sealed forms as may be is drawn no more, and the bank's health says so"):
    fresh = ids[3:5]
    assert first.patch("/api/v1/banks/NH-1", {"exposure_max": 1}).status == 200
    reply = draft("DE-15", items=[{"id": i} for i in fresh])
    refusal(reply, 409, "item-unfit")
    assert (reply.json["position"], reply.json["why"]) == (1, "exposed"), reply
    health = first.get("/api/v1/banks/NH-1/health").json["exposed"]
    sealed = int(server.psql("SELECT count(*) FROM khoacu.item WHERE exposure >= 1 AND state <> 'retired'")[0][0])
    assert health["total"] == sealed >= 12 and all("overexposed" in row["flags"] for row in health["items"]), health
    assert {row["id"] for row in health["items"]} <= {i["id"] for i in first.pages("/api/v1/items?exposed=true&limit=50")}
    assert first.patch("/api/v1/banks/NH-1", {"exposure_max": 0}).status == 200

# ---- on paper ----

with step("the booklet says every item exactly, in order, and nothing of the key"):
    file, words = pdf(form, "booklet", second, "?minutes=90")
    for part in ("KỲ THI THỬ", "ĐỀ THI CHÍNH THỨC", "Mã đề: DE-10", "Thời gian làm bài: 90 phút", "Dựa vào nội dung sau để trả lời câu 1:",
                 "Ngữ liệu chung về hồ sơ một cửa.", "An Thịnh", "Nghiệm x =", "thuộc loại nào & vì sao?", "A. Hữu tỉ B. Vô tỉ C. Phức D. Không có",
                 "Câu 2. (Chọn đúng 2 phương án.) Chọn hai cơ quan lập pháp.", "1. Quốc hội A. Hành pháp", "C. Tư pháp",
                 "Diện tích là bao nhiêu? Đáp số:", "m²", "Quốc hội có quyền (1) __________", "(Không quá 400 từ.)", "------------- HẾT -------------",
                 "Thí sinh không được sử dụng tài liệu."):
        assert part in words, (part, words)
    assert [words.index(f"Câu {n}.") for n in range(1, 9)] == sorted(words.index(f"Câu {n}.") for n in range(1, 9))
    assert "12.5" not in words and "Hà Nội" not in words and "DON-1" not in words and "BẢN NHÁP" not in words
    assert b"/Lang (vi)" in file and b"/S /Figure" in file and b"/Alt <FEFF" in file and b"/DisplayDocTitle true" in file

with step("in English its own words are English; in two columns it says the same"):
    words = pdf(form, "booklet", query="?lang=en")[1]
    assert "OFFICIAL PAPER" in words and "Question 8." in words and "A trial" in words.replace("A TRIAL", "A trial"), words
    assert "Phân tích nguyên tắc" in pdf(form, "booklet", query="?columns=2")[1]
    assert first.get(f"/api/v1/forms/{form}/booklet.pdf?lang=fr").status == 400
    assert first.get(f"/api/v1/forms/{form}/booklet.pdf?columns=3").status == 400

with step("the answer sheet has places for every answer and no text of an item"):
    words = pdf(form, "answer-sheet")[1]
    for part in ("PHIẾU TRẢ LỜI", "Họ và tên thí sinh:", "Số báo danh:", "Mã đề: DE-10", "Phần I. Câu trả lời bằng chữ cái", "4.1", "4.2", "7.1",
                 "Phần II. Câu trả lời ngắn", "Câu 3.", "Phần III. Bài viết", "Câu 8."):
        assert part in words, (part, words)
    assert "Quốc hội" not in words and "Diện tích" not in words

with step("the key has every answer, code and version, the marking guide, and who sealed"):
    words = pdf(form, "key", second)[1]
    for code, (_, _, answer) in KINDS.items():
        assert f"{code} (1)" in words and answer.replace(" ", "") in words.replace(" ", ""), (code, words)
    for part in ("TÀI LIỆU MẬT", "Hướng dẫn chấm câu 8", "Nêu căn cứ", "5: Nêu đủ", "Người niêm phong thứ 1: Người thứ hai", read(form)["sha256"]):
        assert part in words, (part, words)

with step("every version can be printed; what is not sealed says so"):
    assert "BẢN NHÁP" in pdf(form, "booklet", query="?version=2")[1]
    assert "Đề chưa được niêm phong." in pdf(late, "key")[1]

# ---- what is left behind ----

with step("each act is in the audit trail, without texts; each reading in the access history"):
    acts = dict(server.psql(f"SELECT act, count(*) FROM khoacu.audit_event WHERE subject = 'form:{form}' GROUP BY act"))
    assert acts == {"form.draft": "1", "form.change": "2", "form.review": "3", "form.seal": "3", "form.print": "6"}, acts
    payloads = " ".join(p for (p,) in server.psql("SELECT payload FROM khoacu.audit_event WHERE act LIKE 'form.%'"))
    assert "chưa rõ" not in payloads and "Quốc hội" not in payloads
    assert '"what":"key"' in payloads
    purposes = dict(server.psql("SELECT purpose, count(DISTINCT item_id) FROM khoacu.item_access GROUP BY purpose"))
    assert int(purposes["form"]) >= 9 and int(purposes["print"]) >= 9, purposes

with step("no route shows a text of the bank, to whomever, without an entry in the access history"):
    item = read(form)["items"][0]
    stem = max(re.findall(r"[\w ]+", re.sub("<[^>]*>", "|", item["content"]["body"]["vi"])), key=len).strip()
    assert len(stem) > 8, item["content"]
    filled = lambda path, one: fill(path.replace("{id}", one).replace("{bank}", "NH-1").replace("{code}", "KT-2026"))
    entries = lambda: int(server.psql("SELECT count(*) FROM khoacu.item_access")[0][0])
    shown = set()
    for method, path, _, _, name, _ in routes():
        for client in clients.values() if method == "GET" else ():
            for one in (form, item["id"]) if "{id}" in path else ("",):
                for query in ("", "?bank=NH-1&limit=200", "?from=1&to=1&format=gift", "?version=1"):
                    address = filled(path, one) + query
                    reply = client.get(address)
                    if reply.status != 200 or not (stem.encode() in reply.bytes or reply.bytes.startswith(b"%PDF")):
                        continue
                    before = entries()
                    assert client.get(address).status == 200 and entries() > before, address
                    shown.add(name)
    assert {"item_list", "item_get", "form_get", "form_booklet_get", "form_key_get", "bank_export_get"} <= shown, (stem, shown)

with step("nobody but item officers has any of it"):
    for role in ("administrator", "hr_officer", "examiner", "invigilator", "inspector"):
        for path in ("", f"/{form}", f"/{form}/booklet.pdf", f"/{form}/key.pdf"):
            assert clients[role].get("/api/v1/forms" + path).status == 403, (role, path)

finish()
