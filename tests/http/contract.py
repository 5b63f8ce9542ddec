"""What openapi.json promises: its operations, and whether a value fits one of its schemas."""

import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(ROOT, "server", "api", "openapi.json"), encoding="utf-8") as _file:
    OPENAPI = json.load(_file)


def operations():
    """(method, path template, operation) of every operation described."""
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def operation_of(method, path):
    parts = path.split("?")[0].split("/")
    for described_method, template, operation in operations():
        pattern = template.split("/")
        if described_method == method and len(pattern) == len(parts) and all(
                p.startswith("{") or p == q for p, q in zip(pattern, parts)):
            return operation
    return None


def misfits(schema, value, where="$"):
    """Why a value does not fit a schema (the part of JSON Schema that openapi.json uses)."""
    if "$ref" in schema:
        target = OPENAPI
        for part in schema["$ref"][2:].split("/"):
            target = target[part]
        schema = target
    found = []
    for key, choose in (("oneOf", any), ("allOf", all)):
        if key in schema and not choose(not misfits(option, value, where) for option in schema[key]):
            found += [f"{where} fits none of {key}"] + misfits(schema[key][0], value, where)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    kind = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", type(None): "null", float: "number"}[type(value)]
    if types and kind not in types:
        return found + [f"{where} is {kind}, not {'/'.join(types)}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is {value!r}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{where} is {value!r}")
    if kind == "string" and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{where} is {value!r}")
    if kind == "integer" and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{where} is {value}")
    if kind == "array" and "items" in schema:
        for index, item in enumerate(value):
            found += misfits(schema["items"], item, f"{where}[{index}]")
    if kind == "object":
        properties = schema.get("properties", {})
        found += [f"{where}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in properties:
                found += misfits(properties[name], member, f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{where}.{name} is not described")
    return found
