"""The item bank: authors write, other people review, nobody sees beyond his scope, every reading is written down."""

import base64

from harness import Client, Server, finish, make_administrator, make_officers, step

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
PEOPLE = ["chu.ngan.hang", "tac.gia", "tac.gia.hai", "phan.bien", "phan.bien.hai", "nguoi.ngoai"]
passwords = make_officers(server, administrator, [(name, "Ông " + name, "Sở Nội vụ", "item_officer") for name in PEOPLE])
owner, author, author2, reviewer, reviewer2, stranger = [Client(server).sign_in(name, passwords[name]) for name in PEOPLE]


def content(text, **more):
    return {"kind": "single", "body": {"vi": f"<p>{text}</p>"}, "shuffle": True,
            "options": [{"id": i, "text": {"vi": f"<p>{t}</p>"}} for i, t in zip("abcd", ["Một", "Hai", "Ba", "Bốn"])], **more}


KEY = {"kind": "single", "points": "1", "options": [{"id": "b", "credit": "1"}]}
META = {"topic": "law/civil", "level": 2, "source": "Điều 7, Luật 22/2008/QH12", "tags": ["mới"]}


def write(client, text, bank="NH-1", meta=META, **more):
    reply = client.post("/api/v1/items", {"bank": bank, "content": content(text), "key": KEY, "meta": meta, **more})
    assert reply.status == 201, reply
    return reply.json["id"]


def read(client, item, query=""):
    reply = client.get(f"/api/v1/items/{item}{query}")
    assert reply.status == 200, reply
    return reply.json


def listed(client, query=""):
    joint = "&" if query else ""
    return [i["code"] for i in client.pages(f"/api/v1/items?limit=200{joint}{query}")]


def refusal(reply, status, code):
    assert reply.status == status and reply.code == code, reply


def errors(reply):
    assert reply.status == 400 and reply.code == "invalid", reply
    return {(e["path"], e["rule"]) for e in reply.json["errors"]}


# ---- banks and members ----

with step("an officer makes a bank and owns it; others do not see it"):
    reply = owner.post("/api/v1/banks", {"code": "NH-1", "name": "Ngân hàng thử", "reviewers_needed": 1})
    assert reply.status == 201 and set(reply.json["rights"]) == {"author", "owner"} and reply.json["exposure_max"] == 0, reply
    assert [b["code"] for b in owner.get("/api/v1/banks").json["items"]] == ["NH-1"]
    for client in (author, stranger):
        assert client.get("/api/v1/banks").json["items"] == []
        refusal(client.get("/api/v1/banks/NH-1"), 404, "not-found")
        refusal(client.get("/api/v1/banks/NH-1/members"), 404, "not-found")
        refusal(client.get("/api/v1/banks/NH-1/health"), 404, "not-found")
        refusal(client.patch("/api/v1/banks/NH-1", {"name": "Của tôi"}), 404, "not-found")
        refusal(client.put("/api/v1/banks/NH-1/members", {"members": [{"login_name": "tac.gia", "rights": ["owner"]}]}), 404, "not-found")

with step("a code is taken once and has a form"):
    refusal(owner.post("/api/v1/banks", {"code": "NH-1"}), 409, "code-taken")
    assert errors(owner.post("/api/v1/banks", {"code": "nh 1", "reviewers_needed": 3})) >= {("reviewers_needed", "range")}
    assert errors(owner.post("/api/v1/banks", {"code": "nh 1"})) == {("code", "form")}
    assert errors(owner.post("/api/v1/banks", {})) == {("code", "required")}

MEMBERS = [{"login_name": "chu.ngan.hang", "rights": ["author", "owner"]}, {"login_name": "tac.gia", "rights": ["author"]},
           {"login_name": "tac.gia.hai", "rights": ["author", "reviewer"], "topic": "law"},
           {"login_name": "phan.bien", "rights": ["reviewer"]}, {"login_name": "phan.bien.hai", "rights": ["reviewer"], "topic": "law/civil"}]

