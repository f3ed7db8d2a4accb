"""Conformance vectors of pnp-oracle, numpy only: copy this file beside your tests.

    for case in cases("vectors", "epropnp-cost"):
        print(case["id"], failures(case, compute))

`compute(input, want)` is yours: it gets arrays by name and the names of the quantities wanted, and returns
arrays by name. Where there is no answer it raises ValueError or ArithmeticError (numpy's LinAlgError is one
of the first); any other exception is a fault of its own and is let through.
"""
import json
from pathlib import Path

import numpy as np

SCHEMA = "pnp-oracle/vectors@1"


def cases(folder, method, quantities=None):
    """The cases of a method; of the quantities named only, if some are."""
    path = Path(folder) / f"{method}.json"
    file = json.loads(path.read_text(encoding="utf-8"))
    if file["schema"] != SCHEMA:
        raise ValueError(f"{path}: expected {SCHEMA}, got {file['schema']}")
    found = []
    for case in file["cases"]:
        names = case["truth"] if case["result"] == "valid" else case["quantities"]
        want = [name for name in names if quantities is None or name in quantities]
        if want:
            notes = {flag: file["notes"][flag] for flag in case["flags"]}
            found.append({**case, "method": method, "want": want, "notes": notes})
    return found


def failures(case, compute):
    """What is wrong with the answer to a case, in sentences; an empty list if nothing is."""
    arrays = {name: np.array(value, dtype=float) for name, value in case["input"].items()}
    try:
        answer = compute(arrays, case["want"])
    except (ValueError, ArithmeticError) as refusal:
        if case["result"] == "refused":
            return []
        return [f"expected {', '.join(case['want'])}, got a refusal: {refusal}"]
    if case["result"] == "refused":
        return [f"expected a refusal ({case['reason']}: {case['comment']}), got numbers"]
    return [line for name in case["want"] for line in _compared(case, name, answer.get(name))]


def _compared(case, name, got):
    truth = case["truth"][name]
    want = np.array(truth["double"], dtype=float)
    if got is None:
        return [f"{name}: expected it, got none"]
    got = np.asarray(got, dtype=float)
    if got.shape != want.shape:
        return [f"{name}: expected shape {want.shape}, got {got.shape}"]
    lines = []
    for block in truth["blocks"]:
        part = tuple(slice(start, end) for start, end in block["range"])
        error = np.linalg.norm((got[part] - want[part]).ravel())
        if not error <= block["allowed"]:
            lines.append(f"{name}{block['range']}: off by {error:.2g}, allowed {block['allowed']:.2g}")
    if lines:
        lines += [f"such as {flag}: {note['bug']}" for flag, note in case["notes"].items()]
    return lines
