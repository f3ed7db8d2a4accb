"""The process protocol of `pnp-oracle audit --exec`, standard library only: copy it beside your layer.

    from protocol import serve
    serve(lambda request: {"J_x2d": ...})

Your function gets the request as a dict (method, dtype, input, want), where input holds nested lists, and
returns the quantities it can compute: lists, or whatever has a tolist(). What it raises becomes an answer
that says so. Anything it prints goes to standard error, which is shown and not read.
"""
import json
import math
import sys


def plain(value):
    """Nested lists of numbers that JSON can say: those that are not finite are strings."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def serve(layer):
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        try:
            claim = layer(request)
            reply = {"claim": {name: plain(value) for name, value in claim.items()}}
        except Exception as problem:
            reply = {"error": f"{type(problem).__name__}: {problem}"}
        answers.write(json.dumps({"id": request["id"], **reply}) + "\n")
        answers.flush()