with step("the owner says who may do what, in which topics"):
    reply = owner.put("/api/v1/banks/NH-1/members", {"members": MEMBERS})
    assert reply.status == 200, reply
    found = {m["login_name"]: (set(m["rights"]), m["topic"]) for m in author.get("/api/v1/banks/NH-1/members").json["members"]}
    assert found["tac.gia.hai"] == ({"author", "reviewer"}, "law") and found["phan.bien"] == ({"reviewer"}, "") and len(found) == 5, found
    refusal(author.put("/api/v1/banks/NH-1/members", {"members": MEMBERS}), 403, "right-missing")
    refusal(author.patch("/api/v1/banks/NH-1", {"exposure_max": 3}), 403, "right-missing")

with step("a list of members that does not hold is refused with the place"):
    put = lambda *members: owner.put("/api/v1/banks/NH-1/members", {"members": list(members)})
    assert errors(put(MEMBERS[0], {"login_name": "khong.co", "rights": ["author"]})) == {("members[1].login_name", "unknown-value")}
    assert errors(put(MEMBERS[1])) == {("members", "no-owner")}
    assert errors(put(MEMBERS[0], {"login_name": "tac.gia", "rights": ["king"]})) == {("members[1].rights[0]", "unknown-value")}
    assert errors(put(MEMBERS[0], {"login_name": "tac.gia", "rights": ["author"], "topic": "Luật"})) == {("members[1].topic", "form")}
    assert errors(put(MEMBERS[0], MEMBERS[1], MEMBERS[1])) == {("members[2].login_name", "unique")}
    assert errors(put({**MEMBERS[0], "topic": "law"})) == {("members[0].topic", "owner-whole")}

with step("settings change alone"):
    reply = owner.patch("/api/v1/banks/NH-1", {"exposure_max": 2})
    assert reply.status == 200 and (reply.json["exposure_max"], reply.json["name"], reply.json["reviewers_needed"]) == (2, "Ngân hàng thử", 1), reply

# ---- writing ----

with step("an author writes an item; it is a draft with content, key and meta data as they were given"):
    first = write(author, "Nghĩa vụ của cán bộ, công chức gồm những gì?", code="C-0001")
    item = read(author, first)
    assert item["state"] == "draft" and item["version"] == item["shown"] == 1 and item["kind"] == "single", item
    assert item["content"]["body"]["vi"] == "<p>Nghĩa vụ của cán bộ, công chức gồm những gì?</p>" and item["key"]["options"] == KEY["options"]
    assert item["meta"] == {"subject": "", "topic": "law/civil", "level": 2, "facility": None, "seconds": 0, "source": META["source"],
                            "source_expires_on": None, "tags": ["mới"], "enemies": []}, item["meta"]
    assert item["rights"]["may_edit"] and item["rights"]["own"] and not item["rights"]["may_review"]

with step("what is wrong with an item is named by its place"):
    post = lambda **changes: author.post("/api/v1/items", {"bank": "NH-1", "content": content("x"), "key": KEY, "meta": META, **changes})
    assert errors(author.post("/api/v1/items", {})) == {(n, "required") for n in ("bank", "content", "key", "meta")}
    assert errors(post(meta={"topic": "Luật dân sự", "level": 5})) == {("meta.level", "range")}
    found = errors(post(meta={"topic": "Luật dân sự", "subject": "Luật", "tags": ["a", "a", ""], "enemies": ["x y"], "source_expires_on": "2026-02-30"}))
    assert found == {("meta.topic", "form"), ("meta.subject", "form"), ("meta.tags[1]", "unique"), ("meta.tags[2]", "form"),
                     ("meta.enemies[0]", "form"), ("meta.source_expires_on", "date")}, found
    assert errors(post(code="mã số")) == {("code", "form")} and errors(post(bank="x")) >= {("bank", "length")}
    refusal(post(code="C-0001"), 409, "code-taken")
    refusal(post(bank="NH-9"), 404, "not-found")

with step("each author's right ends with his topics; a reviewer writes nothing"):
    refusal(author2.post("/api/v1/items", {"bank": "NH-1", "content": content("x"), "key": KEY, "meta": {"topic": "management"}}), 403, "right-missing")
    refusal(reviewer.post("/api/v1/items", {"bank": "NH-1", "content": content("x"), "key": KEY, "meta": META}), 403, "right-missing")
    refusal(stranger.post("/api/v1/items", {"bank": "NH-1", "content": content("x"), "key": KEY, "meta": META}), 404, "not-found")

