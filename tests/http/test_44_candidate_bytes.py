"""Every byte that a candidate can get, from every route she may call, before the start, during it and after the end: no key, nothing of
another candidate, nothing of a paper that is not open; and a log-in opens its own sitting on its own device alone."""

import json

from hall import Hall, hex_id, option_text, stem_text
from harness import Client, Server, finish, step
from routes import routes, send

CANDIDATES, ITEMS = 5, 6
server = Server(WORKER="off", SAVES_PER_S=0)
hall = Hall(server, candidates=CANDIDATES, items=ITEMS)
open_shift = hall.shift("S1", candidates=[0, 1, 2])
later = hall.shift("S2", starts=900, ends=7200, candidates=[3, 4])  # a paper that nobody may see yet
own = [route for route in routes() if route[2] in ("perm-candidate", "perm-public", "candidate", "public")]


def path_of(template, number, sitting):
    for name, value in (("id", sitting), ("position", str(number % ITEMS + 1)), ("code", hall.cycle_code), ("cycle_code", hall.cycle_code),
                        ("sha256", "0" * 64), ("number", "1"), ("kind", "officers"), ("bank", "X"), ("blind_id", sitting)):
        template = template.replace("{" + name + "}", value)
    return template


def sweep(client, sitting):
    """Calls every route of a candidate and of everybody with this sitting's id; the bytes of all replies. What ends the log-in or the
    sitting comes last."""
    order = sorted(own, key=lambda route: ("submit" in route[1]) + 2 * (route[0] == "DELETE"))
    got = []
    for method, template, _, _, name, body in order:
        if name in ("static_get", "openapi_get", "login_post") or "stream" in template or "events" in template:
            continue
        if "submit" in template or method == "DELETE" or "candidate-logins" in template:
            continue
        reply = send(client, method, path_of(template, len(got), sitting), body)
        got.append((f"{method} {template}", reply.status, repr(reply.header_list).encode() + reply.bytes))
    return got


def secrets_of(numbers, shift):
    """What belongs to these candidates alone."""
    found = {}
    for number in numbers:
        candidate = hall.candidates[number]
        room_id, sitting_id = shift.sittings[number]
        for value in (candidate["roll"], candidate["code"], f"Thí sinh {number}", hex_id(candidate["id"]), str(candidate["id"]), hex_id(sitting_id),
                      str(sitting_id), candidate["hmac"]):
            found[value] = f"candidate {number}"
    return found


def texts_of(code):
    return [stem_text(position, code) for position in range(1, ITEMS + 1)] + \
           [option_text(position, option, code) for position in range(1, ITEMS + 1) for option in range(1, hall.options + 1)]


def look(got, forbidden, what):
    for where, status, data in got:
        text = data.decode("utf-8", "replace")
        plain = text + json.dumps(text, ensure_ascii=False)
        for value in forbidden:
            assert value not in plain, (what, value, where, status)


early = hall.client(3)
early_id = hex_id(later.sittings[3][1])
with step("before the start no route gives a word of the paper, in clear"):
    got = sweep(early, early_id)
    assert len(got) >= 12 and any(status == 200 for _, status, _ in got), [(where, status) for where, status, _ in got]
    look(got, texts_of("F-S2"), "an unopened paper")
    assert later.state(3) == "assigned"

with step("nor a key, an item, the form's seed or hash"):
    sealed = [value.removeprefix("\\x") for row in server.psql("SELECT encode(seed, 'hex'), encode(sha256, 'hex') FROM khoacu.form") for value in row]
    items = [value for row in server.psql("SELECT item_id FROM khoacu.item") for value in (row[0], hex_id(int(row[0])))]
    look(got, sealed + items, "the bank")

sitters = {number: hall.client(number).open() for number in (0, 1, 2)}
for number, sitter in sitters.items():
    for position in range(1, ITEMS + 1):
        assert sitter.save(position, 1, sitter.option(position, (number + position) % 4)).status == 200

with step("during the examination every route of a candidate gives her own alone"):
    for number, sitter in sitters.items():
        got = sweep(sitter, hex_id(open_shift.sittings[number][1])) + [("seen", 200, data) for _, data in sitter.seen]
        assert any(stem_text(1, "F-S1").split()[0].encode() in data for _, _, data in got)
        others = secrets_of([other for other in sitters if other != number], open_shift) | secrets_of([3, 4], later)
        look(got, others, "another candidate")
        look(got, texts_of("F-S2"), "another paper")
        look(got, sealed + items, "the bank")

