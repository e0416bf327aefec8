"""Installs packages of Python inside a box whose only network is the gate.

Runs as the interpreter that will use them. In the work folder lies what is wanted (wish). Into it come
the packages themselves (tree), what they are (packages) and how to have the same again (lock:
requirements with hashes); or why nothing was installed (failure): what happened, what to do, and
during which package.
"""

import compileall
import json
import os
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

WORK = os.getcwd()
TREE = os.path.join(WORK, "tree")
WISH = os.path.join(WORK, "wish")
REPORT = os.path.join(WORK, "report.json")
INDEX = os.environ["TESTUDO_INDEX"]
CA = os.environ.get("TESTUDO_CA")
SCRIPTS = os.environ["TESTUDO_SCRIPTS"] == "1"
SHOWN = "/in/.deps"

# NAME[extras] constraints ; marker --hash=...: what an index is asked for by name.
PLAIN = re.compile(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[A-Za-z0-9._,\s-]*\])?"
    r"\s*\(?\s*((===|==|~=|!=|<=|>=|<|>)[^;@/#]*)?\)?\s*(;[^@]*)?(\s--hash=\S+)*\s*$"
)


def fail(what, hint="", package=""):
    with open(os.path.join(WORK, "failure"), "w", encoding="utf-8") as out:
        for line in (what, hint, package):
            out.write(line.replace("\n", " ") + "\n")
    sys.exit(1)


def read_lines(name):
    path = os.path.join(WISH, name)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        return lines.read().splitlines()


def check_plain(lines):
    """A package that is named by a URL or a path may be a source, which runs code to be built."""
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    for line in joined:
        line = re.sub(r"(^|\s)#.*$", "", line).strip()
        if line and not PLAIN.match(line):
            fail(
                f"'{line[:120]}' is not asked for by a name alone",
                "options, paths and URLs are taken with --allow-scripts only: they may run code "
                "while they are installed",
            )


# ---- pip ------------------------------------------------------------------------------------------


def pip_version():
    try:
        import pip
    except ImportError:
        fail(
            "this Python has no pip, so nothing can be installed for it",
            "apt-get install python3-pip, or python -m ensurepip in its environment",
        )
    return tuple(int(part) for part in re.findall(r"\d+", pip.__version__)[:2])


def pip_arguments(specs):
    arguments = [
        sys.executable, "-m", "pip", "--isolated", "install",
        "--no-input", "--disable-pip-version-check", "--no-cache-dir", "--no-compile",
        "--no-warn-script-location", "--progress-bar=off", "--retries=1", "--timeout=30",
        "--target", TREE, "--report", REPORT,
        "--index-url", INDEX, "--proxy", os.environ["HTTPS_PROXY"],
    ]  # fmt: skip
    if CA:
        arguments += ["--cert", CA]
    lock = os.path.join(WISH, "lock")
    if os.path.exists(lock):
        arguments += ["--no-deps", "--require-hashes", "-r", lock]
    else:
        requirements = os.path.join(WISH, "requirements.txt")
        if os.path.exists(requirements):
            arguments += ["-r", requirements]
        arguments += specs
    if not SCRIPTS:
        arguments.append("--only-binary=:all:")
    return arguments


def run_pip(specs):
    environment = dict(os.environ, TMPDIR=os.path.join(WORK, "tmp"))
    os.makedirs(environment["TMPDIR"], exist_ok=True)
    child = subprocess.run(
        pip_arguments(specs),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    return child.returncode, child.stdout


# ---- why it failed --------------------------------------------------------------------------------


def open_index(name):
    """The page of a project, or None where there is none."""
    normal = re.sub(r"[-_.]+", "-", name).lower()
    url = urllib.parse.urljoin(INDEX.rstrip("/") + "/", urllib.parse.quote(normal) + "/")
    context = ssl.create_default_context(cafile=CA)
    proxies = urllib.request.ProxyHandler({"https": os.environ["HTTPS_PROXY"]})
    opener = urllib.request.build_opener(proxies, urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(url, timeout=30) as page:
            return page.read(32 << 20).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def versions_of(page, name):
    """Of all files that the page lists, and of the wheels alone."""
    normal = re.sub(r"[-_.]+", "[-_.]+", re.escape(re.sub(r"[-_.]+", "-", name)).replace(r"\-", "-"))
    pattern = re.compile(rf">\s*{normal}-(\d[^-<]*?)(-[^<]*\.whl|\.tar\.gz|\.zip|\.tar\.bz2)\s*<", re.I)
    every, wheels = [], set()
    for version, ending in pattern.findall(page):
        if version not in every:
            every.append(version)
        if ending.endswith(".whl"):
            wheels.add(version)
    return every, wheels


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)]


