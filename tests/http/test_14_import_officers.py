"""Officers are imported from CSV: dry run, faults by line and column, all or nothing, secrets once."""

from harness import Client, Server, add_administrator, finish, secret, step

server = Server()
administrator = Client(server).sign_in("quantri", add_administrator(server))

HEADER = "login_name,full_name,unit,roles\n"


def names():
    return {item["login_name"] for item in administrator.pages("/api/v1/staff?limit=3")}


with step("the template can be filled in and imported"):
    template = administrator.get("/api/v1/imports/officers/template.csv")
    assert template.status == 200 and template.headers["content-type"] == "text/csv; charset=utf-8", template
    assert template.headers["content-disposition"] == 'attachment; filename="officers.csv"', template.headers
    assert template.bytes.startswith(b"\xef\xbb\xbflogin_name,full_name,unit,roles\r\n"), template.bytes
    reply = administrator.upload("officers", template.bytes, dry_run=True)
    assert reply.status == 200 and reply.json["imported"] == 1 and reply.json["faults"] == 0, reply

with step("a dry run says what would happen and does nothing"):
    csv = HEADER + "le.ba,Lê Ba,Sở Nội vụ,examiner\nle.bon,Lê Bốn,,invigilator;examiner\n"
    reply = administrator.upload("officers", csv, dry_run=True)
    assert reply.status == 200 and reply.json["rows"] == 2 and reply.json["imported"] == 2 and not reply.json["applied"], reply
    assert "secrets" not in reply.json and names() == {"quantri"}, reply

with step("the import makes the accounts and shows each password once"):
    reply = administrator.upload("officers", csv)
    assert reply.status == 200 and reply.json["applied"] and reply.json["imported"] == 2, reply
    made = {s["login_name"]: secret(s["password"], "a made password") for s in reply.json["secrets"]}
    assert set(made) == {"le.ba", "le.bon"} and names() == {"quantri", "le.ba", "le.bon"}
    client = Client(server).sign_in("le.bon", made["le.bon"])
    assert client.get("/api/v1/logins/current").json["staff"]["roles"] == ["examiner", "invigilator"]

with step("the same file again changes nothing"):
    reply = administrator.upload("officers", csv)
    assert reply.json["unchanged"] == 2 and reply.json["imported"] == reply.json["changed"] == 0 and "secrets" not in reply.json, reply

with step("a changed row changes the account and leaves its password"):
    reply = administrator.upload("officers", HEADER + "le.ba,Lê Ba,Sở Tư pháp,inspector\n")
    assert reply.json["changed"] == 1 and "secrets" not in reply.json, reply
    client = Client(server).sign_in("le.ba", made["le.ba"])
    assert client.get("/api/v1/logins/current").json["staff"]["roles"] == ["inspector"]

with step("headers may be Vietnamese, the separator ';', the file Windows' own with BOM"):
    reply = administrator.upload("officers", "\ufeffTên đăng nhập;Họ và tên;Đơn vị;Vai trò\r\nle.nam;\"Lê; Năm\";;\"examiner; inspector\"\r\n")
    assert reply.status == 200 and reply.json["imported"] == 1, reply

with step("every fault is named by line, column and value, and nothing at all is imported"):
    bad = (HEADER + "Le.Sau,Lê Sáu,,examiner\n" + ",Không Tên,,examiner\n" + "le.bay,,,examiner\n" + "le.tam,Lê Tám,,king\n" +
           "le.chin,Lê Chín,,\n" + "le.muoi,Lê Mười,,examiner,more\n" + "le.tot,Lê Tốt,,examiner\n" + "le.tot,Lê Tốt Hai,,examiner\n" +
           "le.dai," + "ă" * 121 + ",,examiner\n")
    reply = administrator.upload("officers", bad)
    assert reply.status == 422 and not reply.json["applied"], reply
    found = {(e["line"], e["column"], e["code"]) for e in reply.json["errors"]}
    assert found == {(2, "login_name", "syntax"), (3, "login_name", "required"), (4, "full_name", "required"), (5, "roles", "unknown"),
                     (6, "roles", "required"), (7, "", "extra-cells"), (9, "login_name", "duplicate"), (10, "full_name", "length")}, found
    assert reply.json["refused"] == 8 and reply.json["rows"] == 9 and reply.json["faults"] == 8, reply
    value = [e["value"] for e in reply.json["errors"] if e["line"] == 2]
    assert value == ["Le.Sau"] and all(e["hint_vi"] and e["hint_en"] for e in reply.json["errors"])
    assert "le.tot" not in names()

with step("a fault in a dry run is a report, not a refusal"):
    reply = administrator.upload("officers", bad, dry_run=True)
    assert reply.status == 200 and reply.json["faults"] == 8, reply

with step("files that are none are refused with the reason"):
    for data, codes in ((b"", {"empty"}), (HEADER.encode(), {"empty"}), (b"\xff\xfe" + HEADER.encode("utf-16-le"), {"utf8"}),
                        (b"login_name,full_name,roles,ghost\na,b,examiner,d\n", {"unknown-column"}),
                        (b"login_name,full_name\na,b\n", {"missing-column"}), (b'login_name,full_name,unit,roles\n"a,b\n', {"quote"}),
                        (b"login_name,login_name,full_name,roles\na,a,b,examiner\n", {"duplicate-column"}),
                        (b"a" * 70000 + b",b\nc,d\n", {"limit", "unknown-column"})):
        reply = administrator.upload("officers", data)
        assert reply.status == 422 and {e["code"] for e in reply.json["errors"]} & codes, (data[:40], reply)

with step("an unknown kind does not exist"):
    assert administrator.upload("kings", "a\n").status == 404
    assert administrator.get("/api/v1/imports/kings/template.csv").status == 404

with step("the audit trail names who imported what, by hash of the file, and each account with its roles"):
    rows = server.psql("SELECT act, payload FROM khoacu.audit_event WHERE act LIKE 'identity.%'")
    acts = [act for act, _ in rows]
    assert acts.count("identity.staff_add") == 4 and acts.count("identity.staff_change") == 1, acts
    assert acts.count("identity.officers_import") == 4, acts
    assert not [p for _, p in rows for password in made.values() if password in p]

with step("the command does the same"):
    import os
    path = os.path.join(server.folder, "officers.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEADER + "tran.mot,Trần Một,,examiner\n")
    status, out, err = server.command("import", "officers", path, "--as", "quantri", "--dry-run", "--json")
    assert status == 0 and '"imported":1' in out.replace(" ", ""), (status, out, err)
    status, out, err = server.command("import", "officers", path, "--as", "quantri")
    assert status == 0 and "tran.mot" in names(), (status, out, err)
    secret(out.split()[1], "a made password")
    status, out, err = server.command("import", "officers", path, "--as", "le.ba")
    assert status == 2, (status, out, err)

with step("a cell that a spreadsheet would run stays text"):
    reply = administrator.upload("officers", HEADER + "le.cong,\"=HYPERLINK(\"\"x\"\")\",,examiner\n")
    assert reply.status == 200, reply
    assert [i for i in administrator.pages("/api/v1/staff") if i["full_name"] == '=HYPERLINK("x")']

finish()
