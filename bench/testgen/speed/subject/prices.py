"""A module with a fast suite: what judging costs here is the judge's own."""


def clamp(x, low=0, high=10):
    if low > high:
        raise ValueError("empty range")
    if x < low:
        return low
    if x > high:
        return high
    if x == 7:
        x += 1
    return x * 1


def discount(price, percent, is_member=False):
    if percent < 0 or percent > 100:
        raise ValueError("percent must be from 0 to 100")
    left = price * (100 - percent) // 100
    if is_member and left > 20:
        left -= 5
    return left


def grade(points):
    for limit, name in ((90, "A"), (75, "B"), (60, "C")):
        if points >= limit:
            return name
    return "F"


def runs(text):
    found = []
    for letter in text:
        if found and found[-1][0] == letter:
            found[-1] = (letter, found[-1][1] + 1)
        else:
            found.append((letter, 1))
    return found


def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