with step("a new version needs the one that was changed; a stale one is refused with the newest"):
    save = lambda base, text: author.post(f"/api/v1/items/{first}/versions", {"base_version": base, "content": content(text), "key": KEY, "meta": META, "reason": "Rõ hơn"})
    reply = save(1, "Nghĩa vụ của cán bộ gồm những gì?")
    assert reply.status == 201 and reply.json["version"] == 2, reply
    reply = save(1, "Khác")
    refusal(reply, 409, "stale-version")
    assert reply.json["version"] == 2
    item = read(author, first)
    assert [v["version"] for v in item["versions"]] == [2, 1] and item["versions"][0]["reason"] == "Rõ hơn"
    assert "công chức" in read(author, first, "?version=1")["content"]["body"]["vi"] and "công chức" not in item["content"]["body"]["vi"]
    assert author.get(f"/api/v1/items/{first}?version=3").status == 404

with step("any two versions are compared, place by place, and who did so stands in the access history"):
    reply = author.get(f"/api/v1/items/{first}/diff?from=1&to=2")
    assert reply.status == 200, reply
    assert [(c["path"], c["markup"]) for c in reply.json["changes"]] == [("body.vi", True)], reply.json
    assert "công chức" in reply.json["changes"][0]["before"] and "công chức" not in reply.json["changes"][0]["after"], reply.json
    assert author.get(f"/api/v1/items/{first}/diff?from=2&to=2").json["changes"] == []
    back = author.get(f"/api/v1/items/{first}/diff?from=2&to=1").json["changes"][0]
    assert (back["before"], back["after"]) == (reply.json["changes"][0]["after"], reply.json["changes"][0]["before"]), back
    assert author.get(f"/api/v1/items/{first}/diff?from=1&to=7").status == stranger.get(f"/api/v1/items/{first}/diff?from=1&to=2").status == 404
    rows = owner.pages(f"/api/v1/items/{first}/access?limit=50")
    assert {r["version"] for r in rows if (r["login_name"], r["purpose"]) == ("tac.gia", "diff")} == {1, 2}, rows

# ---- scope ----

other = write(author, "Kế hoạch là gì?", meta={"topic": "management"}, code="M-0001")

with step("what is outside somebody's scope is not there: lists, searches, items, acts"):
    assert sorted(listed(author)) == ["C-0001", "M-0001"] and listed(author2) == listed(reviewer2) == ["C-0001"] and listed(stranger) == []
    assert listed(reviewer2, "q=ke+hoach") == [] and listed(reviewer, "q=ke+hoach") == ["M-0001"]
    for client in (stranger, reviewer2):
        for reply in (client.get(f"/api/v1/items/{other}"), client.get(f"/api/v1/items/{other}/duplicates"), client.get(f"/api/v1/items/{other}/access"),
                      client.post(f"/api/v1/items/{other}/comments", {"text": "x", "version": 1}),
                      client.post(f"/api/v1/items/{other}/comments/1/answer", {"text": "x"}),
                      client.post(f"/api/v1/items/{other}/reviews", {"verdict": "accept", "version": 1}),
                      client.post(f"/api/v1/items/{other}/state", {"to": "in_review", "version": 1}),
                      client.post(f"/api/v1/items/{other}/versions", {"base_version": 1, "content": content("x"), "key": KEY, "meta": META})):
            refusal(reply, 404, "not-found")
        reply = client.post("/api/v1/item-acts", {"ids": [other], "act": "submit"})
        assert reply.status == 200 and reply.json["items"] == [{"id": other, "outcome": "unknown", "state": None}] and reply.json["undo"] is None, reply

# ---- life ----

act = lambda client, name, *ids, **more: client.post("/api/v1/item-acts", {"ids": list(ids), "act": name, **more})
review = lambda client, verdict, version=2, item=first, **more: client.post(f"/api/v1/items/{item}/reviews", {"verdict": verdict, "version": version, **more})

with step("an author submits, and does not judge his own item by any way"):
    reply = author.post(f"/api/v1/items/{first}/state", {"to": "in_review", "version": 2})
    assert reply.status == 200 and reply.json["state"] == "in_review" and reply.json["outcome"] == "done", reply
    refusal(review(author, "accept"), 403, "right-missing")
    second = write(author2, "Hợp đồng lao động là gì?", code="C-0002")
    assert act(author2, "submit", second).json["done"] == 1
    refusal(review(author2, "accept", 1, second), 403, "own-item")
    assert act(author2, "approve", second).json["items"][0]["outcome"] == "own-item"
    refusal(author2.post(f"/api/v1/items/{second}/state", {"to": "approved", "version": 1}), 403, "own-item")
    assert read(author2, second)["rights"]["may_review"] is False

