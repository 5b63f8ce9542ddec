"""The item bank: import with faults by row and column, versions, lists without keys, 10 MB at once."""

import html
import re
import time

from cycle_data import applied, faults, items, rows
from harness import Server, allowed, finish, make_all_roles, step

server = Server()
clients = make_all_roles(server)
officer = clients["item_officer"]
HEADER = "code,topic,level,stem,option_a,option_b,option_c,option_d,key,source\n"


def upload(text, **query):
    return officer.upload("items", text, **{"bank": "NH-1", **query})


def listed(query=""):
    return {i["code"]: i for i in officer.pages("/api/v1/items?limit=200&sort=code" + query)}


def bank(query=""):
    """Items by code as their documents have them."""
    found = {}
    for code, row in listed(query).items():
        item = officer.get(f"/api/v1/items/{row['id']}").json
        plain = lambda text: html.unescape(re.sub("<br ?/>", "\n", text["vi"]))
        found[code] = {**row, "stem": plain(item["content"]["body"]), "options": [plain(o["text"]) for o in item["content"]["options"]],
                       "source": item["meta"]["source"], "key": item["key"], "versions": item["versions"]}
    return found


def keys(code):
    """Versions of an item and the letter that each has for right."""
    row = listed()[code]
    return [[v, officer.get(f"/api/v1/items/{row['id']}?version={v}").json["key"]["options"][0]["id"]] for v in range(1, row["version"] + 1)]


with step("the template is a file that can be imported"):
    template = officer.get("/api/v1/imports/items/template.csv")
    reply = upload(template.bytes, dry_run=True)
    assert reply.status == 200 and reply.json["imported"] == 1 and reply.json["faults"] == 0, reply
    assert server.psql("SELECT count(*) FROM khoacu.bank") == [["0"]], "a dry run makes no bank"

with step("items come in with their versions and keys; the bank is made"):
    applied(upload(items(10)), rows=10, imported=10)
    item = bank()["C-0003"]
    assert item["options"] == ["Phương án một 3", "Phương án hai 3", "Phương án ba 3", "Phương án bốn 3"] and item["version"] == 1, item
    assert keys("C-0003") == [[1, "d"]] and item["bank"] == "NH-1" and item["source"] == "Điều 3"

with step("the same file again changes nothing"):
    applied(upload(items(10)), unchanged=10, imported=0, changed=0)

with step("a changed text is a new version; the old one stays"):
    text = items(10).replace("Câu hỏi số 3 về", "Câu hỏi số ba về").replace("Điều 4", "Điều 44")
    applied(upload(text), changed=2, unchanged=8)
    assert bank()["C-0003"]["version"] == 2 and "số ba" in bank()["C-0003"]["stem"]
    assert server.psql("SELECT count(*) FROM khoacu.item_version") == [["12"]]

with step("a moved item changes its topic"):
    applied(upload(text.replace("C-0001,quan-ly-nha-nuoc", "C-0001,he-thong-chinh-tri")), changed=1, unchanged=9)
    assert listed()["C-0001"]["topic"] == "he-thong-chinh-tri"

with step("a key alone that changed is a new version; one can be asked for without any change"):
    changed = items(1, first=5, key="A")
    assert keys("C-0005") == [[1, "b"]]
    applied(upload(changed), changed=1)
    assert keys("C-0005") == [[1, "b"], [2, "a"]]
    applied(upload(items(1, first=5, key="a", new_version="x")), changed=1)
    assert keys("C-0005") == [[1, "b"], [2, "a"], [3, "a"]]
    applied(upload(changed), unchanged=1)

with step("items with two and three options are items too"):
    applied(upload(items(1, first=50, key="B", option_c="", option_d="")), imported=1)
    applied(upload(items(1, first=51, key="C", option_d="")), imported=1)
    assert len(bank()["C-0050"]["options"]) == 2 and len(bank()["C-0051"]["options"]) == 3

with step("the facility that an author expects comes in as thousandths; what is none is refused"):
    applied(upload(items(1, first=60, facility="0.65")), imported=1)
    item = next(i for i in officer.get("/api/v1/items?q=C-0060").json["items"] if i["code"] == "C-0060")
    assert item["facility"] == 650, item
    for wrong in ("65", "1.5", "0,65", "0.6500", "-0.1", "1.001"):
        assert [e["column"] for e in upload(items(1, first=61, facility=wrong)).json["errors"]] == ["facility"], wrong

