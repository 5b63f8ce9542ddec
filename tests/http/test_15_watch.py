"""A copy of the public log that a stranger keeps: `khoacu watch` goes on with it, and finds what was changed, cut off or shown to others."""

import json
import os
import shutil
import signal
import subprocess
import tempfile

from harness import BINARY, Client, Server, environment, eventually, finish, free_port, make_administrator, new_database, step
from tlog import breaches, fetch, read, roots

server = Server()
password = make_administrator(server)
folder = tempfile.mkdtemp(prefix="khoacu-watch-")
mine, theirs = os.path.join(folder, "mine"), os.path.join(folder, "theirs")


def watch(*words):
    done = subprocess.run([BINARY, "watch", *words], env=environment(), cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def url(of=None):
    return f"http://127.0.0.1:{(of or server).port}"


def size(of=None):
    reply = Client(of or server).get("/api/v1/log/checkpoint")
    return read(reply.text)[1] if reply.status == 200 else 0


def act(of=None, times=1):
    """Something that goes into the trail, and waits until the log covers it."""
    before = size(of)
    for turn in range(times):
        assert Client(of or server).post("/api/v1/logins", {"login_name": f"khong.co.{before}.{turn}", "password": "sai"}).status == 401
    eventually(lambda: size(of) >= before + times)


def kept(name, where=mine):
    with open(os.path.join(where, name), encoding="utf-8") as file:
        return file.read()


def write(name, text, where=mine):
    with open(os.path.join(where, name), "w", encoding="utf-8") as file:
        file.write(text)


act(times=3)

with step("the first look keeps the key, the entries and the checkpoint; a stranger's 60 lines find them good"):
    status, out, err = watch("--keep", mine, url())
    assert (status, err) == (0, "") and f"{size()} entries, {size()} of them new" in out and out.endswith(": holds\n"), (status, out, err)
    entries, pem = kept("entries.txt").splitlines(), kept("public-key.pem").encode()
    assert entries == fetch(Client(server)) and pem == Client(server).get("/api/v1/signing-key").bytes
    assert breaches([kept("checkpoint.txt")], entries, pem) == []
    assert sorted(os.listdir(mine)) == ["checkpoint.txt", "entries.txt", "public-key.pem"]

with step("the next look adds what is new alone, also in pages; JSON has the figures"):
    act(times=2)
    before = len(entries)
    status, out, err = watch("--keep", mine, "--json", url() + "/")
    row = json.loads(out)
    origin, count, root = read(kept("checkpoint.txt"))[:3]
    assert status == 0 and row == {"origin": origin, "size": count, "root": root.hex(), "added": count - before, "compared": 0, "holds": True, "why": None}, row
    assert count > before and len(kept("entries.txt").splitlines()) == count
    assert watch("--keep", mine, url())[0] == 0 and json.loads(watch("--keep", mine, "--json")[1])["size"] == count

with step("a copy that others keep is of the same list, older, as new, or newer than one's own once that has been fetched"):
    assert watch("--keep", theirs, "--key", os.path.join(mine, "public-key.pem"), url())[0] == 0
    old = kept("checkpoint.txt", theirs)
    act()
    assert watch("--keep", theirs, url())[0] == 0
    write("many.txt", old + "\n" + kept("checkpoint.txt", theirs), folder)
    status, out, err = watch("--keep", mine, "many.txt")
    assert status == 1 and f"covers {size()} entries" in err and "are kept" in err, (status, out, err)
    status, out, err = watch("--keep", mine, url(), "many.txt", os.path.join(theirs, "checkpoint.txt"))
    assert (status, err) == (0, "") and "3 checkpoints that others keep are of the same list" in out, (status, out, err)

with step("it goes on by itself, says each change and a line that is down once, and ends when told to"):
    running = subprocess.Popen([BINARY, "watch", "--keep", mine, "--every", "1", url()], env=environment(), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout.readline().endswith(": holds\n")
    assert "another process works on the folder" in watch("--keep", mine)[2]
    act()
    eventually(lambda: read(kept("checkpoint.txt"))[1] == size())
    server.stop()
    server.start()
    act()
    eventually(lambda: read(kept("checkpoint.txt"))[1] == size())
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 0 and out.count(": holds") >= 2 and err.count("nothing answers there") <= 1, (out, err)

with step("what a crash left half-done is done again: entries without their checkpoint, a round that broke off"):
    whole = kept("entries.txt")
    write("entries.txt", whole + "0" * 64 + "\n" + "12ab")
    write("entries.new", "0" * 64 + "\n")
    act()
    assert watch("--keep", mine, url())[0] == 0
    assert kept("entries.txt").startswith(whole) and len(kept("entries.txt").splitlines()) == size() and not os.path.exists(os.path.join(mine, "entries.new"))

with step("a copy that was changed, cut short or signed by another says so, and where"):
    for name, text, sentence in (("entries.txt", kept("entries.txt").replace(kept("entries.txt")[65 * 2:65 * 2 + 64], "0" * 64), "do not give the root"),
                                 ("entries.txt", kept("entries.txt")[:65], "and 1 are kept"), ("entries.txt", "x" * 65 + kept("entries.txt")[65:], "line 1: no commitment"),
                                 ("checkpoint.txt", "nothing\n", "cannot be read as a checkpoint"), ("checkpoint.txt", kept("checkpoint.txt").replace("\u2014 khoacu", "\u2014 ohoacu"), "not signed"),
                                 ("public-key.pem", Client(Server()).get("/api/v1/signing-key").text, "not signed")):
        good = kept(name)
        write(name, text)
        status, out, err = watch("--keep", mine, url())
        assert status == 1 and sentence in err, (name, sentence, status, out, err)
        write(name, good)
    assert watch("--keep", mine, url())[0] == 0

with step("a log of which two versions are shown is found: by whoever asks both servers, and by two who compare"):
    server.stop()
    fork = Server(database=new_database(server.database), key_file=server.key_file, SIGN_KEY_FILE=os.path.join(server.folder, "var", "secret", "sign.key"))
    server.start()
    act()
    act(fork, times=3)
    other = os.path.join(folder, "other")
    shutil.copytree(mine, other)
    place = len(kept("entries.txt").splitlines())
    assert watch("--keep", mine, url())[0] == 0 and watch("--keep", other, url(fork))[0] == 0
    write("newer.txt", kept("checkpoint.txt", other), folder)
    while size() < size(fork):
        act()
    status, out, err = watch("--keep", mine, url(), "newer.txt")
    assert status == 1 and "newer.txt contradicts what is kept" in err and "do not give the root" in err, (status, out, err)
    act(fork, times=size() - size(fork) + 2)
    status, out, err = watch("--keep", mine, url(fork))
    assert status == 1 and f"entry {place} is another one than before" in err, (status, out, err)
    assert kept(f"contradiction-{size(fork)}.txt") == Client(fork).get("/api/v1/log/checkpoint").text
    shown = kept("entries.txt").splitlines() + kept(f"contradiction-{size(fork)}-entries.txt").splitlines()
    assert len(shown) == size(fork) and roots(shown, {size(fork)})[size(fork)] != read(kept(f"contradiction-{size(fork)}.txt"))[2]
    assert watch("--keep", mine, url())[0] == 0, "the copy itself is as it was"

with step("a log that has become shorter, another log, and another key are contradictions too"):
    long = os.path.join(folder, "long")
    assert watch("--keep", long, url(fork))[0] == 0
    status, out, err = watch("--keep", long, url())
    assert status == 1 and f"it shows a checkpoint of {size()} entries, after one of {size(fork)}" in err, (status, out, err)
    stranger = Server()
    make_administrator(stranger)
    act(stranger)
    status, out, err = watch("--keep", long, url(stranger))
    assert status == 1 and "is not signed by the key that is kept" in err, (status, out, err)
    status, out, err = watch("--keep", long, "--key", os.path.join(theirs, "entries.txt"), url(fork))
    assert status == 1 and "another key" in err, (status, out, err)

with step("wrong use, a line that is down and a folder that cannot be are told apart"):
    for words, sentence in ((("--keep", mine, "--every", "0", url()), "--every is not understood"), (("--keep", mine, "--every", "5"), "--every needs the address"),
                            (("--keep", mine, "ftp://127.0.0.1/"), "ftp://127.0.0.1/ is not understood"), (("--keep",), "--keep is not understood")):
        status, out, err = watch(*words)
        assert status == 2 and sentence in err, (words, status, err)
    assert watch("--keep", mine, "http://127.0.0.1:1" + "/x" * 100)[0] == 2
    status, out, err = watch("--keep", mine, f"http://127.0.0.1:{free_port()}")
    assert status == 1 and "nothing answers there" in err, err
    write("file", "", folder)
    status, out, err = watch("--keep", os.path.join(folder, "file"), url())
    assert status == 1 and "cannot be opened" in err, err
    status, out, err = watch("--keep", mine, "file")
    assert status == 1 and "holds no checkpoint" in err, err
    status, out, err = watch("--keep", os.path.join(folder, "fresh"))
    assert status == 0 and "nothing is kept" in out, (status, out)

shutil.rmtree(folder)
finish()