with step("the reviewer's queue has what waits for him, and nothing of his own"):
    assert sorted(listed(reviewer, "queue=review")) == ["C-0001", "C-0002"] and listed(author2, "queue=review") == ["C-0001"]
    assert listed(author, "queue=review") == [] and sorted(listed(author, "author=me")) == ["C-0001", "M-0001"]

with step("a comment waits for its answer; nothing is approved before"):
    reply = reviewer.post(f"/api/v1/items/{first}/comments", {"text": "Phương án «Ba» chưa rõ.", "version": 2})
    assert reply.status == 201 and reply.json["number"] == 1, reply
    refusal(review(reviewer, "accept"), 409, "comments-open")
    assert read(reviewer, first)["comments_open"] is True
    refusal(reviewer2.post(f"/api/v1/items/{first}/comments/1/answer", {"text": "Thay"}), 403, "right-missing")
    assert author.post(f"/api/v1/items/{first}/comments/1/answer", {"text": "Đã sửa."}).status == 201
    refusal(author.post(f"/api/v1/items/{first}/comments/1/answer", {"text": "Lần nữa"}), 409, "already-answered")
    refusal(author.post(f"/api/v1/items/{first}/comments/9/answer", {"text": "x"}), 404, "not-found")
    comment = read(author, first)["comments"][0]
    assert comment["answer"] == "Đã sửa." and comment["author"] == "Ông phan.bien" and comment["answerer"] == "Ông tac.gia", comment

with step("a review names the version it has seen, a verdict, and a reason to send back"):
    refusal(review(reviewer, "accept", 1), 409, "stale-version")
    assert errors(review(reviewer, "maybe")) == {("verdict", "unknown-value")} and errors(review(reviewer, "return")) == {("reason", "required")}
    reply = review(reviewer, "accept")
    assert reply.status == 200 and reply.json["outcome"] == "done" and reply.json["state"] == "approved", reply
    assert [r["verdict"] for r in read(author, first)["reviews"]] == ["accept"]

with step("the approved item goes live by another hand than its author's"):
    reply = author.post(f"/api/v1/items/{first}/state", {"to": "live", "version": 2})
    assert reply.status == 403, reply
    reply = reviewer.post(f"/api/v1/items/{first}/state", {"to": "live", "version": 2})
    assert reply.status == 200 and reply.json["state"] == "live", reply
    assert listed(owner, "state=live") == ["C-0001"]
    assert [p["to"] for p in read(owner, first)["passages"]][:3] == ["live", "approved", "in_review"]

with step("where the bank demands two reviewers, one is not enough"):
    assert owner.patch("/api/v1/banks/NH-1", {"reviewers_needed": 2}).status == 200
    reply = review(reviewer, "accept", 1, second)
    assert reply.json["outcome"] == "accepted" and reply.json["state"] == "in_review", reply
    assert review(reviewer, "accept", 1, second).json["outcome"] == "unchanged"
    reply = review(reviewer2, "accept", 1, second)
    assert reply.json["outcome"] == "done" and reply.json["state"] == "approved", reply

with step("an edited item is a draft again; a retired one cannot be edited and comes back as it was reviewed"):
    reply = author.post(f"/api/v1/items/{first}/versions", {"base_version": 2, "content": content("Nghĩa vụ mới?"), "key": KEY, "meta": META})
    assert reply.status == 201 and read(author, first)["state"] == "draft"
    assert errors(reviewer.post(f"/api/v1/items/{second}/state", {"to": "retired", "version": 1})) == {("reason", "required")}
    assert reviewer.post(f"/api/v1/items/{second}/state", {"to": "retired", "version": 1, "reason": "Lộ đề"}).json["state"] == "retired"
    refusal(author2.post(f"/api/v1/items/{second}/versions", {"base_version": 1, "content": content("x"), "key": KEY, "meta": META}), 409, "retired")
    reply = reviewer.post(f"/api/v1/items/{second}/state", {"to": "approved", "version": 1})
    assert reply.status == 200 and reply.json["state"] == "approved", reply

