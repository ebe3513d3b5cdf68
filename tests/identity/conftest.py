"""People that several tests of identity begin with."""

import pytest

from hospes.modules.identity.contracts import User
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user


@pytest.fixture
async def ada(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx)
