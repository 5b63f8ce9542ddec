"""The public log as a stranger checks it: by the published formats alone, nothing of the program's.

    breaches(notes, commitments, pem)   what does not hold of checkpoints that were seen and entries that are there; none: []

A checkpoint that was seen binds all entries up to its size: whatever is changed, reordered or taken away of them later contradicts it."""

import base64
import hashlib
import os
import subprocess
import tempfile


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf(commitment):
    return sha256(b"\0" + b'{"c":"%s","t":"event","v":1}' % commitment.encode())


def opens(commitment, salt, payload_sha256):
    return commitment == sha256(b"exam/commit/v1\nevent\n" + bytes.fromhex(salt) + bytes.fromhex(payload_sha256)).hex()


def roots(commitments, sizes):
    """The roots (RFC 6962) of the first so many entries, for each of the sizes that there is."""
    found, whole = {}, []
    for size, commitment in enumerate(commitments, 1):
        node, bits = leaf(commitment), size - 1
        while bits & 1:
            node, bits = sha256(b"\1" + whole.pop() + node), bits >> 1
        whole.append(node)
        if size in sizes:
            root = whole[-1]
            for left in reversed(whole[:-1]):
                root = sha256(b"\1" + left + root)
            found[size] = root
    return found


def read(note):
    """(origin, size, root, signed text, key id, signature) of a signed note."""
    text, line = note.split("\n\n")
    origin, size, root = text.split("\n")
    dash, name, signature = line.rstrip("\n").split(" ")
    signature = base64.b64decode(signature, validate=True)
    assert dash == "\u2014" and name == origin and len(signature) == 68, note
    return origin, int(size), base64.b64decode(root, validate=True), (text + "\n").encode(), signature[:4], signature[4:]


def signed(note, pem):
    """Whether the note is by the key, which is told to it by the documented command."""
    origin, _, _, text, key_id, signature = read(note)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("note", text), ("sig", signature), ("key.pem", pem)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-sigfile", "sig", "-in", "note"], cwd=folder, capture_output=True, check=False)
    raw = base64.b64decode(b"".join(pem.strip().splitlines()[1:-1]))[-32:]
    return done.returncode == 0 and key_id == sha256(origin.encode() + b"\n\1" + raw)[:4]


def breaches(notes, commitments, pem):
    found, seen, origins = [], {}, set()
    for note in dict.fromkeys(notes):
        origin, size, root = read(note)[:3]
        origins.add(origin)
        if not signed(note, pem):
            found.append(f"the checkpoint of {size} is not signed by the key")
        if seen.setdefault(size, root) != root:
            found.append(f"two roots for {size} entries")
    if len(origins) > 1:
        found.append(f"two logs: {sorted(origins)}")
    there = roots(commitments, seen)
    for size, root in seen.items():
        if size not in there:
            found.append(f"a checkpoint of {size} was shown, and there are {len(commitments)} entries")
        elif there[size] != root:
            found.append(f"the first {size} entries are not those of the checkpoint that was shown")
    return found


def fetch(client):
    """All entries that the newest checkpoint covers."""
    entries = []
    while True:
        page = client.get(f"/api/v1/log/entries?from={len(entries)}").json["commitments"]
        if not page:
            return entries
        entries += page
