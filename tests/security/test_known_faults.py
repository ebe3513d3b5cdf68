"""No package that is installed has a fault that is publicly known. Needs the network; `make audit` says the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "run.txt"
# Advisories that do not concern us, each with its reason in docs/security.md.
REASONED: frozenset[str] = frozenset()


@pytest.mark.slow
def test_nothing_that_is_installed_has_a_known_fault() -> None:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        said = subprocess.run(
            [*command, "-f", "json", "-r", str(REQUIREMENTS)], capture_output=True, text=True, timeout=120
        )
        packages = json.loads(said.stdout)["dependencies"]
    except (ValueError, subprocess.TimeoutExpired):
        pytest.skip("known faults cannot be asked for without the network")
    unasked = [each["name"] for each in packages if "skip_reason" in each]
    if unasked:
        pytest.skip(f"this package index tells nothing of known faults, of {len(unasked)} packages")
    found = {each["name"]: {fault["id"] for fault in each["vulns"]} - REASONED for each in packages}
    assert {name: faults for name, faults in found.items() if faults} == {}
