"""Contracts that scripts rely on: every command has --help, its exit status is 0, 1 or 2 as documented, and it prints JSON where a person gets a table."""

import json
import os
import re
import subprocess
import tempfile

from harness import BINARY, ROOT, Server, conninfo, environment, finish, free_port, make_administrator, new_database, step

folder = tempfile.mkdtemp(prefix="khoacu-commands-")
nothing = os.path.join(folder, "nothing")

# (words, whether it lists or reports and so has --json, what a call without arguments lacks)
COMMANDS = [
    (("serve",), False, None),
    (("worker",), False, None),
    (("migrate",), False, None),
    (("import",), True, "a KIND and a FILE"),
    (("letters",), True, "the word bounces"),
    (("letters", "bounces"), True, "--as and a path"),
    (("scripts",), True, "the word import"),
    (("scripts", "import"), True, "--cycle, --bag, --as and a path"),
    (("bank",), True, "import, export and rotate"),
    (("bank", "import"), True, "--bank"),
    (("bank", "export"), True, "--bank"),
    (("bank", "rotate"), True, None),
    (("assemble",), True, "--blueprint"),
    (("staff",), True, "add, list, reset, disable and enable"),
    (("staff", "add"), True, "a LOGIN"),
    (("staff", "list"), True, None),
    (("staff", "reset"), True, "a LOGIN"),
    (("staff", "disable"), True, "a LOGIN"),
    (("staff", "enable"), True, "a LOGIN"),
    (("pack",), True, "import, list and show"),
    (("equate",), False, "make, sign and check"),
    (("rank",), True, "--pack"),
    (("compare",), True, "two files"),
    (("replay",), True, None),
    (("verify",), True, ""),
    (("watch",), True, "--keep and a folder"),
    (("draw",), True, "a FILE"),
    (("publish",), True, "--out DIR and --key FILE"),
    (("serve-static",), False, "a folder"),
    (("config",), True, None),
]


