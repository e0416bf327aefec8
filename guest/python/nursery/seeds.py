"""Programs that somebody wrote already: doctests, call sites, tests, as far as they are simple."""


def of(described):
    return []
