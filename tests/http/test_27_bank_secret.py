"""A stolen database reveals no item: nothing of what items say stands in a dump, in the files or in the logs; keys rotate while
everything runs, and a changed text does not open."""

import base64
import json
import os
import subprocess
import threading

from cycle_data import applied, items
from harness import PGHOST, Client, Server, eventually, finish, make_administrator, make_officers, step
from vault import Vault

server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [(name, "Ông " + name, "Sở Nội vụ", "item_officer") for name in ("soan", "duyet")])
author, reviewer = [Client(server).sign_in(name, passwords[name]) for name in ("soan", "duyet")]
CANARIES = {name: f"chim-yến-{name}-{os.urandom(6).hex()}" for name in (
    "stem", "option", "feedback", "english", "title", "source", "reason", "comment", "answer", "review", "csv-stem", "csv-option",
    "csv-source", "second", "media")}
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==") + CANARIES["media"].encode()


def content(stem):
    return {"kind": "single", "title": CANARIES["title"], "body": {"vi": f"<p>{stem}</p>", "en": f"<p>{CANARIES['english']}</p>"}, "shuffle": True,
            "options": [{"id": "a", "text": {"vi": CANARIES["option"], "en": "One"}}, {"id": "b", "text": {"vi": "Hai", "en": "Two"}}]}


KEY = {"kind": "single", "points": "1", "options": [{"id": "b", "credit": "1", "note": {"vi": CANARIES["feedback"]}}]}
META = {"topic": "luat/dan-su", "level": 2, "source": CANARIES["source"]}

with step("an item with a secret in every part of it comes in, is talked about, and is approved"):
    assert author.post("/api/v1/banks", {"code": "MAT", "name": "Ngân hàng mật"}).status == 201
    assert author.put("/api/v1/banks/MAT/members", {"members": [
        {"login_name": "soan", "rights": ["owner", "author"]}, {"login_name": "duyet", "rights": ["reviewer", "assembler"]}]}).status < 300
    reply = author.post("/api/v1/items", {"bank": "MAT", "content": content(CANARIES["stem"]), "key": KEY, "meta": META, "reason": CANARIES["reason"]})
    assert reply.status == 201, reply
    item = reply.json["id"]
    reply = author.post(f"/api/v1/items/{item}/versions", {"content": content(CANARIES["second"]), "key": KEY, "meta": META,
                                                           "reason": CANARIES["reason"], "base_version": 1})
    assert reply.status == 201, reply
    assert author.put("/api/v1/media?bank=MAT", data=PNG, content_type="image/png").status < 300
    assert author.post(f"/api/v1/items/{item}/state", {"to": "in_review", "version": 2, "reason": CANARIES["reason"]}).status == 200
    reply = reviewer.post(f"/api/v1/items/{item}/comments", {"text": CANARIES["comment"], "version": 2})
    assert reply.status == 201, reply
    assert author.post(f"/api/v1/items/{item}/comments/1/answer", {"text": CANARIES["answer"]}).status < 300
    assert reviewer.post(f"/api/v1/items/{item}/reviews", {"verdict": "accept", "reason": CANARIES["review"], "version": 2}).status < 300
    applied(author.upload("items", items(3, stem=CANARIES["csv-stem"], option_a=CANARIES["csv-option"], source=CANARIES["csv-source"]), bank="MAT"))
    whole = json.dumps(reviewer.get(f"/api/v1/items/{item}").json, ensure_ascii=False)
    shown = {name for name, canary in CANARIES.items() if canary in whole}
    assert shown == set(CANARIES) - {"stem", "csv-stem", "csv-option", "csv-source", "media"}, shown


def shapes(canary):
    """The secret as it is, as PostgreSQL writes bytes, and in base64, whatever stands before it."""
    raw = canary.encode()
    return [raw, raw.hex().encode(), raw.hex().upper().encode()] + [base64.b64encode(b"_" * shift + raw)[4:-4] for shift in range(3)]


def holds_none(data, where):
    found = {name for name, canary in CANARIES.items() if any(shape in data for shape in shapes(canary))}
    assert not found, (where, found)


with step("a dump of the whole database holds none of it, in no writing"):
    for arguments in (["--format=plain"], ["--format=plain", "--inserts", "--column-inserts"], ["--format=custom", "--compress=0"]):
        dump = subprocess.run(["pg_dump", "-h", PGHOST, "-U", "postgres", *arguments, server.database], capture_output=True, check=True).stdout
        assert len(dump) > 100_000 and b"item_text" in dump
        holds_none(dump, arguments)

with step("neither do the files of the database, its write-ahead log, or what it logs"):
    server.psql("CHECKPOINT")
    size = 0
    for folder, _, names in os.walk(PGHOST):
        for name in names:
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
            except OSError:
                continue
            size += len(data)
            holds_none(data, os.path.join(folder, name))
    assert size > 10_000_000, size

with step("nor the audit trail and the server's own log"):
    for (payload, reason) in server.psql("SELECT payload, coalesce(reason, '') FROM khoacu.audit_event"):
        holds_none((payload + reason).encode(), "audit trail")
    with open(server.log_path, "rb") as log:
        holds_none(log.read(), "log")

with step("without the master key nothing opens; with it everything does"):
    vault = Vault(server)
    assert vault.items("i.code LIKE 'Q-%'")["Q-00001"][1][1]["body"]["vi"] == f"<p>{CANARIES['second']}</p>"
    wrong = Vault(server)
    wrong.master = bytes(32)
    try:
        wrong.items()
        raise RuntimeError("another key opened it")
    except AssertionError:
        pass

with step("a ciphertext that is changed, or put in the place of another, does not open, and nothing else is shown for it"):
    swap = ("BEGIN; SET LOCAL session_replication_role = replica; UPDATE khoacu.item_text t SET content = o.content FROM khoacu.item_text o "
            "WHERE t.item_id = o.item_id AND t.version = 3 - o.version; COMMIT")
    server.psql(swap)
    reply = reviewer.get(f"/api/v1/items/{item}")
    assert reply.status == 500 and reply.code == "crypto" and CANARIES["stem"] not in reply.text, reply
    server.psql(swap)
    assert reviewer.get(f"/api/v1/items/{item}").status == 200

with step("data keys rotate while people read and write; everything stays readable, and nothing is left under the older key"):
    applied(author.upload("items", items(600, first=1000), bank="MAT"), imported=600)
    stop, failures, saves = threading.Event(), [], []

    def work(name, number):
        client = Client(server).sign_in(name, passwords[name])
        while not stop.wait(0.05):
            if name == "soan":
                version = client.get(f"/api/v1/items/{item}").json["version"]
                reply = client.post(f"/api/v1/items/{item}/versions", {"content": content(f"{number} {len(saves)}"), "key": KEY, "meta": META,
                                                                       "reason": "", "base_version": version})
                saves.append(reply.status)
                if reply.status not in (201, 409):
                    failures.append(reply)
            else:
                reply = client.get(f"/api/v1/items/{item}")
                if reply.status != 200:
                    failures.append(reply)

    threads = [threading.Thread(target=work, args=(name, number)) for number, name in enumerate(("soan", "duyet", "duyet"))]
    for thread in threads:
        thread.start()
    assert eventually(lambda: saves)
    status, out, err = server.command("bank", "rotate")
    eventually(lambda: failures or saves.count(201) > 5)  # on a fast machine it is done before
    stop.set()
    for thread in threads:
        thread.join()
    assert status == 0 and "MAT: generation 2" in out, (status, out, err)
    assert not failures and saves.count(201) > 5, (failures[:3], len(saves))
    old = server.psql("SELECT (SELECT count(*) FROM khoacu.item_text WHERE generation < 2), (SELECT count(*) FROM khoacu.item_key WHERE generation < 2), "
                      "(SELECT count(*) FROM khoacu.item_comment WHERE generation < 2), (SELECT count(*) FROM khoacu.item_answer WHERE generation < 2), "
                      "(SELECT count(*) FROM khoacu.item_review WHERE generation < 2), (SELECT count(*) FROM khoacu.item_passage WHERE generation < 2), "
                      "(SELECT count(*) FROM khoacu.bank_media WHERE generation < 2)")
    assert old == [["0"] * 7], old
    whole = json.dumps(reviewer.get(f"/api/v1/items/{item}").json, ensure_ascii=False)
    assert all(CANARIES[name] in whole for name in ("comment", "answer", "review", "reason", "source")), whole
    sha = json.loads(json.dumps(author.put("/api/v1/media?bank=MAT", data=PNG, content_type="image/png").json))["sha256"]
    assert reviewer.get(f"/api/v1/media/{sha}").bytes == PNG
    assert len(Vault(server).items()) == 604

with step("what was imported before is known again under the new key"):
    applied(author.upload("items", items(600, first=1000), bank="MAT"), unchanged=600)

with step("the master key is changed under the running server"):
    folder = os.path.dirname(server.bank_key_file)
    with open(server.bank_key_file, "rb") as file:
        before = file.read()
    status, out, err = server.command("bank", "rotate", "--master", os.path.join(folder, "next.key"))
    assert status == 0 and "data keys wrapped anew" in out, (status, out, err)
    with open(server.bank_key_file, "rb") as file:
        after = file.read()
    assert after != before and len(after) == 32 and os.stat(server.bank_key_file).st_mode & 0o777 == 0o400
    assert reviewer.get(f"/api/v1/items/{item}").status == 200
    assert author.post("/api/v1/banks", {"code": "MOI", "name": "Sau khi đổi khóa"}).status == 201
    assert len(Vault(server).items()) == 604
    second = Server(database=server.database, key_file=server.key_file, WORKER="off")
    other = Client(second)
    other.cookies = dict(reviewer.cookies)
    assert other.get(f"/api/v1/items/{item}").status == 200
    assert author.post("/api/v1/items", {"bank": "MOI", "content": content("sau"), "key": KEY, "meta": META}).status == 201
    acts = {act for (act,) in server.psql("SELECT DISTINCT act FROM khoacu.audit_event")}
    assert {"bank.rotate", "bank.rewrap"} <= acts, acts

with step("wrong use of the command is told"):
    assert server.command("bank")[0] == 2 and server.command("bank", "turn")[0] == 2 and server.command("bank", "--help")[0] == 0
    assert server.command("bank", "rotate", "--bank", "KHONG")[0] == 2
    assert server.command("bank", "rotate", "--bank", "MOI", "--master", "x")[0] == 2

finish()
