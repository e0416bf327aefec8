"""What may be passed for a parameter, as weighted types."""


class StaticUse:
    def __init__(self, described):
        self.described = described


class Libraries:
    def __init__(self, described):
        self.described = described


BY_ANNOTATION = {int: ("int",), float: ("float",), bool: ("bool",), str: ("str",),
                 bytes: ("bytes",), list: ("list", ("any",)), dict: ("dict", ("any",), ("any",)),
                 set: ("set", ("any",)), tuple: ("tuples", ("any",)), type(None): ("none",)}


def fill(described, entry):
    for given, one in zip(entry["params"], entry.get("_parameters", ())):
        found = BY_ANNOTATION.get(one.annotation)
        given["types"] = [(found or ("any",), 1.0)]
