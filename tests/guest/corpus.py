"""`corpus.py MODULE…`: runs CPython's own tests with these modules instrumented (a test module, or
one of the library), and prints for each what failed: nothing must that does not fail without.

The interpreter needs its `test` package. With `--plain` nothing is instrumented; with `--quiet` it
is as mutants are: with fuel only.
"""

import io
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PLACE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "guest", "python", "nursery")


def package():
    made = type(sys)("testudo_nursery")
    made.__path__ = [PLACE]
    sys.modules["testudo_nursery"] = made


def instrument(name, quiet):
    from testudo_nursery import load, probe
    load.install(probe)
    def ready(source):
        probe.setup(len(source.goals.goals), source.goals.compares, lambda *operands: operands)
        probe.begin(1 << 60, b"\xff" * 9000)

    finder = load.Finder(name, ready)
    if quiet:
        spec = load.importlib.util.find_spec(name)
        with open(spec.origin, "rb") as file:
            source = load.Source(spec.origin, file.read())
        finder.source, finder.code = source, source.quiet(source.tree)
        ready(source)
    sys.modules.pop(name, None)
    sys.meta_path.insert(0, finder)
    __import__(name)
    assert finder.source is not None, "not instrumented"


def test_of(name):
    return name if name.startswith("test.") else "test.test_" + name.replace(".", "_")


def run(name):
    suite = unittest.defaultTestLoader.loadTestsFromName(test_of(name))
    result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    bad = sorted(str(one[0]).split()[0] for one in result.failures + result.errors)
    return result.testsRun, bad


def main(arguments):
    package()
    names = [one for one in arguments if not one.startswith("--")]
    for name in names:
        if "--plain" not in arguments:
            instrument(name, "--quiet" in arguments)
        count, bad = run(name)
        print("%s: %d run, bad: %s" % (name, count, " ".join(bad)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
