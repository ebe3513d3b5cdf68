"""What the entrypoints may ask of recommendations."""

from typing import Any

from hospes.modules.recommendations.shelving import Shelving
from hospes.platform.runtime import Runtime


def open_shelves(rt: Runtime) -> Shelving:
    """Fill shelves and note views from now on."""
    shelving = Shelving(rt)
    shelving.noting.start()
    return shelving


async def close_shelves(shelving: Any) -> None:
    """Write the views that are only noted yet."""
    await shelving.noting.stop()
