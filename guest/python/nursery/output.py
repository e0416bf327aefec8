"""Stands in for sys.stdout and sys.stderr: keeps what is written, up to a limit."""

import io

LIMIT = 1 << 20


class Output(io.TextIOBase):
    encoding = "utf-8"
    errors = "strict"
    name = "<stdout>"
    mode = "w"

    def __init__(self):
        self.parts, self.size = [], 0

    def write(self, text):
        if type(text) is not str:
            raise TypeError("write() argument must be str, not %s" % type(text).__name__)
        if self.size < LIMIT:
            self.parts.append(text)
        self.size += len(text)
        return len(text)

    def writable(self):
        return True

    def isatty(self):
        return False

    def close(self):
        """A program that closes its output takes nothing from the next one."""

    def taken(self):
        return "".join(self.parts)

    def clear(self):
        if self.size:
            self.parts, self.size = [], 0
