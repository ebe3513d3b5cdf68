"""A runtime whose provider does as the test wants."""

import pytest

from hospes.platform.runtime import Runtime
from tests.builders.payments import FakeProvider


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def rt(runtime: Runtime, provider: FakeProvider) -> Runtime:
    runtime.ports.payment_providers = {**runtime.ports.payment_providers, "fake": provider}
    return runtime
