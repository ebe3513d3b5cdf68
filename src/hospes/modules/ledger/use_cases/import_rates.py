"""Take rates over from a file that an operator has fetched."""

from pathlib import Path

from hospes.modules.ledger import store
from hospes.modules.ledger.providers.ecb_file import EcbFile
from hospes.platform.runtime import Runtime


async def import_rates(rt: Runtime, file: Path) -> int:
    """Keep them all, or none; those known for their source and day are replaced. Answers how many there were.

    Raises `RatesUnreadable`."""
    found = await EcbFile(file).rates()
    async with rt.db.write() as tx:
        await store.insert_rates(tx, found, now=rt.clock.now())
    return len(found)
