"""What a program does to the world outside of it, by the interpreter's audit events."""

import os
import sys

from . import clockwork

WORDS = {
    "socket.connect": "connects a socket", "socket.bind": "binds a socket",
    "socket.getaddrinfo": "looks up a host name", "socket.sendto": "sends to a socket",
    "subprocess.Popen": "starts a process", "os.system": "starts a process",
    "os.exec": "starts a process", "os.posix_spawn": "starts a process",
    "os.spawn": "starts a process", "os.fork": "forks", "os.forkpty": "forks",
    "os.putenv": "changes the environment", "os.unsetenv": "changes the environment",
    "os.kill": "sends a signal", "os.killpg": "sends a signal", "signal.pthread_kill":
    "sends a signal", "os.chdir": "changes the working directory"}
PATHS = {"os.remove": "removes", "os.rename": "renames", "os.rmdir": "removes",
         "os.mkdir": "makes", "os.link": "links", "os.symlink": "links", "os.chmod": "changes",
         "os.chown": "changes", "os.truncate": "changes", "os.utime": "changes",
         "shutil.rmtree": "removes", "shutil.move": "moves", "shutil.copyfile": "writes"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
MAX = 20
SLEEP_MAX = 1.0          # seconds: tests wait for real


class Effects:
    def __init__(self, work, asked):
        """asked() says whether standard input was read."""
        self.work, self.asked = os.path.realpath(work), asked
        self.found = []
        self.on = False

    def start(self):
        self.found, self.on = [], True

    def is_inside(self, path):
        try:
            path = os.fsdecode(path) if not isinstance(path, int) else ""
            full = os.path.realpath(path)
        except (TypeError, ValueError, OSError):
            return False
        return full == "/dev/null" or full == self.work or full.startswith(self.work + "/")

    def note(self, text):
        if len(self.found) < MAX and text not in self.found:
            self.found.append(text)

    def hook(self, event, arguments):
        if not self.on:
            return
        self.on = False
        try:
            if event == "open":
                self.opened(*arguments)
            elif event in WORDS:
                self.note(WORDS[event])
            elif event in PATHS and not self.is_inside(arguments[0]):
                self.note("%s a file outside the work folder" % PATHS[event])
        except Exception:
            self.note("does %s" % event)
        finally:
            self.on = True

    def opened(self, path, mode, flags):
        if isinstance(path, int):
            self.note("opens a descriptor by its number")
            return
        writes = flags & WRITES if isinstance(flags, int) else 0
        if (writes or isinstance(mode, str) and set(mode) & set("wax+")) and path is not None \
                and not isinstance(path, int) and not self.is_inside(path):
            self.note("writes a file outside the work folder")

    def taken(self):
        self.on = False
        if clockwork.slept() > SLEEP_MAX:
            self.note("waits for more than %d second" % SLEEP_MAX)
        if self.asked():
            self.note("reads standard input")
        return self.found


def watch(work, asked):
    """From now on; an audit hook cannot be taken away again, so only in a child."""
    effects = Effects(work, asked)
    sys.addaudithook(effects.hook)
    return effects
