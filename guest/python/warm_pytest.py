"""Warms an interpreter for `python3 -m pytest`: loads pytest and coverage, plays one small session,
and forgets it. What stays are modules as if just imported, and what they know of the interpreter;
what goes is everything that a session writes into them. `scope` of birth.py is ours too."""

SESSION = '''
import pytest
@pytest.fixture
def three(): return 3
def test_passes(three, tmp_path, capsys, monkeypatch):
    print("x")
    monkeypatch.setenv("Y", "1")
    assert three == 3 and tmp_path.exists()
@pytest.mark.parametrize("x", [1, 2])
def test_fails(x):
    assert [1, x] == [x, "two"]
class TestClass:
    def test_raises(self):
        with pytest.raises(ValueError):
            int("x")
'''


def play_session():
    import pytest, shutil, tempfile
    folder = tempfile.mkdtemp(prefix="testudo-warm-")
    path = folder + "/test_testudo_warm.py"
    with open(path, "w") as file:
        file.write(SESSION)
    try:
        with open("/dev/null", "w") as nowhere:
            out, sys.stdout = sys.stdout, nowhere
            try:
                pytest.main([path, "-p", "no:cacheprovider", "--rootdir", folder,
                             "--basetemp", folder + "/base"])
            finally:
                sys.stdout = out
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return folder


def load_coverage():
    import coverage
    collector = coverage.Coverage(data_file=None)
    collector.start()
    collector.stop()


def forget_exit_functions(kept_functions):
    """Only what importing registers stays: logging's shutdown, not what a session added."""
    import atexit
    atexit._clear()
    for function in kept_functions:
        atexit.register(function)


def forget_session(folder):
    import gc, importlib, linecache, logging, platform, tempfile, warnings, weakref
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(folder):
            del sys.modules[name]
        elif hasattr(module, "__warningregistry__"):
            del module.__warningregistry__
    for name in [name for name in sys.path_importer_cache if not name.startswith("/usr/")]:
        del sys.path_importer_cache[name]
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        if hasattr(sys, name):
            delattr(sys, name)
    forget_exit_functions([logging.shutdown])
    weakref.finalize._registered_with_atexit = False
    weakref.finalize._registry.clear()
    tempfile.tempdir = tempfile._name_sequence = None
    platform._uname_cache = None
    linecache.clearcache()
    gc.collect()


def hide_coverage():
    """pytest does not import it: only a program that does shall find it, see become."""
    names = [name for name in sys.modules if name.partition(".")[0] == "coverage"]
    return {name: sys.modules.pop(name) for name in names}


def warm_pytest():
    path, meta_path, hooks = sys.path[:], sys.meta_path[:], sys.path_hooks[:]
    folder = play_session()
    load_coverage()
    sys.path[:], sys.meta_path[:], sys.path_hooks[:] = path, meta_path, hooks
    forget_session(folder)
    kept["coverage"] = hide_coverage()