with step("states that cannot follow are refused"):
    refusal(reviewer.post(f"/api/v1/items/{first}/state", {"to": "live", "version": 3}), 409, "wrong-state")
    assert errors(reviewer.post(f"/api/v1/items/{first}/state", {"to": "dead", "version": 3})) == {("to", "unknown-value")}
    refusal(reviewer.post(f"/api/v1/items/{first}/state", {"to": "live", "version": 1}), 409, "stale-version")

# ---- many at once ----

many = [write(author, f"Câu hỏi số {n} về quy trình {'abcdefghij'[n % 10] * 9} {n * 7919}?", meta={"topic": "process", "level": 1 + n % 4}, code=f"P-{n:04}") for n in range(12)]

with step("an act on many tells what became of each, and can be taken back once by who did it"):
    reply = act(author, "tag", *many, value="đợt 1")
    assert reply.status == 200 and reply.json["done"] == 12 and {i["outcome"] for i in reply.json["items"]} == {"done"}, reply
    assert len(listed(author, "tag=%C4%91%E1%BB%A3t+1")) == 12
    undo = reply.json["undo"]
    refusal(owner.post(f"/api/v1/item-acts/{undo}/undo", {}), 404, "not-found")
    reply = author.post(f"/api/v1/item-acts/{undo}/undo", {})
    assert reply.status == 200 and reply.json["done"] == 12, reply
    assert listed(author, "tag=%C4%91%E1%BB%A3t+1") == []
    assert author.post(f"/api/v1/item-acts/{undo}/undo", {}).status == 404
    refusal(author.post("/api/v1/item-acts/000000000000000f/undo", {}), 404, "not-found")

with step("what cannot be done of many keeps no other from it, and undoing leaves alone what moved on"):
    reply = act(author, "submit", *many, first)
    assert reply.json["done"] == 13, reply
    assert act(author, "submit", many[0]).json["items"][0] == {"id": many[0], "outcome": "unchanged", "state": "in_review"}
    assert act(author, "withdraw", many[3]).json["done"] == 1
    undone = author.post(f"/api/v1/item-acts/{reply.json['undo']}/undo", {}).json
    assert {i["outcome"] for i in undone["items"] if i["id"] != many[3]} == {"done"}, undone
    assert [i["outcome"] for i in undone["items"] if i["id"] == many[3]] == ["moved-on"], undone

with step("an act is judged before anything is done"):
    assert errors(act(author, "explode", many[0])) == {("act", "unknown-value")}
    assert errors(act(author, "tag", many[0])) == {("value", "required")} and errors(act(author, "topic", many[0], value="Hai Ba")) == {("value", "form")}
    assert errors(act(author, "retire", many[0])) == {("reason", "required")} and errors(act(author, "tag", many[0], many[0], value="x")) == {("ids", "unique")}
    assert errors(act(author, "submit", "x")) == {("ids[0]", "kind")} and errors(act(author, "submit")) == {("ids", "count")}
    assert errors(act(author, "submit", many[0], versions=[1, 2])) == {("versions", "count")}
    over = act(author, "submit", *(f"{n:016x}" for n in range(1, 1002)))
    assert [(e["path"], e["rule"], e["max"]) for e in over.json["errors"]] == [("ids", "count", 1000)], over
    assert act(author, "submit", many[0], versions=[9]).json["items"][0]["outcome"] == "stale-version"

with step("items move to another topic where the author has a right on both"):
    assert act(author, "topic", many[0], value="process/paper").json["done"] == 1
    assert listed(author, "topic=process/paper") == ["P-0000"] and len(listed(author, "topic=process")) == 12
    assert "process" in {t["topic"] for t in author.get("/api/v1/banks/NH-1/topics").json["items"]}

# ---- finding ----

with step("items are found with and without diacritics, by phrase, code, source and filters"):
    assert listed(author, "q=nghia+vu") == listed(author, "q=ngh%C4%A9a+v%E1%BB%A5") == ["C-0001"] and listed(author, "q=nghi%C3%A1") == []
    assert listed(owner, "q=%22lao+dong+la+gi%22") == ["C-0002"] and listed(owner, "q=%22dong+lao+la%22") == []
    assert listed(author, "q=P-0003") == ["P-0003"] and "C-0001" in listed(author, "q=22/2008/QH12")
    assert listed(author, "q=%25") == [] and listed(author, "kind=essay") == [] and len(listed(author, "kind=single&topic=process&level=1")) == 3
    assert sorted(listed(author, "state=draft,in_review")) == sorted(listed(author, "state=draft") + listed(author, "state=in_review"))

