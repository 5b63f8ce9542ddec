"""Forms are assembled by blueprints: versions, the job, its result, what clashes, who may."""

import json
import os
import time

from harness import Client, Server, finish, make_all_roles, make_officers, step

server = Server()
clients = make_all_roles(server)
officer = clients["item_officer"]
HEAD = "code,topic,level,stem,option_a,option_b,option_c,option_d,key,source\n"
rows = [f"Q-{n:03},{topic},{1 + n % 3},Câu hỏi số {n} là gì?,một hai,ba,bốn,năm,a,Điều {n}"
        for n in range(60) for topic in ["law" if n % 2 else "language"]]


def blueprint(**changes):
    return {"format": "khoacu-blueprint/1", "title": "Vòng 1", "items": 10, "forms": 2,
            "counts": [{"topic": "law", "min": 4, "max": 6}, {"level": 3, "min": 2, "max": 4}],
            "facility": {"mean": {"target": "0.6", "tolerance": "0.02"}, "difference": "0.01"}, **changes}


def settled(identity, tries=3000):
    for _ in range(tries):
        reply = officer.get(f"/api/v1/assemblies/{identity}")
        assert reply.status == 200, reply
        if reply.json["state"] in ("done", "failed"):
            return reply.json
        time.sleep(0.1)
    raise AssertionError(reply.json)


def assembled(identity, **body):
    reply = officer.post(f"/api/v1/blueprints/{identity}/assemble", body)
    assert reply.status == 202, reply
    return settled(reply.json["assembly_id"])


with step("a bank has items, sixty of them live"):
    reply = officer.upload("items", HEAD + "\n".join(rows) + "\n", bank="NH-1")
    assert reply.status == 200 and reply.json["imported"] == 60, reply
    server.psql("SET session_replication_role = replica;"
                "UPDATE khoacu.item SET state = 'live', seconds = 60, facility = 400 + 7 * substr(code, 3)::int;"
                "UPDATE khoacu.item_version v SET seconds = i.seconds, facility = i.facility FROM khoacu.item i WHERE i.item_id = v.item_id;")

with step("a blueprint is saved and read back"):
    reply = officer.post("/api/v1/blueprints", {"bank": "NH-1", "code": "V1", "document": blueprint(), "reason": "lần đầu"})
    assert reply.status == 201 and reply.json["version"] == 1, reply
    identity = reply.json["id"]
    read = officer.get(f"/api/v1/blueprints/{identity}").json
    assert read["document"] == blueprint() and read["title"] == "Vòng 1" and read["may_write"] and read["versions"][0]["reason"] == "lần đầu", read
    listed = officer.get("/api/v1/blueprints?bank=NH-1").json
    assert [(b["code"], b["version"], b["bank"]) for b in listed["items"]] == [("V1", 1, "NH-1")] and listed["total"] == 1, listed
    assert officer.get("/api/v1/blueprints?bank=NH-2").json["items"] == []

with step("a document that does not fit is refused, member by member"):
    reply = officer.post("/api/v1/blueprints", {"bank": "NH-1", "code": "V2", "document": blueprint(items=0, counts=[{"topic": "Law", "min": 1}], more=1)})
    assert reply.status == 400 and {(e["path"], e["rule"]) for e in reply.json["errors"]} == {
        ("document.items", "range"), ("document.counts[0].topic", "form"), ("document.more", "unknown")}, reply
    assert officer.post("/api/v1/blueprints", {"bank": "nh", "code": "v 2", "document": blueprint()}).status == 400
    assert officer.post("/api/v1/blueprints", {"bank": "NH-9", "code": "V2", "document": blueprint()}).status == 400
    reply = officer.post("/api/v1/blueprints", {"bank": "NH-1", "code": "V1", "document": blueprint()})
    assert reply.status == 409 and reply.code == "code-taken", reply

with step("two forms come out, each constraint holds and shows its slack"):
    done = assembled(identity)
    assert done["state"] == "done" and done["verdict"] == "assembled" and done["done_count"] >= 2, done
    result = done["result"]
    assert [len(form["items"]) for form in result["forms"]] == [10, 10]
    codes = [{item["code"] for item in form["items"]} for form in result["forms"]]
    assert not codes[0] & codes[1], codes
    for form in result["forms"]:
        assert 4 <= sum(item["topic"] == "law" for item in form["items"]) <= 6
        assert 2 <= sum(item["level"] == 3 for item in form["items"]) <= 4
        assert 0.58 <= float(form["facility_mean"]) <= 0.62 and form["seconds"] == 600 and form["words"] > 0, form
        assert all(len(item["item_id"]) == 16 and item["version"] == 1 for item in form["items"])
    assert all(float(line["slack"]) >= 0 for constraint in result["constraints"] for line in constraint["lines"]), result["constraints"]
    assert float(result["differences"]["facility_mean"]["value"]) <= 0.01 and len(result["curves"]["facility"]) == 2
    texts = [(c["text_en"], c["text_vi"]) for c in result["constraints"]]
    assert ("topic law: 4 to 6 items", "chủ đề law: từ 4 đến 6 câu hỏi") in texts, texts

with step("the same blueprint and bank give the same forms"):
    again = assembled(identity)
    assert again["pool_sha256"] == done["pool_sha256"] and again["result"]["forms"] == done["result"]["forms"]

with step("a new version follows the one that was seen; the old one stays"):
    wants = blueprint(counts=[{"topic": "law", "level": 3, "min": 12}], forms=1, items=30)
    reply = officer.put(f"/api/v1/blueprints/{identity}", {"document": wants, "base_version": 1, "reason": "khó hơn"})
    assert reply.status == 200 and reply.json["version"] == 2, reply
    reply = officer.put(f"/api/v1/blueprints/{identity}", {"document": wants, "base_version": 1})
    assert reply.status == 409 and reply.code == "stale-version" and reply.json["version"] == 2, reply
    assert officer.get(f"/api/v1/blueprints/{identity}?version=1").json["document"] == blueprint()
    assert [v["version"] for v in officer.get(f"/api/v1/blueprints/{identity}").json["versions"]] == [2, 1]

with step("what cannot be met is said in words, with the smallest set that clashes"):
    short = assembled(identity)
    clash = short["result"]["clash"]
    assert short["state"] == "done" and short["verdict"] == "infeasible" and clash["smallest"], short
    assert clash["text_en"] == "topic law needs 12 live items of level 3, the bank has 10", clash
    assert clash["text_vi"] == "chủ đề law cần 12 câu hỏi đang dùng mức 3, ngân hàng có 10", clash
    assert assembled(identity, version=1)["verdict"] == "assembled"

with step("the health of the bank says what its blueprints want and it lacks, and nothing of what it has"):
    gaps = officer.get("/api/v1/banks/NH-1/health").json["gaps"]
    assert gaps["total"] == 1 and [(g["blueprint"], g["topic"], g["level"], g["needed"], g["have"]) for g in gaps["items"]] == [
        ("V1", "law", 3, 12, 10)], gaps

with step("only live items within their limits are drawn"):
    server.psql("SET session_replication_role = replica;"
                "UPDATE khoacu.item SET state = 'retired' WHERE code IN ('Q-005', 'Q-011');"
                "UPDATE khoacu.item SET source_expires_on = '2020-01-01' WHERE code = 'Q-017';")
    clash = assembled(identity)["result"]["clash"]
    assert clash["text_en"] == "topic law needs 12 live items of level 3, the bank has 7", clash

