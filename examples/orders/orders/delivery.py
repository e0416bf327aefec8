"""When does it arrive?"""

import datetime
import time
from enum import Enum
from typing import Iterable, Optional


class Speed(Enum):
    NORMAL = 3
    EXPRESS = 1


def is_workday(day: datetime.date, holidays: Iterable[datetime.date] = ()) -> bool:
    return day.weekday() < 5 and day not in set(holidays)


def arrival(ordered: datetime.date, speed: Speed = Speed.NORMAL) -> datetime.date:
    """So many workdays after the day of the order."""
    left, day = speed.value, ordered
    while left > 0:
        day += datetime.timedelta(days=1)
        if is_workday(day):
            left -= 1
    return day


def parse_day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%Y-%m-%d").date()


def describe(days: int) -> str:
    if days < 0:
        raise ValueError("it has arrived already")
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    return f"in {days} days" if days < 14 else f"in {days // 7} weeks"


def is_late(promised: float, now: Optional[float] = None) -> bool:
    """Both as seconds since 1970; without `now`, the time it is."""
    return (time.time() if now is None else now) > promised
