"""An index as a process that starts now fills it, and what it finds for two nights or more."""

from datetime import date

from hospes.modules.search.contracts import Hit, Query
from hospes.modules.search.index.search_index import SearchIndex
from hospes.modules.search.keeping import loader
from hospes.platform.db import Database
from tests.conftest import NOW


async def loaded(db: Database) -> SearchIndex:
    index = loader.empty_index(NOW)
    await loader.load_all(db, index, now=NOW)
    return index


def found(index: SearchIndex, arrival: date, departure: date) -> list[Hit]:
    return list(index.find(Query(arrival=arrival, departure=departure), now=NOW).hits)
