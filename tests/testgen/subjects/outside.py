"""The world outside: files, time, random numbers, the environment, input, the network, no end."""

import datetime
import os
import pathlib
import random
import socket
import sys
import time

seen = {}


def remember(key: str) -> int:
    seen[key] = seen.get(key, 0) + 1
    return seen[key]


def read_lines(path: str) -> int:
    with open(path) as file:
        lines = [line for line in file if line.strip()]
    if not lines:
        return 0
    return len(lines)


def size_of(path: pathlib.Path) -> str:
    if not path.exists():
        return "missing"
    if path.is_dir():
        return "folder"
    return "large" if path.stat().st_size > 3 else "small"


def save(path: pathlib.Path, text: str) -> int:
    path.write_text(text)
    return len(path.read_text())


def greeting() -> str:
    return "late" if datetime.datetime.now().hour > 18 else "early"


def roll(sides: int = 6) -> int:
    return random.randint(1, sides)


def wait(seconds: int) -> bool:
    start = time.monotonic()
    time.sleep(seconds)
    return time.monotonic() - start >= seconds


def mode() -> str:
    return "debug" if os.environ.get("APP_DEBUG") == "1" else "plain"


def ask(question: str) -> str:
    answer = input(question)
    return answer or "nothing"


def read_numbers() -> int:
    return sum(int(word) for word in sys.stdin.read().split())


def fetch(host: str) -> bytes:
    with socket.create_connection((host, 80)) as connection:
        return connection.recv(10)


def collatz(n: int) -> int:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
