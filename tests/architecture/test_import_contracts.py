"""The walls stand, and each is shown to fall when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREACHES = {
    "Imports between modules only go downwards": (
        "modules/catalog/contracts.py",
        "import hospes.modules.booking.facade",
    ),
    "Inside a module: edges, facade, use cases, stores, rules": (
        "modules/pricing/store.py",
        "import hospes.modules.pricing.http",
    ),
    "Other modules see only facade, contracts, events and errors": (
        "modules/booking/facade.py",
        "import hospes.modules.catalog.store",
    ),
    "The core of a module knows no framework, driver or SDK": (
        "modules/booking/states.py",
        "import fastapi",
    ),
    "No cycles among neighbours": (
        "platform/ids.py",
        "import hospes.platform.outbox",
    ),
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    script = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    env = {"PYTHONPATH": f"{root / 'src'}:{root}", "PATH": "", "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-c", script, "--no-cache"], cwd=root, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    skip = shutil.ignore_patterns("__pycache__", "*.html")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=skip)
    shutil.copytree(ROOT / "tests" / "architecture", tmp_path / "tests" / "architecture", ignore=skip)
    (tmp_path / "tests" / "__init__.py").touch()
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"Contracts: {len(BREACHES)} kept, 0 broken." in result.stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_this_contract_is_reported(contract: str, copy: Path) -> None:
    file, line = BREACHES[contract]
    path = copy / "src" / "hospes" / file
    path.write_text(f"{path.read_text()}\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout
