"""A whole bank goes out and comes in again without a difference: the demonstration's, and one with everything that foreign files bring."""

import json
import os
import tempfile

from harness import ROOT, Client, Server, finish, make_administrator, make_officers, skip, step
from vault import Vault

FORMATS = ("qti21", "qti30", "gift", "csv", "xlsx")
SOURCES = ("aiken.txt", "faults.gift", "forms.gift", "moodle.xml", "semicolon.csv", "utf-16.txt", "windows-1252.gift", "windows-1258.gift")
KINDS = {"single", "multiple", "truefalse", "ordering", "matching", "numeric", "text", "inline", "graded", "essay", "upload", "stimulus"}

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
officer = Client(server).sign_in("chu.nh", make_officers(server, administrator, [("chu.nh", "Chủ ngân hàng", "Sở Nội vụ", "item_officer")])["chu.nh"])
folder = tempfile.mkdtemp(prefix="khoacu-round-")
vault = Vault(server)


def run(*arguments):
    status, out, err = server.command("bank", *arguments, "--json", "--as", "chu.nh")
    return status, json.loads(out) if out.startswith("{") else {}, err


def everything(bank):
    """What the newest versions of a bank's items say, by code, opened from the tables: content, key and what stands beside them."""
    texts = {code: versions[-1][1:] for code, versions in vault.items(f"i.bank_id = (SELECT bank_id FROM khoacu.bank WHERE code = '{bank}')").items()}
    beside = {}
    for row in server.psql("SELECT i.code, i.kind, i.subject, i.topic, i.level, i.facility, i.seconds, i.source_expires_on, i.tags, i.enemies, i.bank_id, i.item_id, "
                           "i.version, t.generation, t.extra FROM khoacu.item i JOIN khoacu.bank b USING (bank_id) JOIN khoacu.item_text t USING (item_id, version) "
                           f"WHERE b.code = '{bank}'"):
        bank_id, item_id, version, generation = map(int, row[10:14])
        extra = json.loads(vault.open(bank_id, generation, row[14], item_id, version, "extra"))
        beside[row[0]] = (tuple(row[1:10]), extra.get("source", ""), extra.get("external", ""))
    return {code: (*texts[code], beside[code]) for code in texts}


def media(bank):
    return {row[0] for row in server.psql(f"SELECT m.sha256 FROM khoacu.bank_media m JOIN khoacu.bank b USING (bank_id) WHERE b.code = '{bank}'")}


def export(bank, form):
    target = os.path.join(folder, f"{bank}.{form}")
    status, said, err = run("export", "--bank", bank, "--format", form, "--out", target)
    return status, said, err, target


def round_trip(bank, form, number, with_media):
    there = everything(bank)
    status, said, err, target = export(bank, form)
    assert status == 0 and said["items"] == len(there) > 0 and os.stat(target).st_mode & 0o777 == 0o600, (status, said, err)
    other = f"LAI-{number}-{form.upper()}"
    status, said, err = run("import", "--bank", other, "--format", form, "--report", target + ".jsonl", target)
    lines = [json.loads(line) for line in open(target + ".jsonl", encoding="utf-8")]
    odd = [line for line in lines if line["outcome"] != "imported"]
    assert status == 0 and said["applied"] and said["imported"] == said["found"] == len(lines) == len(there), (status, said, err, odd[:3])
    back = everything(other)
    assert set(back) == set(there), set(back) ^ set(there)
    for code, one in there.items():
        for part, before, after in zip(("content", "key", "meta"), one, back[code]):
            assert before == after, (form, code, part, before, after)
    if with_media and form.startswith("qti"):
        assert media(other) == media(bank) != set(), (media(other), media(bank))
    status, said, err = run("import", "--bank", other, "--format", form, target)
    assert status == 0 and said["same"] == len(there) and said["renewed"] == 0, (status, said, err)
    if form in ("gift", "csv"):
        again = export(other, form)
        assert again[0] == 0 and open(again[3], "rb").read() == open(target, "rb").read(), "what goes out again is not the same file"


with step("the demonstration's bank comes in"):
    with open(os.path.join(ROOT, "server", "demo", "items.csv"), "rb") as demo:
        reply = officer.upload("items", demo.read(), bank="TRINH-DIEN")
    assert reply.status == 200 and reply.json["applied"], reply
    assert len(everything("TRINH-DIEN")) == 200