with step("lists go on from page to page in every order and count what was found"):
    for sort in ("updated", "-updated", "code", "-code", "topic", "-exposure", "facility", "level"):
        pages = author.pages(f"/api/v1/items?limit=4&sort={sort}")
        assert len(pages) == len({i["id"] for i in pages}) == 15, (sort, len(pages))
    assert [i["code"] for i in author.pages("/api/v1/items?limit=4&sort=code&topic=process")] == [f"P-{n:04}" for n in range(12)]
    reply = author.get("/api/v1/items?limit=3&topic=process")
    assert reply.json["total"] == 12 and reply.json["facets"]["topics"][0] == {"name": "process", "count": 11}, reply.json["facets"]

with step("bad filters are named"):
    for query, path in (("sort=size", "sort"), ("state=dead", "state"), ("level=7", "level"), ("author=x", "author"), ("queue=x", "queue"), ("after=x", "after"),
                        ("stale=maybe", "stale"), ("limit=0", "limit"), ("q=" + "x" * 101, "q")):
        assert path in {p for p, _ in errors(author.get("/api/v1/items?" + query))}, query

with step("no list and no search says anything of keys"):
    reply = author.get("/api/v1/items?limit=200")
    assert not [i for i in reply.json["items"] if "key" in i or "content" in i] and '"credit"' not in reply.text

# ---- likeness ----

with step("near-duplicates are found across banks, in the scope of who asks"):
    assert stranger.post("/api/v1/banks", {"code": "NH-2"}).status == 201
    twin = write(stranger, "Thẩm quyền ban hành văn bản quy phạm pháp luật thuộc về cơ quan nào?", bank="NH-2", meta={"topic": "law"})
    same = write(author, "Thẩm quyền ban hành văn bản quy phạm pháp luật thuộc về những cơ quan nào?", code="C-0090")
    assert author.get(f"/api/v1/items/{same}/duplicates").json["items"] == []
    owner_of_both = stranger.put("/api/v1/banks/NH-2/members", {"members": [{"login_name": "nguoi.ngoai", "rights": ["owner", "author"]}, {"login_name": "tac.gia", "rights": ["assembler"]}]})
    assert owner_of_both.status == 200, owner_of_both
    likes = author.get(f"/api/v1/items/{same}/duplicates").json["items"]
    assert [(d["id"], d["bank"]) for d in likes] == [(twin, "NH-2")] and likes[0]["likeness"] > 850, likes

# ---- health ----

with step("the health of a bank tells expired sources, over-exposed items, what waits and what is alike"):
    old = write(author, "Câu hỏi theo luật cũ?", code="C-0091", meta={**META, "source_expires_on": "2020-01-01"})
    write(author, "Thẩm quyền ban hành các văn bản quy phạm pháp luật thuộc về những cơ quan nào?", code="C-0092")
    health = owner.get("/api/v1/banks/NH-1/health").json
    assert health["stale"]["total"] == 1 and health["stale"]["items"][0]["code"] == "C-0091" and "stale" in health["stale"]["items"][0]["flags"], health["stale"]
    pairs = {frozenset((d["a"]["code"], d["b"]["code"])) for d in health["duplicates"]["items"]}
    assert frozenset(("C-0090", "C-0092")) in pairs, health["duplicates"]
    assert health["waiting"]["total"] >= 14 and health["exposed"]["total"] == 0 and health["state_counts"]["approved"] == 1, health["state_counts"]
    assert listed(author, "stale=true") == ["C-0091"]

with step("an item whose source has expired does not go live"):
    assert owner.patch("/api/v1/banks/NH-1", {"reviewers_needed": 1}).status == 200
    act(author, "submit", old)
    assert review(reviewer, "accept", 1, old).json["state"] == "approved"
    refusal(reviewer.post(f"/api/v1/items/{old}/state", {"to": "live", "version": 1}), 409, "source-expired")

# ---- who has read ----

