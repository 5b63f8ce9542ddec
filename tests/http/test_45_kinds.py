"""What a candidate clicks, writes and sends is what is scored: every kind of item from the paper to the points."""

import hashlib

from every_kind import DOCUMENTS, MEDIA, STIMULI, every_kind, media
from hall import Hall
from harness import Server, eventually, finish, step

server = Server()
hall = Hall(server, candidates=3)


def refusal(reply, status, code):
    assert reply.status == status and reply.code == code, reply


form_id = hall.form_of(every_kind(), stimuli=STIMULI, media=MEDIA)
shift = hall.shift(form_id=form_id, minutes=60)
client = hall.client(0)
paper = client.start().json
items = {item["kind"]: item for item in paper["items"]}


def name(kind, letter, of="options"):
    """The opaque id of an option, by its text."""
    return next(option["id"] for option in items[kind][of] if option["text"] == f"phương án {letter}")


def gap(number, letter):
    return next(option["id"] for option in items["inline"]["gaps"][number]["options"] if option["text"] == f"phương án {letter}")


def save(kind, seq, **members):
    return client.put(f"{client.base}/responses/{items[kind]['position']}", {"seq": seq, **members})


def keep(kind, seq, **members):
    reply = save(kind, seq, **members)
    assert reply.status == 200 and reply.json["outcome"] == "recorded", reply
    return reply


with step("the paper shows every kind, its shared passage once and beside its items, and no key"):
    assert set(items) == set(DOCUMENTS), list(items)
    passage = paper["stimuli"][0]
    assert len(paper["stimuli"]) == 1 and (passage["id"], passage["stem_en"]) == ("s1", "A shared passage.") and "Một đoạn văn chung." in passage["stem_html"], passage
    assert items["single"]["stimulus"] == items["essay"]["stimulus"] == "s1"
    assert abs(items["single"]["position"] - items["essay"]["position"]) == 1, "items of one passage stand together"
    assert "<em>" in items["single"]["stem_html"] and "stem_html" not in items["numeric"]
    assert items["numeric"]["unit"] == "kg" and items["essay"]["words_max"] == 300 and items["upload"]["upload"]["types"] == ["application/pdf", "text/plain"]
    assert len(items["matching"]["columns"]) == 3 and [g["id"] for g in items["inline"]["gaps"]] == ["g1", "g2"]
    for reply in client.seen:
        for secret in (b"correct", b"accepted", b"credit", b"12.5", b"pairs"):
            assert secret not in reply[1], secret

with step("pictures and sounds of the paper are there while it is open, whole, for the browser to keep; others are not"):
    for kind, data in MEDIA:
        reply = client.get(f"/api/v1/sittings/own/media/{media(data).removeprefix('media:')}")
        assert reply.status == 200 and reply.bytes == data and reply.headers["content-type"] == kind and "private" in reply.headers["cache-control"], reply
    refusal(client.get("/api/v1/sittings/own/media/" + "0" * 64), 404, "not-found")
    refusal(hall.client(1).get(f"/api/v1/sittings/own/media/{media(MEDIA[0][1]).removeprefix('media:')}"), 409, "not-open")

with step("each kind is saved in its own terms"):
    pdf = b"%PDF-1.4 " + b"x" * 5000
    sent = client.post(f"{client.base}/files?position={items['upload']['position']}", data=pdf, content_type="application/pdf")
    assert sent.status == 201 and sent.json == {"sha256": hashlib.sha256(pdf).hexdigest(), "type": "application/pdf", "size": len(pdf)}, sent
    ANSWERS = {
        "single": {"choice": name("single", "b")}, "truefalse": {"choice": name("truefalse", "b")}, "graded": {"choice": name("graded", "b")},
        "multiple": {"answer": [name("multiple", "d"), name("multiple", "a")]},
        "ordering": {"answer": [name("ordering", letter) for letter in "cab"]},
        "matching": {"answer": [[name("matching", "a"), name("matching", "y", "columns")], [name("matching", "b"), name("matching", "x", "columns")]]},
        "numeric": {"answer": "12,45 kg"}, "text": {"answer": "  hà   nội "}, "inline": {"answer": {"g1": gap(0, "b"), "g2": gap(1, "b")}},
        "essay": {"answer": "Một bài viết có dấu: ẵ ễ ự.\nDòng hai “ngoặc”."},
        "upload": {"answer": [{"name": "bài làm.pdf", "sha256": hashlib.sha256(pdf).hexdigest()}]},
    }
    for kind, members in ANSWERS.items():
        keep(kind, 1, **members)

