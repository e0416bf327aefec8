"""A pytest plugin that tells, test by test, what came of each and what it did to the world outside.

The suite's conftest.py calls begin() before anything of the project is imported. What is told goes
to a file with a name that nobody could know before: a line of JSON for each test, as it ends, so
that a run that breaks off has told what it knew. Nothing here believes what pytest prints.
"""
import json
import os
import random
import resource
import signal
import sys
import tempfile
import threading

# References of our own: what is under test may put something else in these places.
_dumps, _os_open, _os_write, _os_close = json.dumps, os.open, os.write, os.close
_abspath, _getcwd, _count_threads = os.path.abspath, os.getcwd, threading.active_count
_realpath, _scandir, _listdir, _umask = os.path.realpath, os.scandir, os.listdir, os.umask
_getrusage, _getsignal, _open = resource.getrusage, signal.getsignal, open
_Random, _seed = random.Random, random.seed
_len, _str, _list, _dict, _isinstance, _repr = len, str, list, dict, isinstance, repr

_REASON_MAX, _EFFECTS_MAX = 300, 8
_config = {}
_indexes = {}  # node id: which of its block's cases
_outcomes = {}  # node id: (outcome, reason)
_effects = []  # of the test that runs now
_watching = [False]
_before = {}

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2,
    "os.chmod": 1, "os.chown": 1, "os.truncate": 1, "os.utime": 1,
}
_PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn",
              "os.spawn", "os.kill")
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2,
            signal.SIGALRM, signal.SIGCHLD, signal.SIGPIPE)
_SOCKETS = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo",
            "socket.gethostbyname", "urllib.Request")


def _tell(thing):
    line = (_dumps(thing) + "\n").encode("utf-8", "backslashreplace")
    to = _os_open(_config["path"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        while line:
            line = line[_os_write(to, line):]
    finally:
        _os_close(to)


def _note(what):
    if _len(_effects) < _EFFECTS_MAX and what not in _effects:
        _effects.append(what)


def _is_elsewhere(path):
    """Is it a place that a test must leave as it was?"""
    if _isinstance(path, bytes):
        path = path.decode("utf-8", "replace")
    if not _isinstance(path, _str):
        return False
    path = _realpath(path)
    temporary = _config["temporary"]
    return not (path == temporary or path.startswith(temporary + "/") or path.startswith("/dev/")
                or path == _config["path"])


def _on_event(event, arguments):
    if not _watching[0]:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = bool(flags & _WRITES) if _isinstance(flags, int) else "r" != mode
        if writes and _is_elsewhere(path):
            _note("writes the file " + _str(path)[:120])
    elif event == "sqlite3.connect":
        if arguments[0] != ":memory:" and arguments[0] and _is_elsewhere(arguments[0]):
            _note("opens the database " + _str(arguments[0])[:120])
    elif event in _CHANGES:
        for path in arguments[:_CHANGES[event]]:
            if _is_elsewhere(path):
                _note("changes " + _str(path)[:120])
    elif event in _PROCESSES:
        _note("starts or signals a process (" + event + ")")
    elif event in _SOCKETS:
        _note("uses the network (" + event + ")")


# ---- what code in C can do without any event: the world before and after a test is compared -------

def _environment():
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def _files():
    """Of the folders that a test can write to and should not."""
    found = {}
    for folder in _config["watched"]:
        try:
            with _scandir(folder) as entries:
                for entry in entries:
                    about = entry.stat(follow_symlinks=False)
                    if entry.path != _config["path"]:
                        found[entry.path] = (about.st_mtime_ns, about.st_size, about.st_mode)
        except OSError:
            pass
    return found


def _children():
    found = set()
    try:
        for thread in _listdir("/proc/self/task"):
            with _open("/proc/self/task/%s/children" % thread, encoding="ascii") as children:
                found.update(children.read().split())
    except OSError:
        pass
    return found


def _mask():
    now = _umask(0o22)
    _umask(now)
    return now


def _world():
    return {"environment": _environment(), "folder": _getcwd(), "threads": _count_threads(),
            "files": _files(), "children": _children(), "mask": _mask(),
            "waited": _getrusage(resource.RUSAGE_CHILDREN).ru_minflt,
            "signals": [_getsignal(number) for number in _SIGNALS]}


def begin(config):
    """config: path, order (0: as written), seed (0: as it is)."""
    sys.dont_write_bytecode = True
    watched = {_getcwd(), os.path.expanduser("~"), "/dev/shm"}
    temporary = _realpath(tempfile.gettempdir())
    _config.update(config, temporary=temporary,
                   watched=sorted(one for one in watched if _realpath(one) != temporary))
    sys.addaudithook(_on_event)
    _tell({"began": True})


def pytest_collection_modifyitems(items):
    for item in items:
        spec = getattr(item, "callspec", None)
        _indexes[item.nodeid] = max(spec.indices.values(), default=0) if spec is not None else 0
    if _config["order"]:
        _Random(_config["order"]).shuffle(items)


def pytest_collectreport(report):
    if report.failed:
        _tell({"collect": report.nodeid.rsplit("/", 1)[-1], "why": _reason(report)})


def pytest_runtest_logstart(nodeid, location):
    _outcomes[nodeid] = ("lost", "")
    del _effects[:]
    _before.update(_world(), took=0.0)
    if _config["seed"]:
        _seed(_config["seed"])
    _watching[0] = True


def _reason(report):
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    text = crash.message if crash is not None else _str(getattr(report, "longrepr", ""))
    lines = [line for line in _str(text).splitlines() if line.strip()]
    if crash is None:
        lines = lines[-1:]
    return lines[0].strip()[:_REASON_MAX] if lines else ""


def pytest_runtest_logreport(report):
    _before["took"] += report.duration
    known = _outcomes.get(report.nodeid, ("lost", ""))[0]
    if report.failed or hasattr(report, "wasxfail"):
        _outcomes[report.nodeid] = ("failed", _reason(report))
    elif known != "failed" and (report.skipped or report.when == "call"):
        _outcomes[report.nodeid] = (report.outcome, "")


def _different(before, after):
    return sorted(name for name in set(before) | set(after) if before.get(name) != after.get(name))


def _compare():
    after = _world()
    for name in _different(_before["environment"], after["environment"]):
        _note("changes the environment variable " + name[:60])
    for name in _different(_before["files"], after["files"]):
        _note("writes or removes the file " + name[:120])
    if after["folder"] != _before["folder"]:
        _note("changes the working folder")
    if after["threads"] > _before["threads"]:
        _note("leaves a thread behind")
    if after["children"] - _before["children"]:
        _note("leaves a process behind")
    if after["waited"] != _before["waited"]:
        _note("starts a process")
    if after["mask"] != _before["mask"]:
        _note("changes the mask of file rights")
    if after["signals"] != _before["signals"]:
        _note("changes what is done on a signal")


def pytest_runtest_logfinish(nodeid, location):
    _watching[0] = False
    _compare()
    outcome, reason = _outcomes.get(nodeid, ("lost", ""))
    parts = nodeid.split("::")
    _tell({"file": parts[0].rsplit("/", 1)[-1], "test": parts[-1].split("[")[0],
           "case": _indexes.get(nodeid, 0), "outcome": outcome, "why": reason,
           "effects": _list(_effects), "us": int(_before["took"] * 1e6)})


def pytest_sessionfinish(session, exitstatus):
    _tell({"ended": int(exitstatus)})
