"""The checker itself: a history that holds, and every way of breaking it that it must notice."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from harness import finish, step  # noqa: E402
from history import check  # noqa: E402

A, R, U = "acknowledged", "refused", "unknown"
EVENTS = [(1, 1, 1, 2, False, A), (1, 1, 2, 3, False, U), (1, 1, 2, 3, False, A), (1, 2, 1, 0, True, A), (2, 1, 1, 4, False, U),
          (2, 1, 1, 4, False, A), (2, 1, 2, 1, False, U), (3, 1, 1, 1, False, R), (3, 1, 2, 1, False, U)]
ROWS = [(1, 1, 1, 2, False), (1, 1, 2, 3, False), (1, 2, 1, 0, True), (2, 1, 1, 4, False)]

with step("a history that holds has no breach, whether or not what was in doubt is there"):
    assert check(EVENTS, ROWS) == []
    assert check(EVENTS, ROWS + [(2, 1, 2, 1, False)]) == []
    assert check(EVENTS, ROWS + [(3, 1, 2, 1, False)]) == []
    assert check([], []) == []

with step("a planted lost row is noticed, whichever it is"):
    for lost in range(len(ROWS)):
        breaches = check(EVENTS, ROWS[:lost] + ROWS[lost + 1:])
        assert any(breach.startswith("I1") for breach in breaches), (lost, breaches)

with step("a lost newest answer is also noticed as the wrong one counting"):
    assert any(breach.startswith("I3") for breach in check(EVENTS, [ROWS[0]] + ROWS[2:]))

with step("another choice or flag than the acknowledged one is noticed"):
    for changed in ((1, 1, 1, 1, False), (1, 1, 1, 2, True)):
        assert any(breach.startswith("I1") for breach in check(EVENTS, [changed] + ROWS[1:]))

with step("a row that nobody sent, one that was refused and one that is there twice are noticed"):
    for ghost in ((4, 1, 1, 1, False), (1, 3, 1, 1, False), (1, 1, 9, 1, False), (3, 1, 1, 1, False), ROWS[0]):
        assert any(breach.startswith("I2") for breach in check(EVENTS, ROWS + [ghost])), ghost

finish()
