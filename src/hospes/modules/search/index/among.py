"""Which rows are of certain properties."""

from collections.abc import Collection
from uuid import UUID

import numpy as np

from hospes.modules.search.index.columns import Columns, Mask, Rows


def rows_among(columns: Columns, rows: Rows, wanted: Collection[UUID]) -> Mask:
    """For each row whether its property is wanted."""
    homes = columns.properties
    keys = np.unique(np.array([each.bytes for each in wanted], "S16"))
    codes = np.zeros(homes.used, np.bool_)
    if homes.sorted and len(keys):
        places = np.minimum(np.searchsorted(homes.ids[: homes.sorted], keys), homes.sorted - 1)
        codes[places[homes.ids[places] == keys]] = True
    codes[homes.sorted :] = np.isin(homes.ids[homes.sorted : homes.used], keys)
    found: Mask = codes[columns["property"][rows]]
    return found
