"""How search is kept."""

from pathlib import Path

from pydantic import Field

from hospes.platform.settings.base import Section


class Search(Section):
    """`snapshot_from`: with this many listings or more the index is kept in a file, and processes start from it;
    smaller worlds are read from the database at every start. `folder`: where it lies, on a disk of the host itself;
    left out: `search` in data_dir. `descriptions`: also by what descriptions say, where that extra is installed."""

    folder: Path | None = None
    snapshot_from: int = Field(default=2_000, ge=0)
    descriptions: bool = True
