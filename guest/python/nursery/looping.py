"""Runs a coroutine in a loop of its own, whose clock is the virtual one: no test ever waits."""

import asyncio
import selectors

from . import clockwork


class Selector(selectors.SelectSelector):
    """Where the loop would wait, the clock goes on."""

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready and timeout is None:
            ready = super().select(0.2)
            if not ready:
                raise RuntimeError("the coroutine waits for something that never comes")
        elif not ready and timeout > 0:
            clockwork.advance(timeout)
        return ready


class Loop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__(Selector())

    def time(self):
        return clockwork.monotonic()


async def nothing():
    """Run once before any child is born: loads what the first loop loads."""


async def wait_for(value):
    return await value


def cancel_all(loop):
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


def run(value):
    loop = Loop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(wait_for(value))
    finally:
        try:
            cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()