with step("what was saved comes back on any device in the terms of the screen"):
    back = {row["position"]: row for row in client.get(f"{client.base}/responses").json["responses"]}
    for kind, members in ANSWERS.items():
        row, wanted = back[items[kind]["position"]], members.get("answer")
        if kind == "multiple":
            assert sorted(row["answer"]) == sorted(wanted), row
        elif kind == "matching":
            assert sorted(row["answer"]) == sorted(wanted), row
        elif "answer" in members:
            assert row["answer"] == wanted and row["choice"] is None, row
        else:
            assert row["choice"] == members["choice"] and "answer" not in row, row

with step("the same answer again is repeated, another under its number is stale, an empty one takes it back"):
    assert save("text", 1, answer="  hà   nội ").json["outcome"] == "repeated"
    refusal(save("text", 1, answer="Huế"), 409, "stale")
    keep("text", 2, answer="")
    assert next(r for r in client.get(f"{client.base}/responses").json["responses"] if r["position"] == items["text"]["position"])["answer"] is None
    keep("text", 3, answer="HÀ NỘI")

with step("an answer in the terms of another kind is refused and names the field"):
    for kind, members, field, rule in (
            ("single", {"answer": ["x"]}, "answer", "kind"), ("text", {"choice": "AAAAAAAA"}, "choice", "kind"), ("numeric", {"answer": 5}, "answer", "kind"),
            ("multiple", {"answer": [name("single", "a")]}, "answer", "unknown"), ("ordering", {"answer": [name("ordering", "a")]}, "answer", "count"),
            ("text", {"answer": "x" * 1001}, "answer", "length"), ("essay", {"answer": "ă" * 20001}, "answer", "length"),
            ("matching", {"answer": [["x"]]}, "answer", "kind"), ("upload", {"answer": [{"name": "a"}]}, "answer", "kind")):
        reply = save(kind, 9, **members)
        assert reply.status == 400 and [(e["path"], e["rule"]) for e in reply.json["errors"]] == [(field, rule)], (kind, reply)
    keep("essay", 2, answer="ă" * 20000)
    keep("essay", 3, answer=ANSWERS["essay"]["answer"])

with step("files are taken by the question's own terms"):
    where = f"{client.base}/files?position={items['upload']['position']}"
    refusal(client.post(where, data=b"GIF89a" + b"x" * 100, content_type="application/pdf"), 415, "file-type")
    refusal(client.post(where, data=b"ch\xc3", content_type="text/plain"), 415, "file-type")
    refusal(client.post(where, data=b"a\0b", content_type="text/plain"), 415, "file-type")
    assert client.post(where, data="Đơn của tôi.\n".encode(), content_type="text/plain").json["type"] == "text/plain"
    refusal(client.post(where, data=b"", content_type="application/pdf"), 413, "file-size")
    refusal(client.post(f"{client.base}/files?position={items['text']['position']}", data=pdf, content_type="application/pdf"), 404, "not-found")
    assert client.post(where, data=pdf, content_type="application/pdf").status == 201
    assert server.psql("SELECT count(*) FROM khoacu.response_file") == [["2"]]

with step("the receipt is the hash of exactly these answers"):
    receipt = client.post(f"{client.base}/submit", {"confirm": True}).json["receipt"]
    ((rows, form, sitting),) = server.psql(f"""
        SELECT string_agg('[' || position || ',' || coalesce(answer, choice::text) || ']', ',' ORDER BY position),
               (SELECT encode(sha256, 'hex') FROM khoacu.form WHERE form_id = {form_id}), lpad(to_hex({shift.sittings[0][1]}), 16, '0')
          FROM (SELECT DISTINCT ON (position) * FROM khoacu.response WHERE sitting_id = {shift.sittings[0][1]} ORDER BY position, seq DESC) r""")
    text = '{"answers":[%s],"form":"%s","sitting":"%s"}' % (rows, form, sitting)
    assert receipt["answers_sha256"] == hashlib.sha256(text.encode()).hexdigest() and receipt["answered"] == 11, receipt
    refusal(client.post(where, data=pdf, content_type="application/pdf"), 409, "ended")

with step("what was clicked is what is scored, position by position"):
    shift.end(-5)
    assert eventually(lambda: len(shift.scores()) == 3)
    ((correct, answered, points, most, each),) = server.psql(
        "SELECT correct, answered, points_e7, points_max_e7, array_to_string(item_points_e7, ',', 'person') FROM khoacu.sitting_score "
        f"WHERE candidate_id = {hall.candidates[0]['id']}")
    earned = dict(zip(DOCUMENTS, each.split(",")))
    one = "10000000"
    assert earned == {"single": one, "truefalse": "0", "graded": "5000000", "multiple": one, "ordering": one, "matching": one, "numeric": one, "text": one,
                      "inline": "0", "essay": "person", "upload": "person"}, earned
    assert (correct, answered, points, most) == ("6", "11", "65000000", "90000000"), (correct, answered, points, most)
    assert shift.scores()[1] == [(1, "absent", -1, -1)]

finish()
