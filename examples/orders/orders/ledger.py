"""The ledger: a file with a line for each sale, `day;name;cents`."""

from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple


class Sale(NamedTuple):
    day: str
    name: str
    cents: int


def read_line(line: str) -> Sale:
    parts = line.rstrip("\n").split(";")
    if len(parts) != 3:
        raise ValueError(f"a sale has three parts, not {len(parts)}")
    day, name, cents = parts
    if not cents.lstrip("-").isdigit():
        raise ValueError(f"{cents!r} is no number of cents")
    return Sale(day, name.strip(), int(cents))


def write_line(sale: Sale) -> str:
    if ";" in sale.name:
        raise ValueError("a name cannot have a semicolon")
    return f"{sale.day};{sale.name};{sale.cents}\n"


def read(path: Path) -> List[Sale]:
    """Empty lines and comments are passed over."""
    sales = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                sales.append(read_line(line))
    return sales


def by_day(sales: List[Sale]) -> Dict[str, int]:
    days: Dict[str, int] = {}
    for sale in sales:
        days[sale.day] = days.get(sale.day, 0) + sale.cents
    return dict(sorted(days.items()))


def running_total(cents: List[int]) -> Iterator[int]:
    total = 0
    for amount in cents:
        total += amount
        yield total
