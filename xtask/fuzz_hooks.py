"""Decides which invented names the fuzzer swaps for real ones, so that most requests get past "not found"."""

import itertools
import os

import schemathesis

DOCUMENTS = [one.split(":") for one in os.environ["ROUNDS_FUZZ_DOCUMENTS"].split(",")]
PARTNER = os.environ["ROUNDS_FUZZ_PARTNER"]
# The texts of each kind of document.
FIELDS = {
    "visit": ["focus", "plan"],
    "note_set": ["notes"],
    "released_notes": ["notes"],
    "debrief": ["notes", "next"],
    "mirror": ["keep", "start", "stop", "ideas"],
    "partnership": ["journal"],
    "goal": ["why", "student_side", "strategy", "baseline", "measure"],
    "instrument": ["question", "caution"],
    "strategy_card": ["text"],
    "success_card": ["text"],
    "resource": ["text"],
}

turns = itertools.count()


def hurry(values):
    """A wait that is granted (an hour at most) would only make the run longer."""
    for key in ("timeout_seconds", "wait_seconds"):
        if isinstance(values, dict) and isinstance(values.get(key), int) and 1 < values[key] <= 3600:
            values[key] = 1


@schemathesis.hook
def before_call(context, case, kwargs):
    turn = next(turns)
    hurry(case.query)
    hurry(case.body)
    # One request in four keeps what was invented; nothing real is deleted, or the rest would find nothing.
    if turn % 4 == 0 or case.method == "DELETE":
        return
    path = case.path_parameters
    if isinstance(path, dict):
        kind, document = DOCUMENTS[turn % len(DOCUMENTS)]
        if "id" in path:
            path["id"] = document
        if "person" in path:
            path["person"] = PARTNER
        fields = FIELDS.get(kind)
        if "field" in path and fields and turn % 3:
            path["field"] = fields[turn // len(DOCUMENTS) % len(fields)]
    if isinstance(case.body, dict):
        if "with" in case.body:
            case.body["with"] = PARTNER
        if isinstance(case.body.get("visit"), str):
            case.body["visit"] = DOCUMENTS[0][1]
