"""Amounts of money in whole cents, so that nothing is lost by rounding."""

import re
from dataclasses import dataclass
from typing import List

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_PATTERN = re.compile(r"^(-?)(\d+)(?:[.,](\d{2}))? ?(EUR|USD|GBP)$")


@dataclass(frozen=True, order=True)
class Money:
    cents: int
    currency: str = "EUR"

    def __add__(self, other: "Money") -> "Money":
        self._check(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._check(other)
        return Money(self.cents - other.cents, self.currency)

    def _check(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")

    def show(self) -> str:
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), 100)
        return f"{sign}{SIGNS.get(self.currency, self.currency + ' ')}{whole}.{rest:02}"


def parse(text: str) -> Money:
    """Read "12.50 EUR", "3 USD" or "-0,99 GBP"."""
    match = _PATTERN.match(text.strip())
    if match is None:
        raise ValueError(f"not an amount of money: {text!r}")
    sign, whole, rest, currency = match.groups()
    cents = int(whole) * 100 + int(rest or 0)
    return Money(-cents if sign else cents, currency)


def split(cents: int, shares: int) -> List[int]:
    """Parts that differ by one cent at most and add up to the whole; the larger ones first."""
    if shares < 1:
        raise ValueError("there must be at least one share")
    part, more = divmod(cents, shares)
    return [part + 1] * more + [part] * (shares - more)
