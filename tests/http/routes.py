"""The route table of server/api/routes.c, read from its source."""

import os
import re

from harness import ROOT

_ROW = re.compile(r'ROUTE\(\s*([A-Z]+),\s*"([^"]+)",\s*([A-Z_]+),\s*([A-Z]+),\s*([a-z0-9_]+),\s*([A-Z_]+)')


def routes():
    """(method, path, permission key, lane, name, kind of body) of every row of the interface."""
    with open(os.path.join(ROOT, "server", "api", "routes.c"), encoding="utf-8") as source:
        for method, path, permission, lane, name, body in _ROW.findall(source.read()):
            if path.startswith("/api/"):
                yield method, path, permission.lower().replace("_", "-"), lane, name, body


def fill(path):
    """The path with values that exist nowhere."""
    for name, value in (("id", "0" * 15 + "1"), ("blind_id", "0" * 15 + "1"), ("code", "KHONG-CO"), ("cycle_code", "KHONG-CO"),
                        ("position", "1"), ("kind", "officers"), ("roll_number", "X1"), ("bank", "KHONG-CO"), ("number", "1"), ("sha256", "0" * 64), ("room", "P00")):
        path = path.replace("{" + name + "}", value)
    return path


def send(client, method, path, body, **kw):
    """A request that is well-formed as far as the table knows: an empty object, or a CSV of one letter."""
    if body.startswith("JSON"):
        return client.request(method, path, body={}, **kw)
    if body.startswith("CSV"):
        return client.request(method, path, data="x\n", content_type="text/csv", **kw)
    return client.request(method, path, **kw)
