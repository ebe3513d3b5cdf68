"""What the entrypoints may ask of search."""

from typing import Any

from hospes.platform.runtime import Runtime


async def open_index(rt: Runtime) -> Any:
    """Load the index and follow events."""
    return object()


async def close_index(index: Any) -> None:
    """Stop following."""