with step("every fault is named by line and column, and nothing of the file is stored"):
    lines = ["c-1,luat,1,S,a,b,c,d,A,n",                # 2 code
             "X-01,Luật,1,S,a,b,c,d,A,n",               # 3 topic
             "X-02,luat,5,S,a,b,c,d,A,n",               # 4 level
             "X-03,luat,1,,a,b,c,d,A,n",                # 5 stem
             "X-04,luat,1,S,a,a,c,d,A,n",               # 6 two options the same
             "X-05,luat,1,S,a,b,,d,A,n",                # 7 a gap
             "X-06,luat,1,S,a,b,c,d,E,n",               # 8 no such key
             "X-07,luat,1,S,a,b,c,,D,n",                # 9 a key without option
             "X-08,luat,1,S,a,b,c,d,A,",                # 10 source
             "X-09,luat,1,S,a,b,c,d,A,n", "X-09,luat,1,S,a,b,c,d,A,n",  # 12 twice
             "X-10,luat,1," + "s" * 4001 + ",a,b,c,d,A,n",              # 13
             "X-11,luat,1,S,a,b,c," + "d" * 1001 + ",A,n",              # 14
             "X-12,luat,1,S,a,b,c,d,AB,n"]              # 15
    reply = upload(HEADER + "".join(line + "\n" for line in lines))
    assert reply.status == 422 and faults(reply) == {
        (2, "code", "syntax"), (3, "topic", "syntax"), (4, "level", "number"), (5, "stem", "required"), (6, "option_b", "duplicate"),
        (7, "option_c", "required"), (8, "key", "syntax"), (9, "key", "unknown"), (10, "source", "required"), (12, "code", "duplicate"),
        (13, "stem", "length"), (14, "option_d", "length"), (15, "key", "syntax")}, sorted(faults(reply))
    assert not [code for code in listed() if code.startswith("X-")]

with step("texts keep their line breaks, quotes, formulas and foreign letters"):
    stem = 'Đoạn 1 "trích"\nĐoạn 2; <b>không phải thẻ</b>, =1+1 \\ 中文 😀'
    columns = HEADER.strip().split(",")
    applied(upload(rows(columns, [["L-01", "luat", "1", stem, "=1+1", "-1", "@x", "+4", "A", "n"]])), imported=1)
    assert bank()["L-01"]["stem"] == stem and bank()["L-01"]["options"] == ["=1+1", "-1", "@x", "+4"], bank()["L-01"]

with step("a bank that has no proper code is refused"):
    for code in ("nh", "N", "-A", "A" * 41, "NH 1"):
        assert faults(upload(items(1), bank=code)) == {(0, "bank", "syntax")}, code
    assert officer.upload("items", items(1)).status == 400

with step("items are found by bank, topic and text with or without diacritics, page by page"):
    applied(upload(items(5, first=900), bank="NH-2"), imported=5)
    assert set(listed("&bank=NH-2")) == {f"C-{n:04}" for n in range(900, 905)}
    assert set(listed("&bank=NH-2&topic=he-thong-chinh-tri")) == {"C-0900", "C-0902", "C-0904"}
    assert set(listed("&q=SO+90&bank=NH-2")) == set(listed("&bank=NH-2")) and set(listed("&q=hien+phap&bank=NH-2")) == set(listed("&bank=NH-2"))
    assert listed("&q=khong+co") == {} and listed("&bank=KHONG") == {} and listed("&q=%25") == {}
    places = [(i["bank"], i["code"]) for i in officer.pages("/api/v1/items?limit=3&sort=code")]
    assert places == sorted(places) and len(places) == len(set(places)) == 19, places
    reply = officer.get("/api/v1/items?limit=2&bank=NH-2")
    assert reply.json["total"] == 5 and reply.json["next"], reply
    for after in ("x", "NH-1", "NH-1+c", "NH-1%20", "+C-1"):
        assert officer.get(f"/api/v1/items?after={after}").status == 400, after

with step("no list says which option is right"):
    reply = officer.get("/api/v1/items?limit=200")
    assert not {"key", "content", "options"} & set(reply.json["items"][0]) and "credit" not in reply.text, reply

with step("nobody but item officers sees or imports items"):
    for role in ("administrator", "hr_officer", "examiner", "invigilator", "inspector"):
        assert clients[role].get("/api/v1/items").status == 403 and clients[role].upload("items", items(1), bank="NH-1").status == 403, role

with step("a file of ten megabytes goes in at once, and again without change"):
    big = items(18000, option_a="một " * 60, option_b="hai " * 60)
    assert len(big.encode()) > 10_000_000, len(big.encode())
    began = time.monotonic()
    applied(upload(big, bank="LON"), imported=18000)
    first = time.monotonic() - began
    began = time.monotonic()
    applied(upload(big, bank="LON"), unchanged=18000)
    print(f"# 18,000 items: {first:.1f} s new, {time.monotonic() - began:.1f} s unchanged", flush=True)
    assert first < allowed(20), first

with step("the audit trail says who imported, and no key"):
    acts = server.psql("SELECT actor, subject, payload FROM khoacu.audit_event WHERE act = 'bank.items_import'")
    assert len(acts) == 14 and len({actor for actor, _, _ in acts}) == 1 and all(subject.startswith("bank:") for _, subject, _ in acts), acts

finish()
