"""Every case as a test of its own. Copy it beside vectors.py, import your own `compute`, and run

    PNP_ORACLE_VECTORS=path/to/vectors pytest test_vectors.py
"""
import os

import pytest

from numpy_cost import compute
from vectors import cases, failures

FOLDER = os.environ.get("PNP_ORACLE_VECTORS", "vectors")
METHOD = "epropnp-cost"


@pytest.mark.parametrize("case", cases(FOLDER, METHOD), ids=lambda case: f"{METHOD}-{case['id']}")
def test_vectors(case):
    found = failures(case, compute)
    assert not found, "\n".join([case["comment"], *found])