with step("a bank is filled with what foreign files bring, each line a word on what became of the item"):
    for name in SOURCES:
        status, said, err = run("import", "--bank", "MOI-LOAI", "--valid-only", "--topic", "nhap/chung", os.path.join(ROOT, "tests", "data", "exchange", name))
        assert status in (0, 1) and said["applied"] and said["found"] == said["imported"] + said["changed"] + said["refused"], (name, status, said, err)
    with open(os.path.join(ROOT, "tests", "data", "exchange", "kinds.jsonl"), encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            code = document["meta"].pop("code", None)
            document["meta"] = {**document["meta"], "topic": document["meta"].get("topic") or "nhap/loai"}
            document["meta"].pop("external_id", None)
            reply = officer.post("/api/v1/items", {"bank": "MOI-LOAI", **({"code": code} if code else {}), **document})
            assert reply.status == 201, (line[:200], reply)
    kinds = {row[0] for row in server.psql("SELECT DISTINCT i.kind FROM khoacu.item i JOIN khoacu.bank b USING (bank_id) WHERE b.code = 'MOI-LOAI'")}
    assert kinds == KINDS, KINDS ^ kinds

SHARED = os.environ.get("KHOACU_TEST_DATA", os.path.join(ROOT, "..", "shared", "data"))


def published(name, suffix):
    """All files of a folder of examples in one import: a line for each item, a reason for whatever is not taken, and no second copy."""
    files = {file for _, _, found in os.walk(os.path.join(SHARED, name)) for file in found if file.endswith(suffix)}
    report, bank = os.path.join(folder, name + ".jsonl"), "MAU-" + name.upper()
    status, said, err = run("import", "--bank", bank, "--valid-only", "--report", report, os.path.join(SHARED, name))
    with open(report, encoding="utf-8") as text:
        lines = [json.loads(line) for line in text]
    assert said["applied"] and len(lines) == said["found"] == said["imported"] + said["changed"] + said["refused"], (status, said, err)
    assert {os.path.basename(line["path"]) for line in lines if line["path"].endswith(suffix)} == files, files
    assert all(line["outcome"] == "imported" or line["code"] and line["message_vi"] and line["message_en"] for line in lines), lines
    again = run("import", "--bank", bank, "--valid-only", os.path.join(SHARED, name))[1]
    assert again["same"] + again["repeated"] == said["imported"] + said["changed"] and again["renewed"] == 0, (said, again)


for name, suffix in (("qti", ".xml"), ("gift", ".gift")):
    sentence = f"every file of the published examples of {name} is imported, changed or refused with its reason, and comes in once"
    if os.path.isdir(os.path.join(SHARED, name)):
        with step(sentence):
            published(name, suffix)
    else:
        skip(sentence, "no published examples here")

for number, (bank, name, with_media) in enumerate((("TRINH-DIEN", "the demonstration's bank", False), ("MOI-LOAI", "the bank of all kinds", True))):
    for form in FORMATS:
        with step(f"{name} goes out as {form} and comes in again without a difference"):
            round_trip(bank, form, number, with_media)

with step("a dry run of an export tells of each item what becomes of it, leaves no file and no entry; the export tells the same"):
    report, target = os.path.join(folder, "ra.jsonl"), os.path.join(folder, "kho.gift")
    codes = {row[0]: row[1] for row in server.psql("SELECT i.code, i.kind FROM khoacu.item i JOIN khoacu.bank b USING (bank_id) WHERE b.code = 'MOI-LOAI'")}
    gone = sorted(codes)[0]
    one = server.psql(f"SELECT to_hex(i.item_id) FROM khoacu.item i JOIN khoacu.bank b USING (bank_id) WHERE b.code = 'MOI-LOAI' AND i.code = '{gone}'")[0][0].rjust(16, "0")
    assert officer.post("/api/v1/item-acts", {"ids": [one], "act": "retire", "reason": "thử"}).json["done"] == 1
    entries = lambda: server.psql("SELECT count(*) FROM khoacu.item_access")[0][0]
    before = entries()
    status, trial, err = run("export", "--bank", "MOI-LOAI", "--format", "gift", "--out", target, "--dry-run", "--report", report)
    assert status == 0 and trial["dry_run"] and not trial["written"] and not os.path.exists(target) and entries() == before, (status, trial, err)
    told = {line["item"]: line for line in map(json.loads, open(report, encoding="utf-8"))}
    assert set(told) == set(codes) and trial["found"] == len(codes) == trial["exported"] + trial["changed"] + trial["left_out"] + trial["refused"], trial
    assert (told[gone]["outcome"], told[gone]["code"]) == ("left-out", "retired") and trial["left_out"] == 1, told[gone]
    for code, kind in codes.items():
        if kind in ("ordering", "inline", "upload") and code != gone:
            assert told[code]["outcome"] == "changed" and told[code]["code"] in ("kind-adapted", "media-named", "media-absent") and told[code]["message_vi"], told[code]
    status, said, err = run("export", "--bank", "MOI-LOAI", "--format", "gift", "--out", target)
    assert status == 0 and said == {**trial, "written": True, "dry_run": False} and entries() > before, (said, trial)
    before = entries()
    reply = officer.get("/api/v1/banks/MOI-LOAI/export?format=gift&dry_run=true")
    assert reply.json["counts"] == {name: trial[name] for name in ("found", "exported", "changed", "left_out", "refused")} and entries() == before, reply
    assert {line["item"] for line in reply.json["lines"]} == {line["item"] for line in told.values() if line["outcome"] != "exported"}
    assert officer.post("/api/v1/item-acts", {"ids": [one], "act": "restore", "reason": ""}).json["done"] == 1

with step("what a format does not hold is named and keeps the file from being made, or is left behind as chosen"):
    assert officer.post("/api/v1/banks", {"code": "DAI", "name": "Câu dài"}).status == 201
    words = "<p>" + "dài " * 38000 + "</p>"
    long = {"content": {"kind": "essay", "body": {"vi": words, "en": words}}, "key": {"kind": "essay", "points": "1", "rationale": {"vi": words}}, "meta": {"topic": "dai"}}
    short = {**long, "content": {"kind": "essay", "body": {"vi": "<p>ngắn</p>"}}}
    for code, document in (("DAI-1", long), ("DAI-2", short)):
        reply = officer.post("/api/v1/items", {"bank": "DAI", "code": code, **document})
        assert reply.status == 201, reply
    target = os.path.join(folder, "dai.csv")
    status, said, err = run("export", "--bank", "DAI", "--format", "csv", "--out", target, "--report", report)
    assert status == 1 and said["refused"] == 1 and not said["written"] and not os.path.exists(target), (status, said, err)
    assert [(line["item"], line["outcome"], line["code"]) for line in map(json.loads, open(report, encoding="utf-8"))] == [("DAI-1", "refused", "too-large"), ("DAI-2", "exported", None)]
    assert officer.get("/api/v1/banks/DAI/export?format=csv").code == "export-refused"
    assert b"DAI-2" in officer.get("/api/v1/banks/DAI/export?format=csv&valid_only=true").bytes
    status, said, err = run("export", "--bank", "DAI", "--format", "csv", "--out", target, "--valid-only")
    assert status == 1 and said["written"] and said["items"] == 1, (status, said, err)
    assert run("export", "--bank", "DAI", "--format", "qti21", "--out", target)[1]["refused"] == 0

with step("an export that fails leaves no file, and one that was there before as it was; one that succeeds replaces it, for its owner alone"):
    place = os.path.join(folder, "ra")
    os.mkdir(place)
    target = os.path.join(place, "cu.gift")
    status, said, err = run("export", "--bank", "KHONG-CO", "--format", "gift", "--out", target)
    assert status == 2 and os.listdir(place) == [], (status, said, err, os.listdir(place))
    with open(target, "w", encoding="utf-8") as old:
        old.write("giữ lại")
    os.chmod(target, 0o644)
    status, said, err = run("export", "--bank", "KHONG-CO", "--format", "gift", "--out", target)
    assert status == 2 and open(target, encoding="utf-8").read() == "giữ lại" and os.listdir(place) == ["cu.gift"], (status, said, err)
    status, said, err = run("export", "--bank", "TRINH-DIEN", "--format", "gift", "--out", target)
    assert status == 0 and os.stat(target).st_mode & 0o777 == 0o600 and os.listdir(place) == ["cu.gift"], (status, said, err)
    status, said, err = run("export", "--bank", "TRINH-DIEN", "--format", "gift", "--out", os.path.join(place, "khong", "co.gift"))
    assert status == 1 and os.listdir(place) == ["cu.gift"], (status, said, err)

finish()
