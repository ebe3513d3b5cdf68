"""`python -m tests.proof --walks 200 --steps 100`: more walks than the suite has time for; prints what was done."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from hospes.platform.db import Database
from hospes.platform.embedded import servers
from hospes.platform.migrating import migrate
from tests.builders.keys import KEYRING
from tests.proof.walk import Walk


async def walk(url: str, walks: int, steps: int, first: int) -> int:
    """The number of the first walk that found something, or 0; everything is printed."""
    database = Database(url, max_write=8, max_read=2, keyring=KEYRING)
    await database.open()
    done: Counter[str] = Counter()
    try:
        for seed in range(first, first + walks):
            walked = await Walk(database, seed).run(steps)
            done.update(walked.outcomes)
            if walked.broken:
                print(f"walk {seed}, step {walked.steps}: {walked.broken}")
                return seed
        print(json.dumps(dict(sorted(done.items())), indent=1))
        print(f"{walks} walks, {walks * steps} steps, {done.total()} commands, nothing broken")
        return 0
    finally:
        await database.close()


def main() -> None:
    """Servers of its own in a temporary folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("--walks", type=int, default=100)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hospes-proof-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with servers(folder / "main", durable=False) as (database, _):
            migrate(database)
            sys.exit(1 if asyncio.run(walk(database, asked.walks, asked.steps, asked.first)) else 0)


if __name__ == "__main__":
    main()
