"""Files for code that reads or writes them: each program has a folder of its own, which a test calls
`tmp_path`; what may stand in a file is suggested by how the module parses.
"""

import ast
import json
import os
import pathlib
import re
import shutil

FOLDERS = ("files", "others")       # the second opinion has another one: paths are not stable
KEYS_MAX, SUFFIXES_MAX, CONTENTS_MAX, CONTENT_MAX = 4, 4, 24, 300
used = []                           # folders of this process that are to be removed


def start(second):
    """The folder of the next program; it is made with the first file."""
    clear()
    used[:] = [os.path.abspath(FOLDERS[second]), False]


def clear():
    if used and used[1]:
        shutil.rmtree(used[0], ignore_errors=True)
        used[1] = False


def file(name, content):
    """A file of this content, as its path."""
    if not used:
        start(False)
    path = pathlib.Path(used[0], name)
    used[1] = True
    path.parent.mkdir(parents=True, exist_ok=True)
    if type(content) is bytes:
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8")
    return path


def file_text(name, content):
    return str(file(name, content))


def change(path, content):
    """(attribute, value) of a test's path, if the file is not as it was."""
    path = pathlib.Path(path)
    if not path.is_file():
        return "exists", path.exists()
    try:
        now = path.read_bytes() if type(content) is bytes else path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    return ("read_bytes" if type(content) is bytes else "read_text", now) \
        if now != content else None


MAKERS = {"file": file, "file text": file_text}


# ---- what stands in them --------------------------------------------------------------------

def texts_of(tree):
    return [node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and type(node.value) is str]


def keys_of(tree):
    """Of dicts that are read: `x["key"]`, `x.get("key")`, `"key" in x`."""
    found = []
    for node in ast.walk(tree):
        one = None
        if isinstance(node, ast.Subscript):
            one = getattr(node.slice, "value", node.slice) \
                if type(node.slice).__name__ == "Index" else node.slice
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("get", "pop") \
                and node.args:
            one = node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            one = node.left
        if isinstance(one, ast.Constant) and type(one.value) is str and one.value not in found:
            found.append(one.value)
    return found[:KEYS_MAX]


def modules_of(tree):
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def documents(keys):
    """JSON with these keys."""
    numbers = {key: number for number, key in enumerate(keys, 1)}
    words = {key: "a" for key in keys}
    some = [{}, [], numbers, words, [numbers, dict(numbers, **{keys[0]: 0})] if keys else [1, 2],
            {key: [1, 2] for key in keys} or {"a": 1}, [words, words]]
    return [json.dumps(one) for one in some] + ["{"]


def tables(keys):
    head = ",".join(keys or ("a", "b"))
    count = len(keys) or 2
    rows = [",".join(str(number + place) for place in range(count)) for number in (1, 5)]
    return ["\n".join([head] + rows[:shown]) + "\n" for shown in (0, 1, 2)] + [
        rows[0] + "\n", head + "\n" + ",".join("x" * count) + "\n"]


def settings(keys):
    keys = keys or ("name",)
    lines = "".join("%s = %d\n" % (key, number) for number, key in enumerate(keys, 1))
    return ["[%s]\n%s" % (keys[0], lines), "[main]\n" + lines, lines, "[main]\n"]


LINES = ["", "\n", "a\n", "a\nb\n", "a\n\nb\nb\n", "1\n2\n3\n", "# a\nb\n", "a=1\nb=2\n", "a: 1\n",
         "a b\nc d e\n", "a,1\nb,2\n", "a\tb\n", " a \n", "a"]
MARKUP = ["<a/>", "<a><b c=\"1\">d</b><b c=\"2\"/></a>", "<a>"]
BY_MODULE = (("json", documents), ("csv", tables), ("configparser", settings),
             ("tomllib", settings), ("tomli", settings), ("xml", lambda keys: MARKUP),
             ("yaml", lambda keys: ["".join("%s: 1\n" % key for key in keys), "- a\n- b\n"]))


def contents(tree):
    """Texts that the module's parsing asks for, the likeliest first."""
    keys, modules = keys_of(tree), modules_of(tree)
    found = [one for name, make in BY_MODULE if name in modules for one in make(keys)]
    marks = [one for one in texts_of(tree) if 0 < len(one) <= 20 and not one.isspace()]
    lines = ["%s\n" % one for one in marks if " " not in one][:6]
    found += LINES if not found else LINES[:4]
    if lines:
        found += ["".join(lines), "a\n" + lines[0] + "b\n"] + lines[:2]
    return [one for one in dict.fromkeys(found) if len(one) <= CONTENT_MAX][:CONTENTS_MAX]


def names(tree):
    suffixes = [one for one in texts_of(tree) if re.fullmatch(r"\.[a-z0-9]{1,5}", one)]
    return ["data" + one for one in list(dict.fromkeys(suffixes))[:SUFFIXES_MAX] or [".txt"]]
