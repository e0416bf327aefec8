"""A clock that stands still until somebody waits, and the same random numbers every time.

The real functions are replaced where Python code finds them: in `time`, and in the dicts of
`datetime.date` and `datetime.datetime`.
"""

import sys
import time

EPOCH = 1700000000.0     # 2023-11-14 22:13:20 UTC, a Tuesday
LATER = 123504123.25     # 2027-10-14 08:15:23 UTC, a Thursday: no part of it is the same
real = {name: getattr(time, name) for name in (
    "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
    "process_time", "process_time_ns", "sleep", "localtime", "gmtime", "strftime", "ctime",
    "asctime")}
elapsed = waited = 0.0
start = EPOCH
STEP = 1e-6              # no two readings are equal, as on a real clock


def advance(seconds):
    global elapsed, waited
    elapsed += seconds
    waited += seconds


def slept():
    return waited


def tick():
    global elapsed
    elapsed += STEP
    return elapsed


def now():
    return start + tick()


def monotonic():
    return 1000.0 + tick()


def sleep(seconds):
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    advance(seconds)


def nanoseconds(clock):
    return lambda: int(clock() * 1e9)


def seconds_or_now(function):
    return lambda seconds=None: function(now() if seconds is None else seconds)


def strftime(form, moment=None):
    return real["strftime"](form, real["localtime"](now()) if moment is None else moment)


def asctime(moment=None):
    return real["asctime"](real["localtime"](now()) if moment is None else moment)


def reset(offset=0.0):
    global elapsed, waited, start
    elapsed, waited, start = 0.0, 0.0, EPOCH + offset


def install_time():
    replacements = {
        "time": now, "time_ns": nanoseconds(now), "monotonic": monotonic,
        "monotonic_ns": nanoseconds(monotonic), "perf_counter": monotonic,
        "perf_counter_ns": nanoseconds(monotonic), "process_time": monotonic,
        "process_time_ns": nanoseconds(monotonic), "sleep": sleep, "strftime": strftime,
        "asctime": asctime}
    for name in ("localtime", "gmtime", "ctime"):
        replacements[name] = seconds_or_now(real[name])
    for name, function in replacements.items():
        setattr(time, name, function)


def set_in_type(kind, name, function):
    """The type is immutable for Python code; its dict is not, if one has it in hand."""
    import ctypes
    import gc
    for found in gc.get_referents(kind.__dict__):
        if type(found) is dict:
            found[name] = classmethod(function)
            ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
            return


def install_dates():
    import datetime
    set_in_type(datetime.date, "today", lambda cls: cls.fromtimestamp(now()))
    set_in_type(datetime.datetime, "now", lambda cls, tz=None: cls.fromtimestamp(now(), tz))
    set_in_type(datetime.datetime, "utcnow", lambda cls: cls.utcfromtimestamp(now()))
    set_in_type(datetime.datetime, "today", lambda cls: cls.fromtimestamp(now()))


def install():
    install_time()
    try:
        install_dates()
    except (ImportError, AttributeError, ValueError, TypeError):
        pass             # then such values are seen as unstable, that is all


def seed(number=20201):
    random = sys.modules.get("random")
    if random is not None:
        random.seed(number)
