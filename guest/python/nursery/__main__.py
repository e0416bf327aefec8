"""`python3 nursery.pyz CHANNEL_FD`: the guest of the test generator, see docs/guest-protocol.md.

The interpreter starts itself again with a fixed hash seed and, where that is allowed, without
random addresses: results must not depend on either. Modules of ours live in a package of their
own, so that no module under test can have their names.
"""

import os
import sys

ADDRESSES_FIXED = 0x0040000


def fix_addresses():
    try:
        import ctypes
        ctypes.CDLL(None).personality(ADDRESSES_FIXED)
    except (ImportError, OSError, AttributeError):
        pass


def start_again(seed):
    """Only what starts with PYTHON is taken from the environment; the rest is the caller's."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env["PYTHONHASHSEED"] = seed
    env["TESTUDO_NURSERY"] = seed
    os.set_inheritable(int(sys.argv[1]), True)
    if seed == "0":
        fix_addresses()
    os.execve(sys.executable, [sys.executable, "-s", "-B", sys.argv[0]] + sys.argv[1:], env)


def load_matron(place):
    package = type(sys)("testudo_nursery")
    package.__path__ = [place]
    sys.modules["testudo_nursery"] = package
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != place]
    from testudo_nursery import matron
    return matron


def main():
    if "TESTUDO_NURSERY" not in os.environ:
        start_again(sys.argv[2] if len(sys.argv) > 2 else "0")    # a second opinion's: another
    del os.environ["TESTUDO_NURSERY"]
    place = os.path.abspath(sys.argv[0])
    if os.path.basename(place) == "__main__.py":
        place = os.path.dirname(place)
    load_matron(place).serve(int(sys.argv[1]), place, second=len(sys.argv) > 2)


main()
