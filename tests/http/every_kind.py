"""One item of every kind, as documents of the bank, with the shared passage of two of them, a picture and a sound:
`hall.form_of(every_kind(), stimuli=STIMULI, media=MEDIA)`.

Options are told apart by their texts («phương án a»), so that whoever is shown a shuffled paper finds the one she means."""

import base64
import hashlib
import struct

PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
SOUND = b"RIFF" + struct.pack("<I", 36 + 800) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 800) + b"\x80" * 800
MEDIA = [("image/png", PICTURE), ("audio/wav", SOUND)]


def media(data):
    return "media:" + hashlib.sha256(data).hexdigest()


def texts(*names):
    return [{"id": name, "text": {"vi": f"phương án {name}"}} for name in names]


GAP = '<span data-gap="g1"></span> và <span data-gap="g2"></span>'
STIMULI = [("NL-1", {"body": {"vi": f'<p>Một đoạn văn chung. <img src="{media(PICTURE)}" alt="Sơ đồ"/></p>', "en": "<p>A shared passage.</p>"}, "kind": "stimulus"})]
# {kind: (content, key)}
DOCUMENTS = {
    "single": ({"options": texts("a", "b", "c"), "shuffle": True}, {"options": [{"credit": "1", "id": "b"}]}),
    "truefalse": ({"options": texts("a", "b")}, {"options": [{"credit": "1", "id": "a"}]}),
    "graded": ({"options": texts("a", "b", "c")}, {"options": [{"credit": "1", "id": "a"}, {"credit": "0.5", "id": "b"}], "rule": "map"}),
    "multiple": ({"options": texts("a", "b", "c", "d"), "shuffle": True}, {"options": [{"credit": "1", "id": "a"}, {"credit": "1", "id": "d"}], "rule": "per_option"}),
    "ordering": ({"options": texts("a", "b", "c")}, {"order": ["c", "a", "b"]}),
    "matching": ({"options": texts("a", "b"), "columns": texts("x", "y", "z"), "shuffle": True}, {"pairs": [{"row": "a", "column": "y"}, {"row": "b", "column": "x"}]}),
    "numeric": ({"unit": "kg"}, {"accepted": [{"value": "12.5", "tolerance": "0.1"}]}),
    "text": ({}, {"accepted": [{"value": "Hà Nội"}], "fold_case": True, "fold_spaces": True}),
    "inline": ({"gaps": [{"id": "g1", "options": texts("a", "b")}, {"id": "g2", "options": texts("a", "b")}]},
               {"gaps": [{"correct": "b", "id": "g1"}, {"correct": "a", "id": "g2"}]}),
    "essay": ({"words_max": 300}, {}),
    "upload": ({"upload_types": ["application/pdf", "text/plain"]}, {}),
}


def every_kind():
    """(content, key) of each, a point each, in the order of DOCUMENTS."""
    documents = []
    for kind, (content, key) in DOCUMENTS.items():
        text = GAP if kind == "inline" else "Dựa vào <em>đoạn văn</em>." if kind in ("single", "essay") else \
            f'Nghe: <audio src="{media(SOUND)}"/>' if kind == "text" else ""
        content = {"body": {"vi": f"<p>Câu {kind}. {text}</p>"}, "kind": kind, **content}
        if kind in ("single", "essay"):
            content["stimulus"] = "NL-1"
        documents.append((content, {"kind": kind, "points": "1", **key}))
    return documents
