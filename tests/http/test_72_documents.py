"""Items of every kind are kept as documents: checked, cleaned, compared; formulas are converted; a draft may lack something."""

from harness import Client, Server, finish, make_administrator, make_officers, step

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [(n, "Ông " + n, "Sở Nội vụ", "item_officer") for n in ("tac.gia", "nguoi.ngoai")])
author, stranger = [Client(server).sign_in(n, passwords[n]) for n in ("tac.gia", "nguoi.ngoai")]
assert author.post("/api/v1/banks", {"code": "NH-1", "name": "Ngân hàng thử", "reviewers_needed": 1}).status == 201

META = {"topic": "law/civil"}


def text(vi, en=None):
    return {"vi": vi, **({"en": en} if en else {})}


def options(*texts):
    return [{"id": i, "text": text(t)} for i, t in zip("abcdefgh", texts)]


# content and key of each kind, as an author's screen sends them
DOCUMENTS = {
    "single": ({"body": text("<p>Hỏi?</p>", "<p>Question?</p>"), "shuffle": True,
                "options": [{"id": i, "text": text(vi, en)} for i, vi, en in (("a", "Một", "One"), ("b", "Hai", "Two"), ("c", "Ba", "Three"))]},
               {"options": [{"id": "b", "credit": "1"}], "points": "1"}),
    "multiple": ({"body": text("<p>Chọn.</p>"), "options": options("Một", "Hai", "Ba", "Bốn"), "choices_max": 2},
                 {"options": [{"id": "a", "credit": "1"}, {"id": "c", "credit": "1"}], "points": "2", "rule": "per_option"}),
    "truefalse": ({"body": text("<p>Đúng không?</p>"), "options": options("Đúng", "Sai")}, {"options": [{"id": "a", "credit": "1"}], "points": "1"}),
    "ordering": ({"body": text("<p>Xếp.</p>"), "options": options("Một", "Hai", "Ba")}, {"order": ["c", "a", "b"], "points": "1", "rule": "position"}),
    "matching": ({"body": text("<p>Nối.</p>"), "options": options("Hà Nội", "Huế"), "columns": [{"id": "x", "text": text("Bắc")}, {"id": "y", "text": text("Trung")}]},
                 {"pairs": [{"row": "a", "column": "x", "credit": "1"}, {"row": "b", "column": "y", "credit": "1"}], "points": "1"}),
    "numeric": ({"body": text("<p>Bao nhiêu?</p>"), "unit": "km"}, {"accepted": [{"value": "12.5", "tolerance": "0.1", "credit": "1"}], "points": "1"}),
    "text": ({"body": text("<p>Tên gì?</p>")}, {"accepted": [{"value": "Hà Nội", "credit": "1"}, {"value": "Thăng Long", "credit": "0.5"}], "fold_case": True, "points": "1"}),
    "inline": ({"body": text('<p>Nước ta có <span data-gap="g1"/> miền.</p>'), "gaps": [{"id": "g1", "options": options("hai", "ba")}]},
               {"gaps": [{"id": "g1", "correct": "b"}], "points": "1"}),
    "graded": ({"body": text("<p>Bạn làm gì?</p>"), "options": options("Một", "Hai", "Ba")},
               {"options": [{"id": "a", "credit": "2"}, {"id": "b", "credit": "1"}], "points": "2", "rule": "map"}),
    "essay": ({"body": text("<p>Trình bày.</p>"), "words_max": 800, "lines": 40},
              {"points": "10", "rubric": [{"id": "r1", "text": text("Lập luận"), "max": "6"}, {"id": "r2", "text": text("Văn phong"), "max": "4"}]}),
    "upload": ({"body": text("<p>Nộp tệp.</p>"), "upload_types": ["application/pdf"], "upload_files_max": 2}, {"points": "5"}),
    "stimulus": ({"body": text("<p>Đọc đoạn văn sau.</p><table><tbody><tr><th scope=\"col\">A</th><td>1</td></tr></tbody></table>")}, {}),
}


def errors(reply):
    assert reply.status == 400 and reply.code == "invalid", reply
    return {(e["path"], e["rule"]) for e in reply.json["errors"]}


def write(kind, content, key, code=None):
    return author.post("/api/v1/items", {"bank": "NH-1", "content": {"kind": kind, **content}, "key": {"kind": kind, **key}, "meta": META,
                                         **({"code": code} if code else {})})


ids = {}
with step("every kind is written and read again as the same document, and may be submitted"):
    for kind, (content, key) in DOCUMENTS.items():
        reply = write(kind, content, key, f"K-{kind.upper()}")
        assert reply.status == 201, (kind, reply)
        ids[kind] = reply.json["id"]
        item = author.get(f"/api/v1/items/{ids[kind]}").json
        assert item["kind"] == kind and item["content"]["body"] == content["body"], item
        assert {k: v for k, v in item["content"].items() if k != "kind"} == content, (kind, item["content"])
        for name, value in key.items():
            if name not in ("points", "rule"):
                assert item["key"][name] == value, (kind, name, item["key"])
        reply = author.post(f"/api/v1/items/{ids[kind]}/state", {"to": "in_review", "version": 1})
        assert reply.status == 200, (kind, reply)

