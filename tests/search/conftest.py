"""Worlds that several tests of search begin with."""

from collections.abc import AsyncIterator

import pytest

from hospes.entrypoints.wiring import open_runtime
from hospes.modules.search.naming import places
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Search as SearchSettings
from hospes.platform.settings import Settings
from tests.builders.booking import a_stay
from tests.conftest import FixedClock
from tests.search.names import NAMES, called


@pytest.fixture
async def started(settings: Settings, clock: FixedClock) -> AsyncIterator[Runtime]:
    """A process of a world that is always worth a file, with three homes of different names."""
    given = settings.model_copy(update={"search": SearchSettings(snapshot_from=0)})
    await places.open_places(settings.data_dir)
    async with open_runtime(given, clock=clock) as rt:
        async with rt.db.write() as tx:
            for name in NAMES:
                stay = await a_stay(tx)
                await called(tx, stay, name)
        await rt.ports.tail.mark()
        yield rt
    places.set_listings({})
