"""How search is kept."""

from pydantic import Field

from hospes.platform.settings.base import Section


class Search(Section):
    """`snapshot_from`: with this many listings or more the index is kept in a file of data_dir/search, and processes
    start from it; smaller worlds are read from the database at every start."""

    snapshot_from: int = Field(default=2_000, ge=0)
