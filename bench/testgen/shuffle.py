"""A pytest plugin: runs all tests in an order drawn from TESTGEN_ORDER; without it, as they come."""

import os
import random


def pytest_collection_modifyitems(items):
    seed = os.environ.get("TESTGEN_ORDER")
    if seed:
        random.Random(int(seed)).shuffle(items)
