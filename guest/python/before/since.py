"""Which callables of each module are others than in a commit.

Called as `since.py ANSWER ROOT`; standard input is {"repository", "prefix", "ref", "modules"}. The
answer is {"modules": [null | [name...]]}: null where the module is new, an empty list where nothing
of it has changed; or {"error": text}.

Of git only `rev-parse` and `cat-file` are called: neither runs hooks, filters or text conversions.
"""
import ast
import json
import os
import subprocess
import sys


class Refused(Exception):
    pass


def git(repository, words, given=b""):
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "GIT_DIR": repository,
                   "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/tmp",
                   "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1",
                   "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(["git", "-c", "safe.directory=*"] + words, input=given,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
    except OSError as error:
        raise Refused("git cannot be started: %s" % error) from error
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip()


def commit_of(repository, ref):
    status, said, why = git(repository, ["rev-parse", "--verify", "--quiet", "--end-of-options",
                                         ref + "^{commit}"])
    if status != 0:
        raise Refused("there is no commit '%s'%s" % (ref, ": " + why if why else ""))
    return said.decode("ascii", "replace").strip()


def old_text(repository, commit, path):
    """None where the commit has no such file."""
    status, said, _ = git(repository, ["cat-file", "blob", "%s:%s" % (commit, path)])
    return said if status == 0 else None


# ---- what is different ----------------------------------------------------------------------------

def names_bound(node):
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and isinstance(one.ctx, (ast.Store, ast.Del)):
            yield one.id
        elif isinstance(one, ast.alias):
            yield (one.asname or one.name).split(".")[0]


class Parts:
    """A module, cut: callables by their name, and everything else by the names that it binds."""

    def __init__(self, tree):
        self.callables, self.others = {}, {}
        self.take(tree.body, "", self.others)

    def take(self, body, prefix, others):
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.callables.setdefault(prefix + node.name, []).append(node)
            elif isinstance(node, ast.ClassDef):
                self.take_class(node, prefix + node.name)
            elif isinstance(node, (ast.If, ast.Try)) and not prefix:
                self.take(node.body + getattr(node, "orelse", []), prefix, others)
                others.setdefault("", []).append(ast.dump(node))
            else:
                for name in set(names_bound(node)) or {""}:
                    others.setdefault(name, []).append(ast.dump(node))

    def take_class(self, node, name):
        own = {}
        self.callables.setdefault(name, [])
        self.take(node.body, name + ".", own)
        head = [ast.dump(one) for one in node.bases + node.keywords + node.decorator_list]
        self.others["class " + name] = [head, sorted((k, v) for k, v in own.items())]

    def shape(self, name):
        return [ast.dump(node) for node in self.callables[name]]

    def reads(self, name):
        return {one.id for node in self.callables[name] for one in ast.walk(node)
                if isinstance(one, ast.Name)}


def changed_names(before, after):
    """What differs itself, or reads a name of the module that is bound in another way."""
    moved = {name for name in set(before.others) | set(after.others)
             if before.others.get(name) != after.others.get(name)}
    for name in sorted(after.callables):
        is_class = "class " + name in after.others
        owner = "class " + name.rpartition(".")[0]
        if is_class:
            init = name + ".__init__"
            different = "class " + name in moved or init in after.callables and (
                init not in before.callables or before.shape(init) != after.shape(init))
        else:
            different = name not in before.callables or before.shape(name) != after.shape(name)
        if different or owner in moved or after.reads(name) & moved:
            yield name


def parse(text):
    """None where it cannot be parsed: then nothing is known about it."""
    try:
        return Parts(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def compare(old, new):
    if old is None or old == new:
        return None if old is None else []
    before, after = parse(old), parse(new)
    return None if before is None or after is None else list(changed_names(before, after))


def answer_of(wanted, root):
    commit = commit_of(wanted["repository"], wanted["ref"])
    modules = []
    for path in wanted["modules"]:
        with open(os.path.join(root, path), "rb") as source:
            new = source.read()
        place = wanted["prefix"] + "/" + path if wanted["prefix"] else path
        modules.append(compare(old_text(wanted["repository"], commit, place), new))
    return {"modules": modules}


def main():
    place, root = sys.argv[1:3]
    try:
        answer = answer_of(json.load(sys.stdin), root)
    except Refused as error:
        answer = {"error": str(error)[:300]}
    with open(place, "w", encoding="utf-8") as to:
        json.dump(answer, to)


main()