def run(*words, **settings):
    done = subprocess.run([BINARY, *words], env=environment(**{"VAR": nothing} | settings), cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


with step("the program lists its commands, and those are the commands of this table"):
    status, out, err = run("--help")
    assert status == 0 and not err, err
    listed = re.findall(r"^  ([a-z-]+) +\S", out, re.M)
    assert sorted(listed) == sorted({words[0] for words, _, _ in COMMANDS}), listed
    status, out, err = run()
    assert status == 2 and not out and "Usage: khoacu COMMAND" in err
    status, out, err = run("dance")
    assert status == 2 and not out and "there is no command dance" in err

with step("README names every one of them"):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    missing = [name for name in listed if f"khoacu {name}" not in readme]
    assert not missing, missing

with step("each answers --help and -h on standard output with its use and its exit status"):
    for words, has_json, _ in COMMANDS:
        status, out, err = run(*words, "--help")
        assert status == 0 and not err, (words, status, err)
        assert out.startswith("Usage: khoacu " + words[0]) and "Exit status: 0 " in out and max(map(len, out.splitlines())) < 170, (words, out)
        assert run(*words, "-h") == (0, out, ""), words
        assert ("--json" in out) == has_json, words

with step("what is not understood or lacking is named with the use on standard error: status 2"):
    for words, _, lacks in COMMANDS:
        status, out, err = run(*words, "--nonsense")
        assert status == 2 and not out and err.startswith("khoacu: --nonsense is not understood here.\nUsage: khoacu"), (words, status, out, err)
        if lacks is not None:
            status, out, err = run(*words)
            assert status == 2 and not out and lacks in err.split("Usage:")[0] + ("" if lacks else err) and "Usage: khoacu" in err, (words, status, err)

with step("a wrong setting stops each of them that reads settings: status 2"):
    for words in (("serve",), ("worker",), ("migrate",), ("replay",), ("config",), ("staff", "list"), ("bank", "rotate")):
        status, _, err = run(*words, LISTEN="nowhere")
        assert status == 2 and "KHOACU_LISTEN must be" in err, (words, status, err)

with step("a command that needs a database says so where there is none: status 2"):
    for words in (("replay",), ("staff", "list"), ("bank", "rotate"), ("publish", "--out", "x", "--key", "y"), ("import", "officers", "f", "--as", "x"),
                  ("scripts", "import", "--cycle", "A", "--bag", "B", "--as", "x", BINARY), ("bank", "import", "--bank", "THU", BINARY),
                  ("bank", "export", "--bank", "THU", "--format", "csv", "--out", "x")):
        status, _, err = run(*words)
        assert status == 2 and "There is no database: KHOACU_DB is empty" in err, (words, status, err)
    for words in (("migrate",), ("worker",)):
        status, _, err = run(*words)
        assert status == 2 and "KHOACU_DB is empty" in err, (words, status, err)

with step("a database that cannot be reached is a failure of the work: status 1"):
    for words in (("replay",), ("staff", "list"), ("migrate",), ("serve",)):
        status, _, err = run(*words, DB="host=/nowhere dbname=khoacu", LISTEN=f"127.0.0.1:{free_port()}", ADMIN_LISTEN=f"127.0.0.1:{free_port()}")
        assert status == 1 and "reached" in err, (words, status, err)

with step("a file that is not there is wrong input: status 2"):
    for words in (("verify", "none.json"), ("compare", "none.json", "none.json"), ("draw", "none.json"), ("serve-static", "none"),
                  ("rank", "--pack", "CC-2026", "--posts", "none.csv", "--candidates", "none.csv", "--out", "x.json", "--written-max", "60", "--interview-max", "40"),
                  ("assemble", "--pool", "none.csv", "--blueprint", "none.json")):
        status, out, err = run(*words)
        assert status in (1, 2) if words[0] == "serve-static" else status == 2, (words, status, err)
        assert "none" in err, (words, err)

with step("secrets are masked, in the table and in JSON, and a password in a connection string is in neither"):
    status, out, err = run("config", DB="host=x password=hemlich", SMTP_PASSWORD="rat-bi-mat")
    assert status == 0 and "hemlich" not in out and "rat-bi-mat" not in out and out.count("********") == 2, out
    status, out, err = run("config", "--json", DB="host=x password=hemlich", SMTP_PASSWORD="rat-bi-mat")
    rows = {row["name"]: row for row in json.loads(out)}
    assert "hemlich" not in out and rows["KHOACU_DB"]["value"] == rows["KHOACU_SMTP_PASSWORD"]["value"] == "********"
    assert rows["KHOACU_LISTEN"]["value"] == "127.0.0.1:8080" and all(row["meaning"] for row in rows.values())

with step("packs are listed, for people and as JSON"):
    status, out, _ = run("rank", "--packs")
    assert status == 0 and "CC-2026" in out.split()
    assert json.loads(run("rank", "--packs", "--json")[1]) == out.split()

# ---- accounts ----

server = Server()
make_administrator(server)

with step("accounts: made, listed as text and as JSON, set again, disabled, enabled; a name that nobody has is wrong input"):
    status, out, err = server.command("staff", "add", "can.bo", "--name", "Cán Bộ", "--unit", "Sở Nội vụ", "--roles", "hr_officer;examiner")
    assert status == 0 and re.fullmatch(r"can\.bo [0-9A-Z-]{24}\n", out), (out, err)
    assert server.command("staff", "add", "can.bo", "--name", "Cán Bộ", "--roles", "examiner")[0] == 1
    assert server.command("staff", "add", "can.bo", "--name", "Cán Bộ", "--roles", "emperor")[0] == 2
    status, out, _ = server.command("staff", "list", "--json")
    people = {row["login_name"]: row for row in json.loads(out)}
    assert set(people) == {"can.bo", "quantri"} and people["can.bo"]["roles"] == ["hr_officer", "examiner"] and people["can.bo"]["state"] == "active"
    assert "Cán Bộ, Sở Nội vụ; hr_officer examiner" in server.command("staff", "list")[1]
    assert server.command("staff", "disable", "can.bo", "--reason", "Chuyển công tác.")[0] == 0
    status, _, err = server.command("staff", "disable", "can.bo", "--reason", "Chuyển công tác.")
    assert status == 1 and "disabled already" in err, err
    assert server.command("staff", "enable", "can.bo", "--reason", "Trở lại.")[0] == 0
    status, out, _ = server.command("staff", "reset", "can.bo", "--reason", "Quên mật khẩu.")
    assert status == 0 and re.fullmatch(r"can\.bo [0-9A-Z-]{24}\n", out), out
    assert json.loads(server.command("staff", "list", "--json")[1])[0]["password_reset"] is True
    for verb in ("reset", "disable", "enable"):
        status, _, err = server.command("staff", verb, "nobody", "--reason", "x")
        assert status == 2 and "There is no account nobody" in err, err
        assert server.command("staff", verb, "can.bo")[0] == 2
    acts = [row[0] for row in server.psql("SELECT act FROM khoacu.audit_event WHERE actor = 'command' ORDER BY occurred_at, act")]
    assert acts == ["identity.staff_add", "identity.account_disable", "identity.account_enable", "identity.password_reset"], acts

with step("a name without the right is wrong input, not a fault of the data"):
    for words in (("import", "officers", BINARY, "--as", "can.bo"), ("import", "officers", BINARY, "--as", "nobody"),
                  ("scripts", "import", "--cycle", "A", "--bag", "B", "--as", "can.bo", os.path.join(ROOT, "README.md")),
                  ("bank", "import", "--bank", "A", "--as", "nobody", os.path.join(ROOT, "README.md")), ("bank", "rotate", "--bank", "NONE")):
        status, _, err = server.command(*words)
        assert status == 2 and err, (words, status, err)

with step("an empty database: lists of nothing are lists"):
    empty = conninfo(new_database())
    assert json.loads(run("staff", "list", "--json", DB=empty)[1]) == []
    assert run("replay", DB=empty)[0] == 0

subprocess.run(["rm", "-rf", folder], check=False)
finish()