with step("with a neighbour's sitting in the path nothing of it is told, and nothing of it changes"):
    before = server.psql("SELECT sitting_id, state, access_generation, closes_at FROM khoacu.sitting ORDER BY 1")
    rows = [open_shift.rows(number) for number in sitters]
    foreign = hex_id(open_shift.sittings[1][1])
    got = sweep(sitters[0], foreign)
    look([entry for entry in got if "{id}" in entry[0]], set(secrets_of([1], open_shift)) - {foreign}, "a neighbour")
    assert all(status >= 400 for where, status, _ in got if "sittings/{id}" in where), [entry[:2] for entry in got]
    assert sitters[0].post(f"/api/v1/sittings/{foreign}/submit", {"confirm": True}).status in (403, 404)
    assert server.psql("SELECT sitting_id, state, access_generation, closes_at FROM khoacu.sitting ORDER BY 1") == before
    assert [open_shift.rows(number) for number in sitters] == rows

with step("a log-in that somebody took is no use once she has signed in again, on no route"):
    taken = Client(server)
    taken.cookies = dict(sitters[2].cookies)
    again = hall.client(2)
    again.read_own()
    for method, template, permission, _, _, body in own:
        if permission.endswith("candidate"):
            reply = send(taken, method, path_of(template, 0, hex_id(open_shift.sittings[2][1])), body)
            assert reply.status in (400, 401, 403, 404, 409), (method, template, reply)
    saved = taken.put(f"/api/v1/sittings/{hex_id(open_shift.sittings[2][1])}/responses/1", {"seq": 9, "choice": None, "flagged": False})
    assert saved.status in (401, 409), saved
    assert all(row[1] < 9 for row in open_shift.rows(2))

with step("after the end the replies hold no more than before"):
    for number in (0, 1):
        assert sitters[number].submit().status == 200
        got = sweep(sitters[number], hex_id(open_shift.sittings[number][1]))
        look(got, secrets_of([other for other in sitters if other != number], open_shift), "another candidate")
        look(got, sealed + items, "the bank")

with step("nor is a key there while its review is only asked for, or released for a later hour; it is there when its time has come"):
    key = "KHOA-MAT-7391"
    server.psql(f"""SET session_replication_role = replica; SET search_path = khoacu;
        UPDATE shift SET state = 'closed' WHERE shift_id = {open_shift.id};
        INSERT INTO key_review VALUES (901, {open_shift.form_id}, now() + interval '1 h', now() + interval '2 h', 'rà soát', {hall.staff_id}, now());
        INSERT INTO form_key_version VALUES (7, 1, 901, NULL, 6, sha256('k'), now());
        INSERT INTO form_key_item SELECT {open_shift.form_id}, 1, n, 'stands', '[{{}}]', '["{key}"]' FROM generate_series(1, {ITEMS}) n;""")
    stages = (("asked for", ""), ("released for later", f"UPDATE key_review SET opens_at = now() + interval '1 h' WHERE review_id = 901; INSERT INTO key_review_verdict VALUES (901, 'released', 'x', 1, now()); UPDATE form_key_version SET form_id = {open_shift.form_id} WHERE form_id = 7;"))
    for what, change in stages:
        server.psql(f"SET session_replication_role = replica; SET search_path = khoacu; {change}")
        for number in (0, 1):
            got = sweep(sitters[number], hex_id(open_shift.sittings[number][1]))
            assert any("key-review" in where and status == 200 for where, status, _ in got), what
            look(got, [key], f"a key that is {what}")
            look(got, set(secrets_of([other for other in sitters if other != number], open_shift)) | set(sealed) | set(items), "another candidate")
    server.psql("SET session_replication_role = replica; UPDATE khoacu.key_review SET opens_at = now() - interval '1 h' WHERE review_id = 901")
    assert any(key.encode() in data for _, _, data in sweep(sitters[0], hex_id(open_shift.sittings[0][1])))
    look(sweep(sitters[2], hex_id(open_shift.sittings[2][1])), [key], "a key, before she has handed in")

finish()
