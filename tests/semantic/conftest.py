"""One process that embeds for all of these tests."""

from collections.abc import AsyncIterator

import pytest

from hospes.modules.semantic.asking import Asking


@pytest.fixture(scope="session")
async def asking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asking]:
    made = Asking(tmp_path_factory.mktemp("semantic"))
    await made.texts(["warm"])  # a question does not wait as long as a model may take to load
    yield made
    await made.close()
