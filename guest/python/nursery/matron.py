"""Holds the engine's channel, and never runs a line of the target: when the nursery dies, the
engine gets an answer all the same.
"""

import marshal
import os
import select
import signal
import socket
import sys
import traceback

from . import frames

OTHER_HASHES = "20011"
OPEN_SECONDS, ANSWER_SECONDS = 60.0, 900.0


class Gone(Exception):
    """The nursery died or is silent; ended says which."""

    def __init__(self, ended):
        super().__init__(ended)
        self.ended = ended


class Nursery:
    """A child that serves the same protocol over a socket of its own."""

    def __init__(self, engine):
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            ours.close()
            engine.close()
            self.live(theirs)
        theirs.close()
        self.sock = ours

    @staticmethod
    def live(sock):
        try:
            nothing = os.open("/dev/null", os.O_RDWR)
            for fd in (0, 1, 2):
                if not os.environ.get("TESTUDO_NURSERY_STDERR") or fd != 2:
                    os.dup2(nothing, fd)
            from . import nursery
            nursery.Nursery(sock).serve()
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(0)

    def ask(self, data, seconds):
        try:
            frames.write_bytes(self.sock, data)
            ready, _, _ = select.select([self.sock], [], [], seconds)
            if not ready:
                raise Gone("clock")
            return frames.read_bytes(self.sock)
        except (OSError, frames.Closed):
            raise Gone("crash")

    def end(self):
        self.sock.close()
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except OSError:
            pass


class Second(Nursery):
    """Another interpreter, with other hashes and other addresses: for a second opinion."""

    def __init__(self, place):
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self.begin(place, theirs.fileno())
        theirs.close()
        self.sock = ours

    @staticmethod
    def begin(place, fd):
        try:
            nothing = os.open("/dev/null", os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(nothing, number)
            allow_random_addresses()
            os.set_inheritable(fd, True)
            os.execv(sys.executable, [sys.executable, "-s", "-B", place, str(fd), OTHER_HASHES])
        finally:
            os._exit(1)


def allow_random_addresses():
    try:
        import ctypes
        ctypes.CDLL(None).personality(0)
    except (ImportError, OSError, AttributeError):
        pass


def steady(first, second):
    """The components of the first, each with whether the second has the same."""
    seen = {frames.dumps(one) for one in second}
    return tuple(one + (frames.dumps(one) in seen or one[0] == "effect",) for one in first)


class Matron:
    def __init__(self, engine, place):
        self.engine, self.place = engine, place
        self.nursery = self.second = self.opened = None

    def answer(self, data):
        try:
            message = marshal.loads(data)
            word = message[0]
        except (ValueError, EOFError, TypeError, IndexError):
            return frames.dumps(("failed", "protocol", "not a message"))
        if word == "open":
            return self.open(data)
        if self.nursery is None:
            return frames.dumps(("failed", "protocol", "nothing is open"))
        if word == "observe":
            return self.observe(data, message)
        return self.ask(data)

    def ask(self, data):
        try:
            return self.nursery.ask(data, ANSWER_SECONDS)
        except Gone:
            return self.again(data)

    def observe(self, data, message):
        first = marshal.loads(self.ask(data))
        if first[0] != "observed":
            return frames.dumps(first)
        again = frames.dumps(message[:3] + (True,))
        second = self.from_second(again)
        if second is None:
            second = marshal.loads(self.ask(again))
        return frames.dumps(("observed", tuple(
            steady(one, two) for one, two in zip(first[1], second[1]))))

    def from_second(self, data):
        """None where a second interpreter does not come up; then the first is asked again."""
        try:
            if self.second is None:
                self.second = Second(self.place)
                word, options = marshal.loads(self.opened)
                asked = frames.dumps((word, dict(options, only_observes=True)))
                answer = marshal.loads(self.second.ask(asked, OPEN_SECONDS))
                self.refused = answer[0] != "opened"
            if self.refused:
                return None
            answer = marshal.loads(self.second.ask(data, ANSWER_SECONDS))
            return answer if answer[0] == "observed" else None
        except Gone:
            self.refused = True
            return None

    def end(self):
        for one in (self.nursery, self.second):
            if one is not None:
                one.end()
        self.nursery = self.second = None

    def open(self, data):
        self.end()
        self.nursery = Nursery(self.engine)
        try:
            answer = self.nursery.ask(data, OPEN_SECONDS)
        except Gone as gone:
            self.nursery.end()
            self.nursery = None
            text = "importing it does not end" if gone.ended == "clock" \
                else "importing it ended the interpreter"
            return frames.dumps(("failed", gone.ended, text))
        self.opened = data
        return answer

    def again(self, data):
        """Once more in a new nursery; what kills two of them is given up."""
        answer = self.open(self.opened)
        if self.nursery is None:
            return answer
        try:
            return self.nursery.ask(data, ANSWER_SECONDS)
        except Gone as gone:
            self.nursery.end()
            self.nursery = None
            return frames.dumps(("failed", gone.ended, "the interpreter died while it worked"))


def serve(fd, place, second=False):
    engine = socket.socket(fileno=fd)
    os.set_inheritable(fd, False)
    if second:
        from . import nursery
        nursery.Nursery(engine).serve()
        return
    matron = Matron(engine, place)
    while True:
        try:
            data = frames.read_bytes(engine)
            if marshal.loads(data)[0] == "close":
                break
            frames.write_bytes(engine, matron.answer(data))
        except frames.Closed:
            break
    matron.end()
