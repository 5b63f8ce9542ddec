"""How the program starts where something is in its way: one sentence that says what and what to do; and on a PostgreSQL of one's own."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time

from harness import BINARY, PGHOST, ROOT, Client, Server, conninfo, environment, finish, free_port, new_database, psql, step

folder = tempfile.mkdtemp(prefix="khoacu-start-")
os.chmod(folder, 0o755)


def settings(**more):
    return {"VAR": os.path.join(folder, "var"), "LISTEN": f"127.0.0.1:{free_port()}", "ADMIN_LISTEN": f"127.0.0.1:{free_port()}"} | more


def start(*arguments, **more):
    """`khoacu serve` that must end by itself: status and what it says."""
    done = subprocess.run([BINARY, "serve", *arguments], env=environment(**settings(**more)), cwd=folder, capture_output=True, text=True, timeout=60,
                          check=False)
    return done.returncode, done.stderr.strip()


def command(*arguments, **more):
    done = subprocess.run([BINARY, *arguments], env=environment(**settings(**more)), cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


with step("a taken port is named, with the setting that names another"):
    for name in ("LISTEN", "ADMIN_LISTEN"):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            status, said = start(**{name: f"127.0.0.1:{port}"})
        assert status == 1 and f"Port {port} of 127.0.0.1 is taken" in said and f"KHOACU_{name}" in said, said
        assert said.count("\n") == 0, said

with step("an address that is not this machine's, a setting that is none, a value that is none"):
    status, said = start(LISTEN="192.0.2.1:80")
    assert status == 1 and "192.0.2.1" in said and "KHOACU_LISTEN" in said, said
    status, said = start(LISTEN="somewhere")
    assert status == 2 and "KHOACU_LISTEN must be an address and a port" in said, said
    status, said = start(LISTNE="127.0.0.1:1")
    assert status == 2 and "KHOACU_LISTNE is not a setting" in said, said

with step("a folder that cannot be made, one that is a file, one that is in use"):
    status, said = start(VAR="/proc/nowhere/var")
    assert status == 1 and ": No such file or directory. Set KHOACU_VAR to" in said, said
    with open(os.path.join(folder, "file"), "w", encoding="utf-8"):
        status, said = start(VAR=os.path.join(folder, "file"))
    assert status == 1 and "KHOACU_VAR" in said, said
    server = Server()
    status, said = start(VAR=server.env["KHOACU_VAR"])
    assert status == 1 and "Another Khoacu runs on" in said and "KHOACU_VAR" in said, said

with step("a cluster of an older PostgreSQL, a folder that is no cluster, no PostgreSQL at all"):
    old = os.path.join(folder, "old")
    os.makedirs(os.path.join(old, "pg"))
    os.chmod(old, 0o777)
    status, said = start(VAR=old)
    assert status == 1 and "is not a PostgreSQL cluster" in said and "--fresh" in said, said
    with open(os.path.join(old, "pg", "PG_VERSION"), "w", encoding="ascii") as file:
        file.write("14\n")
    status, said = start(VAR=old)
    assert status == 1 and "made by PostgreSQL 14" in said and "pg_upgrade" in said, said
    status, said = start(PG_BIN="/nowhere")
    assert status == 1 and "There is no PostgreSQL in /nowhere" in said and "KHOACU_PG_BIN" in said, said

# ---- a PostgreSQL of one's own ----

database = "khoacu_start_own"
psql(f'CREATE DATABASE "{database}"', "postgres")
own = f"host={PGHOST} user=khoacu dbname={database}"

with step("a database that does not answer, or that nobody has prepared"):
    status, said = start(DB="host=/nowhere dbname=khoacu")
    assert status == 1 and "cannot be reached" in said and "Check the setting" in said, said
    status, said = start(DB=conninfo(database))
    assert status == 1 and "Run `khoacu migrate` first" in said, said

with step("a login without the right to make the schema is told the statement that gives it"):
    psql("DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'khoacu') THEN CREATE ROLE khoacu LOGIN; END IF; END $$;"
         f'GRANT khoacu_owner TO khoacu; GRANT CONNECT ON DATABASE "{database}" TO khoacu;', "postgres")
    status, said = command("migrate", DB=own)
    assert status == 1 and f'ALTER DATABASE "{database}" OWNER TO khoacu_owner' in said, said

with step("the documented files prepare it, twice if need be; the program migrates and serves as a login without rights of its own"):
    for _ in range(2):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", PGHOST, "-U", "postgres", "-d", database, "-f", f"{ROOT}/sql/roles/roles.sql", "-f",
                        f"{ROOT}/sql/roles/login.sql"], env=os.environ | {"KHOACU_DB_PASSWORD": "mot mat khau", "PGOPTIONS": "-c client_min_messages=warning"}, check=True)
    assert psql("SELECT rolsuper, rolinherit, rolcreaterole, rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'khoacu'", database) == [["f", "f", "f", "t"]]
    status, said = command("migrate", DB=own)
    assert status == 0 and "up to date" in said, said
    status, said = command("migrate", DB=own)
    assert status == 0 and "Migrating" not in said, said
    status, said = command("staff", "add", "quantri", "--name", "Quản trị", "--roles", "administrator", DB=own)
    assert status == 0, said
    served = Server(database)
    served.stop()
    served.env["KHOACU_DB"] = own
    served.start()
    Client(served).sign_in("quantri", said.split()[-1])
    try:
        psql_own = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-h", PGHOST, "-U", "khoacu", "-d", database, "-c", "SELECT count(*) FROM khoacu.staff"],
                                  capture_output=True, text=True, check=False)
        assert psql_own.returncode != 0 and "permission denied" in psql_own.stderr, psql_own
    finally:
        served.stop()

with step("a newer database and one that was changed are refused with the reason"):
    psql("INSERT INTO khoacu.migration (name, sha256) VALUES ('9999-future.sql', sha256('x'))", database)
    status, said = start(DB=own)
    assert status == 1 and "newer than this program" in said and "Upgrade the program" in said, said
    psql("DELETE FROM khoacu.migration WHERE name = '9999-future.sql'; UPDATE khoacu.migration SET sha256 = sha256('x') WHERE name = '0001-ledger-create.sql'",
         database)
    status, said = start(DB=own)
    assert status == 1 and "another text of 0001-ledger-create.sql" in said, said

with step("--fresh does not touch keys that a database elsewhere may need; the demonstration goes into no database with people in it"):
    status, said = start("--fresh", DB=own)
    assert status == 2 and "KHOACU_DB names another database" in said, said
    mine = new_database()
    command("staff", "add", "quantri", "--name", "Quản trị", "--roles", "administrator", DB=conninfo(mine))
    keys = {"VAR": server.env["KHOACU_VAR"], "SECRET_FILE": server.key_file, "BANK_KEY_FILE": server.bank_key_file}
    server.stop()
    status, said = start("--demo", DB=conninfo(mine), **keys)
    assert status == 1 and "has accounts already" in said and "--demo --fresh" in said, said

with step("a load of the demonstration that was broken off is begun anew, tells its steps, and ends in order when it is asked to"):
    var = os.path.join(folder, "broken")
    os.makedirs(os.path.join(var, "demo"))
    os.makedirs(os.path.join(var, "pg.new", "base"))  # what initdb leaves when it is killed
    with open(os.path.join(var, "demo", "loading"), "w", encoding="ascii"):
        pass
    if os.geteuid() == 0:
        subprocess.run(["useradd", "--system", "--user-group", "khoacu"], check=False, capture_output=True)
        subprocess.run(["chown", "-R", "khoacu:khoacu", var], check=True)
    said, log = "", os.path.join(folder, "demo.log")
    with open(log, "w", encoding="utf-8") as out:
        demo = subprocess.Popen([BINARY, "serve", "--demo"], env=environment(**settings(VAR=var)), cwd=folder, stdout=out, stderr=out)
    until = time.monotonic() + 120
    while "Importing the cycle" not in said and demo.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
        with open(log, encoding="utf-8") as out:
            said = out.read()
    for line in ("it is loaded anew", "Making a private PostgreSQL cluster", "Migrating: 0001-ledger-create.sql", "Demonstration: Importing officers"):
        assert line in said, said
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(150) == 0
    with open(log, encoding="utf-8") as out:
        said = out.read()
    assert "Closing the shift" not in said, "it went on to the end"
    assert "the next start with --demo loads it anew" in said and "Ended in order." in said, said
    with contextlib.suppress(FileNotFoundError):
        assert not os.path.exists(os.path.join(var, "pg", "postmaster.pid")), "the cluster runs on"

with step("the private cluster has its log laid out before anybody saves; with little space left it says that it has not"):
    segments = len([name for name in os.listdir(os.path.join(var, "pg", "pg_wal")) if len(name) == 24])
    assert segments >= 60 if "Laying out the database's log" in said else "There is little space left" in said, (segments, said)

subprocess.run(["rm", "-rf", folder], check=False)
finish()
