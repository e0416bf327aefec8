"""Stands in for sys.stdout and sys.stderr: keeps what is written, up to a limit."""

import io

LIMIT = 1 << 20


class Input(io.StringIO):
    """Empty, and knows whether somebody wanted to read it."""

    asked = False

    def read(self, *size):
        self.asked = True
        return super().read(*size)

    def readline(self, *size):
        self.asked = True
        return super().readline(*size)

    def __next__(self):
        self.asked = True
        return super().__next__()


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
