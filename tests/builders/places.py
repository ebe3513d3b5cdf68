"""The gazetteer, gathered once on a machine and lent to every test: gathering takes seconds."""

import os
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

from hospes.modules.search.naming import gazetteer

_MADE_BY = Path(gazetteer.__file__).parent
_SOURCES = [_MADE_BY / name for name in ("gazetteer.py", "sources.py", "folding.py", "lexicon.py")]


def lend_places(folder: Path) -> None:
    """As if the folder had it already."""
    there = gazetteer.kept_in(folder)
    if not there.exists():
        there.symlink_to(_lent(), target_is_directory=True)


@cache
def _lent() -> Path:
    code = sha256(b"".join(each.read_bytes() for each in _SOURCES)).hexdigest()[:16]
    folder = Path(gettempdir()) / f"hospes-places-{os.getuid()}-{code}"
    folder.mkdir(exist_ok=True)
    kept = gazetteer.kept_in(folder)
    if not kept.exists():
        subprocess.run([sys.executable, "-m", gazetteer.__name__, str(kept)], check=True)
    return kept