with step("parameters of items come in by a table, all or none, and are met as information targets; an item written anew has none"):
    wants = {"format": "khoacu-blueprint/1", "title": "Thông tin", "items": 8, "information": {"points": [{"theta": "0", "min": "1.2"}]}}
    reply = officer.post("/api/v1/blueprints", {"bank": "NH-1", "code": "TT", "document": wants})
    informed = reply.json["id"]
    assert assembled(informed)["verdict"] == "infeasible"
    table = "code,a,b,c\n" + "".join(f"Q-{n:03},{1 + n / 100:.2f},{(n - 20) / 20:.2f},\n" for n in range(20, 40))
    bad = officer.upload("calibrations", table + "Q-020,1,0,0\nQ-999,1,0,0\nQ-041,0,0,0\nQ-042,1,x,1\n", bank="NH-1")
    assert bad.status == 422 and {(e["line"], e["column"], e["code"]) for e in bad.json["errors"]} == {
        (22, "code", "duplicate"), (23, "code", "unknown"), (24, "a", "syntax"), (25, "b", "syntax"), (25, "c", "syntax")}, bad
    assert server.psql("SELECT count(*) FROM khoacu.item_calibration") == [["0"]]
    assert officer.upload("calibrations", table, bank="NH-9").json["errors"][0]["column"] == "bank"
    reply = officer.upload("calibrations", table, bank="NH-1")
    assert reply.status == 200 and (reply.json["imported"], reply.json["unchanged"]) == (20, 0), reply
    reply = officer.upload("calibrations", table.replace(",", ";").replace(".", ","), bank="NH-1")
    assert reply.status == 200 and (reply.json["imported"], reply.json["changed"], reply.json["unchanged"]) == (0, 0, 20), reply
    reply = officer.upload("calibrations", "mã,a,b\nQ-020,1.5,0\n", bank="NH-1")
    assert reply.status == 200 and (reply.json["imported"], reply.json["changed"]) == (0, 1), reply
    of = {i["code"]: i["id"] for i in officer.get("/api/v1/items?bank=NH-1&limit=200").json["items"]}
    assert officer.get(f"/api/v1/items/{of['Q-020']}").json["calibration"] == {"a": "1.5", "b": "0", "c": "0"} and officer.get(f"/api/v1/items/{of['Q-019']}").json["calibration"] is None
    done = assembled(informed)
    assert done["verdict"] == "assembled" and all(float(value) > 0 for value in done["result"]["curves"]["information"][0]), done["result"]["curves"]
    assert all(20 <= int(item["code"][2:]) < 40 for item in done["result"]["forms"][0]["items"]), done["result"]["forms"]
    one = officer.get(f"/api/v1/items/{of['Q-020']}").json
    reply = officer.post(f"/api/v1/items/{of['Q-020']}/versions", {"base_version": 1, "content": one["content"], "key": one["key"], "meta": {**one["meta"], "level": 1}})
    assert reply.status == 201 and officer.get(f"/api/v1/items/{of['Q-020']}").json["calibration"] is None, reply
    server.psql("SET session_replication_role = replica; UPDATE khoacu.item SET state = 'live' WHERE code = 'Q-020'")
    assert assembled(informed)["result"]["pool"]["no_information"] == done["result"]["pool"]["no_information"] + 1

with step("an item on a law that is amended is found by its article and stopped"):
    found = officer.get("/api/v1/items?q=%22%C4%91i%E1%BB%81u+30%22&bank=NH-1").json["items"]
    assert [i["code"] for i in found] == ["Q-030"], found
    reply = officer.post("/api/v1/item-acts", {"ids": [found[0]["id"]], "act": "retire", "reason": "Điều 30 đã được sửa đổi"})
    assert reply.json["done"] == 1, reply
    after = assembled(informed)["result"]
    assert "Q-030" not in {item["code"] for form in after["forms"] for item in form["items"]} and after["pool"]["items"] == done["result"]["pool"]["items"] - 1, after["pool"]
    server.psql("SET session_replication_role = replica; UPDATE khoacu.item SET state = 'live' WHERE code = 'Q-030'")

