"""Modules under test, written into a folder of their own: each is a text of this file."""

import os

WALLET = '''
"""Money."""
import functools
import time


class Wallet:
    """A wallet."""

    def __init__(self, balance: int = 0):
        if balance < 0:
            raise ValueError("negative: %d" % balance)
        self.balance = balance

    def spend(self, amount: int) -> int:
        if amount > self.balance or not amount:
            raise ValueError("no funds")
        self.balance -= amount
        return self.balance

    @property
    def rich(self):
        return self.balance > 100


def clamp(x: int, low: int = 0, high: int = 10) -> int:
    if x < low:
        return low
    if x > high:
        return high
    return x


def total(items: list):
    s = 0
    for i in items:
        if i > 0 and i % 2 == 0:
            s += i
    items.append(s)
    return s


def adopt(items: list):
    items.append(Wallet(1))
    return len(items)


seen = []


def stateful(x):
    seen.append(x)
    return len(seen)


@functools.lru_cache(None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def now():
    return time.time()


async def later(x):
    import asyncio
    await asyncio.sleep(1000)
    return x


def shout(text):
    print(text.upper())


def any_order():
    return list({"a", "b", "c", "d", "e"})


LIMIT = 10 if clamp(3, 5) < clamp(20) and not fib(1) > 2 else 0


def limited(x):
    return min(x, LIMIT)
'''

NASTY = '''
import os, sys, signal, threading, time, random

def fine(x): return x + 1
def swallow():
    try:
        while True: pass
    except BaseException: return 1
    finally:
        return 2
def swallow_and_leave():
    try:
        while True: pass
    except BaseException:
        os._exit(0)
def leave(): os._exit(0)
def leave_badly(): os.kill(os.getpid(), signal.SIGKILL)
def leave_politely(): sys.exit(3)
def spin_in_c(): return sum(iter(int, 1))
def eat():
    return [0] * (1 << 40)
def deep(n): return deep(n + 1)
def fork():
    if os.fork() == 0:
        os._exit(0)
    return os.wait()[1]
def fork_and_stay():
    if os.fork() == 0:
        time.sleep(0)
        signal.pause()
    return 1
def thread():
    threading.Thread(target=signal.pause, daemon=True).start()
    return 1
def patch():
    import builtins
    builtins.len = lambda x: 99
    return len([])
def count(x): return len(x)
def modules():
    sys.modules.clear()
    return 1
def trace():
    sys.settrace(lambda *a: None)
    return 1
def close_all():
    os.closerange(0, 200)
    return 1
def write_all():
    for fd in range(200):
        try: os.write(fd, b"\\xff" * 64)
        except OSError: pass
    return 1
def mute():
    sys.stdout = None
    return 1
def say(x):
    print(x)
    return x
def much():
    for _ in range(50): print("x" * 100000)
    return 1
def ask(): return input()
def chdir():
    os.chdir("/")
    return os.getcwd()
def where(): return os.path.basename(os.getcwd()) != ""
def environ():
    os.environ["X"] = "1"
    return 1
def environ_has(): return "X" in os.environ
def write(name):
    with open(name, "w") as file: file.write("x")
    return 1
def exists(name): return os.path.exists(name)
def dice(): return random.random()
def memory(): return bytearray(3 << 30)
class Odd:
    def __eq__(self, other): raise RuntimeError("no")
    def __repr__(self): raise RuntimeError("no")
    __hash__ = None
def odd(): return Odd()
def stop():
    os.kill(os.getpid(), signal.SIGSTOP)
    return 1
def handle():
    for number in (signal.SIGTERM, signal.SIGCONT, signal.SIGCHLD, signal.SIGUSR1):
        signal.signal(number, lambda *a: os._exit(0))
    return 1
def bomb():
    made = 0
    while made < 200:
        try: pid = os.fork()
        except OSError: break
        if pid == 0:
            signal.pause()
        made += 1
    return 1
def spin_aside():
    def spin():
        while True: time.sleep(0)
    threading.Thread(target=spin, daemon=True).start()
    return 1
def at_end():
    import atexit
    atexit.register(os._exit, 0)
    return 1
def replace_tools():
    import builtins, marshal
    builtins.isinstance = lambda *a: False
    builtins.open = builtins.any = None
    marshal.dumps = lambda *a: b"forged"
    time.monotonic = lambda: 0
    return 1
def forge():
    import gc, mmap
    for one in gc.get_objects():
        if isinstance(one, mmap.mmap):
            one[:64] = bytes([255]) * 64
    return 1
class Slotted:
    __slots__ = ("count",)
    def __init__(self): self.count = 0
slotted = Slotted()
raw = bytearray(1)
def bump_slot():
    slotted.count += 1
    return slotted.count
def bump_raw():
    raw[0] += 1
    return raw[0]
def by_number(n):
    with open(n) as file: return file.readable()
def greeting():
    import datetime
    return "late" if datetime.datetime.now().hour > 18 else "early"
def rest(seconds): time.sleep(seconds)
def swallow_again():
    while True:
        try:
            while True: pass
        except BaseException: continue
def default(x, into=[]):
    into.append(x)
    return into
def collect():
    import gc
    gc.collect(); gc.enable()
    return len(gc.get_objects()) > 0
'''


def write(folder, **modules):
    for name, text in modules.items():
        with open(os.path.join(folder, name + ".py"), "w") as file:
            file.write(text)