def explain_missing(spec):
    name = re.split(r"[\s\[<>=!~;(]", spec, maxsplit=1)[0]
    python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    try:
        page = open_index(name)
    except (OSError, ValueError):
        return fail(f"{spec}: the index cannot be asked", package=name)
    if page is None:
        return fail(f"there is no package '{name}' at {INDEX}", "is its name spelled so?", name)
    every, wheels = versions_of(page, name)
    exact = re.search(r"={2,3}\s*([^\s,;)]+)", spec)
    if exact and exact.group(1) not in every:
        newest = ", ".join(sorted(every, key=numbers)[-3:])
        return fail(f"there is no version {exact.group(1)} of {name}", f"the newest are {newest}", name)
    if exact and exact.group(1) in wheels:
        return fail(
            f"{name} {exact.group(1)} has no wheel for this {python} and machine",
            "another version of it, or of Python (--version), may have one; --allow-scripts builds "
            "from source, in the same box",
            name,
        )
    if not wheels or (exact and exact.group(1) not in wheels):
        return fail(
            f"{spec} is published as source only, which would run its code to be built",
            "--allow-scripts does that, in the same box",
            name,
        )
    return fail(
        f"no version of {spec} fits this {python} and machine",
        f"there are {len(every)} versions, the newest {max(every, key=numbers)}; --allow-scripts may build one",
        name,
    )


def building(output):
    """The package whose code ran last."""
    found = re.findall(r"(?:Collecting|Building wheel for|Preparing metadata.*for) ([A-Za-z0-9._-]+)", output)
    return found[-1] if found else ""


def explain(output):
    package = building(output)
    missing = re.search(r"No matching distribution found for ([^\n(]+)", output)
    if missing:
        explain_missing(missing.group(1).strip())
    if "DO NOT MATCH THE HASHES" in output or "Hashes are required" in output:
        named = re.search(r"^\s+(\S+) from (\S+)", output, re.M)
        fail(
            f"{named.group(1) if named else 'a package'} is not what its hash says",
            "the index gives other bytes than those that were asked for; --upgrade resolves anew",
            package,
        )
    if "No space left on device" in output:
        fail("the packages need more disk than an installation may have", "", package)
    if "ResolutionImpossible" in output or "conflicting dependencies" in output:
        causes = re.findall(r"^\s{4}(.* depends on .*|The user requested .*)$", output, re.M)
        fail("the packages exclude each other: " + "; ".join(causes)[:300], "", package)
    errors = re.findall(r"^ERROR: (.*)$|^(.*(?:Error|error): .*)$", output, re.M)
    last = next((a or b for a, b in reversed(errors) if a or b), output.strip()[-300:])
    fail(f"pip: {last[:300]}", "testudo run --allow-scripts builds from source" if not SCRIPTS and
         "from source" in last else "", package)


# ---- what was installed ---------------------------------------------------------------------------


def write_lists():
    with open(REPORT, encoding="utf-8") as file:
        items = json.load(file)["install"]
    items.sort(key=lambda item: item["metadata"]["name"].lower())
    lock, packages = [], []
    for item in items:
        name, version = item["metadata"]["name"], item["metadata"]["version"]
        archive = item["download_info"].get("archive_info") or {}
        digest = (archive.get("hashes") or {}).get("sha256")
        if digest is None and "=" in archive.get("hash", ""):
            digest = archive["hash"].split("=", 1)[1]
        lock.append(f"{name}=={version} --hash=sha256:{digest}\n")
        packages.append(f"{name} {version}\n")
    for name, lines in (("lock", lock), ("packages", packages)):
        with open(os.path.join(WORK, name), "w", encoding="utf-8") as out:
            out.writelines(lines)
    return len(items)


def compile_all():
    """Once here instead of at each run; what cannot be compiled says so when it is imported."""
    many = sum(len(files) for _, _, files in os.walk(TREE)) > 400
    compileall.compile_dir(
        TREE,
        ddir=SHOWN,
        quiet=2,
        workers=2 if many else 1,
        invalidation_mode=__import__("py_compile").PycInvalidationMode.UNCHECKED_HASH,
    )


def main():
    if pip_version() < (22, 2):
        fail("the pip of this Python is older than 22.2", "python -m pip install --upgrade pip")
    specs = [line for line in read_lines("specs") if line.strip()]
    if not SCRIPTS:
        check_plain(specs)
        check_plain(read_lines("requirements.txt"))
    os.makedirs(TREE, exist_ok=True)
    status, output = run_pip(specs)
    if status != 0:
        sys.stderr.write(output[-8000:])
        explain(output)
    write_lists()
    compile_all()


main()
