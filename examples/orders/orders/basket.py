"""A basket: what a customer wants to buy, and what it costs."""

from typing import Dict

FREE_DELIVERY_CENTS = 5000
DELIVERY_CENTS = 490


class Basket:
    def __init__(self) -> None:
        self.items: Dict[str, int] = {}
        self.prices: Dict[str, int] = {}
        self.code = ""

    def add(self, name: str, price_cents: int, count: int = 1) -> int:
        """Returns how many of them are in the basket now."""
        if not name:
            raise ValueError("an item needs a name")
        if price_cents < 0 or count < 1:
            raise ValueError("price and count cannot be negative")
        if name in self.prices and self.prices[name] != price_cents:
            raise ValueError(f"{name} has another price already")
        self.prices[name] = price_cents
        self.items[name] = self.items.get(name, 0) + count
        return self.items[name]

    def remove(self, name: str) -> bool:
        if name not in self.items:
            return False
        self.items[name] -= 1
        if self.items[name] == 0:
            del self.items[name]
            del self.prices[name]
        return True

    def redeem(self, code: str) -> bool:
        """TEN takes a tenth off, FREE the delivery; there can be only one."""
        if self.code or code.upper() not in ("TEN", "FREE"):
            return False
        self.code = code.upper()
        return True

    @property
    def goods_cents(self) -> int:
        return sum(self.prices[name] * count for name, count in self.items.items())

    def total_cents(self) -> int:
        goods = self.goods_cents
        if goods == 0:
            return 0
        if self.code == "TEN":
            goods -= goods // 10
        if goods >= FREE_DELIVERY_CENTS or self.code == "FREE":
            return goods
        return goods + DELIVERY_CENTS

    def __len__(self) -> int:
        return sum(self.items.values())
