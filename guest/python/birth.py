"""The Python half of a zygote: it prepares a fresh interpreter to give birth, and turns each
newborn into what `python3 FILE|-c CODE|-m MODULE ARG...` would have been.

The rule for every line: nothing of it may be seen by a program. What the preparation loads is
taken out of sys.modules again, and no frame of ours is below the program's (see zygote.c).
"""

import sys

posix = sys.modules["posix"]
os = sys.modules["os"]
io = sys.modules["_io"]
site = sys.modules.get("site")


kept = {}  # what a newborn needs, and a fresh interpreter finds out when it starts


def added_by_interpreter():
    """Variables that the interpreter put into its own environment: LC_CTYPE, by PEP 538."""
    with open("/proc/self/environ", "rb") as file:
        first = {entry.partition(b"=")[0] for entry in file.read().split(b"\0")}
    return {name: value for name, value in posix.environ.items() if name not in first}


def prepare(module_fd, socket, flavour):
    known = set(sys.modules)
    cached = set(sys.path_importer_cache)
    import atexit, gc, _thread, _weakref

    kept["added"] = added_by_interpreter()
    kept["streams"] = [(stream.encoding, stream.errors, stream.line_buffering, stream.write_through)
                       for stream in (sys.stdin, sys.stdout, sys.stderr)]
    if sys.path and sys.path[0] == "":
        del sys.path[0]
    if flavour == "pytest":
        exec(native.warm_pytest_source, globals())
        warm_pytest()
    else:
        for name in [name for name in sys.modules if name not in known]:
            del sys.modules[name]
        for name in [name for name in sys.path_importer_cache if name not in cached]:
            del sys.path_importer_cache[name]
    posix.close(module_fd)
    sys.excepthook = native.arm(socket, rehearse, become, gc, atexit._run_exitfuncs,
                                _thread._count, _weakref.ReferenceType)


# ---- the newborn ---------------------------------------------------------------------------

def rehearse():
    """What every program does, done before anybody waits for one: each page that it writes to, if
    only to count a reference, is copied then. Nothing of it stays."""
    text = io.TextIOWrapper(io.BytesIO(), "utf-8", "strict", "\n", False, False)
    names = {"__builtins__": sys.modules["builtins"], "text": text}
    exec("print(1, file=text)\nraw = text.buffer\n", names)
    text.flush()
    type(sys)("__main__")
    posix.environ.copy()
    [sys.modules.get(name) for name in list(sys.modules)]


def stream(fd, name, mode):
    """sys.stdin, stdout or stderr as the interpreter opens them; None for a closed fd."""
    encoding, errors, line_buffering, write_through = kept["streams"][fd]
    try:
        posix.fstat(fd)
    except OSError:
        return None
    unbuffered = write_through and mode == "w"
    buffer = io.open(fd, mode + "b", 0 if unbuffered else -1, None, None, None, False)
    raw = buffer if unbuffered else buffer.raw
    raw.name = name
    lines = fd == 2 and line_buffering or not write_through and raw.isatty()
    text = io.TextIOWrapper(buffer, encoding, errors, "\n", lines, write_through)
    text.mode = mode
    return text


def open_streams():
    sys.stdin = sys.__stdin__ = stream(0, "<stdin>", "r")
    sys.stdout = sys.__stdout__ = stream(1, "<stdout>", "w")
    sys.stderr = sys.__stderr__ = stream(2, "<stderr>", "w")


def become_environment(env):
    """posix.environ and os.environ share one dict; the C side has its own, see zygote.c."""
    data = posix.environ
    data.clear()
    for entry in env:
        name, equals, value = entry.partition(b"=")
        if equals:
            data.setdefault(name, value)
    for name, value in kept["added"].items():
        if name not in data:
            data[name] = value
            posix.putenv(name, value)


def user_site_is_same():
    """False if this HOME has packages of its own: then site would have changed sys.path."""
    if site is None or not site.ENABLE_USER_SITE:
        return True
    site.USER_BASE = site.USER_SITE = None
    return not os.path.isdir(site.getusersitepackages())


def become_main():
    """As the interpreter makes it, in its order. Made after the birth: the collector never looks at
    what is older, and this holds all that the program makes."""
    main = type(sys)("__main__")
    main.__annotations__ = {}
    main.__builtins__ = sys.modules["builtins"]
    main.__loader__ = sys.modules["_frozen_importlib"].BuiltinImporter
    sys.modules["__main__"] = main


def become_warm(module):
    """What only a warmed interpreter has to put right."""
    if "threading" in sys.modules:
        sys.modules["threading"].main_thread()._set_native_id()
    if module == "coverage":
        sys.modules.update(kept.get("coverage", {}))


def become(argv, env, first_path):
    """False if this program must be started afresh after all."""
    become_environment(env)
    if "PYTHONPATH" in os.environ or not user_site_is_same():
        return False
    form = argv[1] if argv[1] in ("-c", "-m") else None
    sys.argv = argv[1:2] + argv[3:] if form else argv[1:]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = argv
    open_streams()
    become_main()
    become_warm(argv[2] if form == "-m" else None)
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, first_path)
    return True
