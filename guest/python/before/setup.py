"""Runs the user's command in a copy of the project.

Called as `setup.py ANSWER ROOT COMMAND`; the copy is ./project, the answer is the command's status
and, where it failed, the last that it said.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import project_copy  # noqa: E402


def main():
    answer, root, command = sys.argv[1:4]
    project_copy.make(root, "project")
    environment = dict(os.environ)
    environment["PATH"] = os.path.dirname(sys.executable) + os.pathsep + environment.get("PATH", "")
    done = subprocess.run(["/bin/sh", "-c", command], cwd="project", env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    said = [line for line in done.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
    with open(answer, "w", encoding="utf-8") as to:
        json.dump({"status": done.returncode, "said": said[-1] if said else ""}, to)


main()