with step("each reading of a text stands in the access history, with its purpose; authors do not see the history"):
    rows = owner.pages(f"/api/v1/items/{second}/access?limit=50")
    seen = {(r["login_name"], r["purpose"]) for r in rows}
    assert ("tac.gia.hai", "view") in seen and ("phan.bien", "list") in seen, seen
    before = owner.get(f"/api/v1/items/{second}/access").json["total"]
    read(reviewer2, second)
    listed(author2, "q=hop+dong")
    after = owner.get(f"/api/v1/items/{second}/access").json
    assert after["total"] == before + 2 and {(r["login_name"], r["purpose"]) for r in after["items"][:2]} == {("phan.bien.hai", "view"), ("tac.gia.hai", "list")}, after
    refusal(author.get(f"/api/v1/items/{second}/access"), 403, "right-missing")
    twins = owner.get(f"/api/v1/items/{twin}/access")
    refusal(twins, 404, "not-found")
    assert ("tac.gia", "duplicates") in {(r["login_name"], r["purpose"]) for r in stranger.get(f"/api/v1/items/{twin}/access").json["items"]}

# ---- media ----

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")

with step("a picture is kept once and served as what its bytes are, within the scope of its bank"):
    reply = author.put("/api/v1/media?bank=NH-1", data=PNG, content_type="text/html")
    assert reply.status == 201 and reply.json["type"] == "image/png" and reply.json["bytes"] == len(PNG), reply
    sha256 = reply.json["sha256"]
    assert author.put("/api/v1/media?bank=NH-1", data=PNG, content_type="image/png").json["sha256"] == sha256
    got = reviewer.get(f"/api/v1/media/{sha256}")
    assert got.status == 200 and got.bytes == PNG and got.headers["content-type"] == "image/png", got
    refusal(stranger.get(f"/api/v1/media/{sha256}"), 404, "not-found")
    refusal(author.get("/api/v1/media/" + "0" * 64), 404, "not-found")
    refusal(author.get("/api/v1/media/xyz"), 404, "not-found")

with step("what is no picture or sound is refused, and so is who has no right to write"):
    for data in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"GIF8", b"%PDF-1.7"):
        refusal(author.put("/api/v1/media?bank=NH-1", data=data, content_type="image/png"), 415, "body-type")
    refusal(reviewer.put("/api/v1/media?bank=NH-1", data=PNG), 403, "right-missing")
    refusal(stranger.put("/api/v1/media?bank=NH-1", data=PNG), 404, "not-found")
    assert errors(author.put("/api/v1/media", data=PNG)) == {("bank", "required")}

with step("an item names no picture that its bank does not have; one of another bank of the author's comes along"):
    picture = lambda name: content(f'Xem <img src="media:{name}" alt="hình"/>')
    again = lambda bank, name: author.post("/api/v1/items", {"bank": bank, "content": picture(name), "key": KEY, "meta": META})
    refusal(again("NH-1", "0" * 64), 409, "media-missing")
    refusal(author.post(f"/api/v1/items/{first}/versions", {"base_version": read(author, first)["version"], "content": picture("0" * 64), "key": KEY, "meta": META}),
            409, "media-missing")
    assert again("NH-1", sha256).status == 201
    assert author.post("/api/v1/banks", {"code": "NH-3"}).status == 201
    refusal(stranger.post("/api/v1/items", {"bank": "NH-2", "content": picture(sha256), "key": KEY, "meta": META}), 409, "media-missing")
    assert again("NH-3", sha256).status == 201
    assert server.psql("SELECT b.code FROM khoacu.bank_media m JOIN khoacu.bank b USING (bank_id) ORDER BY 1") == [["NH-1"], ["NH-3"]]

# ---- a second process ----

with step("another server on the same database shows what the first has written"):
    second_server = Server(server.database, server.key_file)
    there = Client(second_server).sign_in("tac.gia", passwords["tac.gia"])
    assert sorted(listed(there)) == sorted(listed(author))
    late = write(author, "Câu hỏi viết sau cùng?", code="Z-0001")
    assert listed(there, "q=viet+sau+cung") == ["Z-0001"]
    assert there.post(f"/api/v1/items/{late}/versions", {"base_version": 1, "content": content("Câu hỏi được đổi từ nơi khác?"), "key": KEY, "meta": META}).status == 201
    assert listed(author, "q=viet+sau+cung") == [] and listed(author, "q=doi+tu+noi+khac") == ["Z-0001"]

finish()