with step("foreign markup is cleaned, a formula is kept as MathML with its source, and the preview says what was changed"):
    body = '<div><b>Giải</b> \\(x^2 \\le 4\\)<script>alert(1)</script> <a href="http://x/">đây</a></div>'
    content = {"kind": "single", "body": text(body), "options": options("Một", "Hai")}
    key = {"kind": "single", "options": [{"id": "a", "credit": "1"}], "points": "1"}
    preview = author.post("/api/v1/item-preview", {"content": content, "key": key})
    assert preview.status == 200, preview
    assert {n["code"] for n in preview.json["notes"]} == {"content-dropped", "link-dropped"} and preview.json["faults"] == [], preview
    assert "<math " in preview.json["content"]["body"]["vi"] and "script" not in preview.json["content"]["body"]["vi"], preview
    assert preview.json["plain"]["vi"].startswith("Giải x^2 \\le 4") and preview.json["words"]["vi"] > 3, preview
    reply = write("single", content, key)
    assert reply.status == 201, reply
    kept = author.get(f"/api/v1/items/{reply.json['id']}").json["content"]
    assert kept == preview.json["content"], kept

with step("what cannot be is refused with its place; nothing is stored"):
    total = author.get("/api/v1/items?bank=NH-1").json["total"]
    single, right = DOCUMENTS["single"]
    assert ("item.options[1].id", "unique") in errors(write("single", {**single, "options": [{"id": "a", "text": text("1")}, {"id": "a", "text": text("2")}]}, {"points": "1"}))
    assert ("item.body.vi", "formula") in errors(write("single", {**single, "body": text("\\(\\frac{a\\)")}, right))
    assert any(rule == "unknown" for _, rule in errors(write("single", {**single, "answer": "b"}, right)))
    assert any(path.startswith("item.") for path, _ in errors(write("numeric", {"body": text("x")}, {"accepted": [{"value": "1,5"}], "points": "1"})))
    assert any(rule == "gap-twice" for _, rule in errors(write("inline", {**DOCUMENTS["inline"][0], "body": text('<span data-gap="g1"/><span data-gap="g1"/>')}, DOCUMENTS["inline"][1])))
    assert any(rule in ("word", "kind") for _, rule in errors(write("riddle", single, right)))
    assert author.get("/api/v1/items?bank=NH-1").json["total"] == total

with step("a draft may lack its key; it cannot be submitted before it is whole"):
    reply = write("single", single, {"points": "1"})
    assert reply.status == 201, reply
    draft = reply.json["id"]
    reply = author.post(f"/api/v1/items/{draft}/state", {"to": "in_review", "version": 1})
    assert reply.status == 409 and reply.code == "incomplete", reply
    acts = author.post("/api/v1/item-acts", {"act": "submit", "ids": [draft, ids["essay"]]})
    assert acts.status == 200 and [i["outcome"] for i in acts.json["items"]] == ["incomplete", "unchanged"], acts
    faults = author.post("/api/v1/item-preview", {"content": {"kind": "single", **single}, "key": {"kind": "single", "points": "1"}}).json["faults"]
    assert faults and not any(f["grave"] for f in faults) and all(f["message_vi"] and f["message_en"] for f in faults), faults
    reply = author.post(f"/api/v1/items/{draft}/versions", {"base_version": 1, "content": {"kind": "single", **single}, "key": {"kind": "single", **right}, "meta": META})
    assert reply.status == 201, reply
    assert author.post(f"/api/v1/items/{draft}/state", {"to": "in_review", "version": 2}).status == 200

with step("two versions are compared by their places, and reading them so is written down"):
    changes = {c["path"]: c for c in author.get(f"/api/v1/items/{draft}/diff?from=1&to=2").json["changes"]}
    assert list(changes) == ["options[b].credit"] and changes["options[b].credit"]["before"] is None and changes["options[b].credit"]["after"] == "1", changes
    assert author.get(f"/api/v1/items/{draft}/diff?to=2").json["changes"] == author.get(f"/api/v1/items/{draft}/diff").json["changes"]
    assert author.get(f"/api/v1/items/{draft}/diff?from=2&to=2").json["changes"] == []
    assert author.get(f"/api/v1/items/{draft}/diff?from=1&to=9").status == 404
    assert stranger.get(f"/api/v1/items/{draft}/diff").status == 404
    assert "diff" in {row["purpose"] for row in author.get(f"/api/v1/items/{draft}/access").json["items"]}

with step("a formula is shown while it is written; what is none is told"):
    reply = author.post("/api/v1/formulas", {"tex": "\\sqrt{2}", "display": True})
    assert reply.status == 200 and reply.json["fault"] is None and 'display="block"' in reply.json["mathml"], reply
    reply = author.post("/api/v1/formulas", {"tex": "\\nosuch"})
    assert reply.json["mathml"] is None and reply.json["fault"]["code"] == "formula" and "nosuch" in reply.json["fault"]["detail"], reply
    assert author.post("/api/v1/formulas", {"tex": ""}).status == 400

finish()
