"""Asks couriers for prices, all of them at once."""

import asyncio
from typing import Dict, List, Optional

PRICES = {"bike": 300, "van": 700, "plane": 4900}


async def quote(courier: str, kilos: float) -> int:
    """Cents for a parcel; the heavier, the dearer."""
    if courier not in PRICES:
        raise KeyError(courier)
    if kilos <= 0:
        raise ValueError("a parcel weighs something")
    await asyncio.sleep(0)
    if courier == "bike" and kilos > 20:
        raise ValueError("too heavy for a bike")
    return PRICES[courier] + round(kilos * 50)


async def quotes(kilos: float, couriers: Optional[List[str]] = None) -> Dict[str, int]:
    """Of those who can take it."""
    names = sorted(PRICES) if couriers is None else couriers
    answers = await asyncio.gather(*(quote(name, kilos) for name in names), return_exceptions=True)
    return {name: answer for name, answer in zip(names, answers) if isinstance(answer, int)}


async def cheapest(kilos: float) -> Optional[str]:
    found = await quotes(kilos)
    return min(found, key=lambda name: (found[name], name)) if found else None