with step("a long search is stopped when somebody asks"):
    slow = blueprint(items=25, forms=2, counts=[], facility={"mean": {"target": "0.6"}, "curve": [
        {"theta": str(t), "target": f"0.{300 + 83 * (t + 3)}"} for t in range(-3, 4)]}, solve_s=600)
    reply = officer.put(f"/api/v1/blueprints/{identity}", {"document": slow, "base_version": 2})
    assert reply.status == 200, reply
    identity_of_run = officer.post(f"/api/v1/blueprints/{identity}/assemble", {}).json["assembly_id"]
    assert officer.post(f"/api/v1/assemblies/{identity_of_run}/stop", {}).status == 204
    done = settled(identity_of_run)
    assert done["verdict"] in ("stopped", "assembled") and (done["verdict"] == "assembled" or done["stopping"]), done
    assert officer.post(f"/api/v1/assemblies/{identity_of_run}/stop", {}).status == 204

with step("who has no right in the bank finds nothing there"):
    passwords = make_officers(server, clients["administrator"], [("de.khac", "Người khác", "Sở Nội vụ", "item_officer")])
    other = Client(server).sign_in("de.khac", passwords["de.khac"])
    assert other.get("/api/v1/blueprints").json["items"] == []
    assert other.get(f"/api/v1/blueprints/{identity}").status == 404
    assert other.put(f"/api/v1/blueprints/{identity}", {"document": blueprint(), "base_version": 3}).status == 404
    assert other.post(f"/api/v1/blueprints/{identity}/assemble", {}).status == 404
    assert other.get(f"/api/v1/assemblies/{identity_of_run}").status == 404
    assert other.post(f"/api/v1/assemblies/{identity_of_run}/stop", {}).status == 404
    assert other.post("/api/v1/blueprints", {"bank": "NH-1", "code": "V9", "document": blueprint()}).status == 400

with step("a reviewer reads blueprints and assembles nothing"):
    server.psql("INSERT INTO khoacu.bank_member (bank_id, staff_id, topic, rights) SELECT b.bank_id, s.staff_id, '', 2"
                " FROM khoacu.bank b, khoacu.staff s WHERE s.login_name = 'de.khac'")
    assert other.get(f"/api/v1/blueprints/{identity}").json["may_write"] is False
    assert other.put(f"/api/v1/blueprints/{identity}", {"document": blueprint(), "base_version": 3}).status == 403
    assert other.post(f"/api/v1/blueprints/{identity}/assemble", {}).status == 403
    assert other.get(f"/api/v1/assemblies/{identity_of_run}").status == 404

with step("the command assembles from a bank, for those who may, and stores nothing"):
    path = os.path.join(server.folder, "blueprint.json")
    with open(path, "w", encoding="utf-8") as out:
        json.dump(blueprint(), out)
    before = server.psql("SELECT count(*) FROM khoacu.assembly")
    status, out, err = server.command("assemble", "--bank", "NH-1", "--as", "item.officer", "--blueprint", path, "--json")
    assert status == 0 and json.loads(out)["verdict"] == "assembled", (out, err)
    assert server.command("assemble", "--bank", "NH-1", "--as", "de.khac", "--blueprint", path)[0] == 2
    assert server.command("assemble", "--bank", "NH-1", "--as", "examiner", "--blueprint", path)[0] == 2
    assert server.command("assemble", "--bank", "NH-2", "--as", "item.officer", "--blueprint", path)[0] == 2
    assert server.command("assemble", "--bank", "NH-1", "--blueprint", path)[0] == 2
    assert server.psql("SELECT count(*) FROM khoacu.assembly") == before

with step("each act stands in the audit trail; no blueprint, request or result can be changed afterwards"):
    acts = [act for act, in server.psql("SELECT act FROM khoacu.audit_event WHERE act LIKE 'assembly.%' ORDER BY occurred_at")]
    assert acts.count("assembly.blueprint_make") == 2 and acts.count("assembly.blueprint_save") == 2 and "assembly.request" in acts, acts
    for table in ("blueprint_version", "assembly", "assembly_stop", "assembly_result"):
        held = server.psql(f"SELECT count(*) FROM information_schema.role_table_grants WHERE table_schema = 'khoacu' AND table_name = '{table}'"
                           " AND grantee LIKE 'khoacu_%' AND grantee <> 'khoacu_owner' AND privilege_type NOT IN ('SELECT', 'INSERT')")
        assert held == [["0"]], (table, held)

finish()
