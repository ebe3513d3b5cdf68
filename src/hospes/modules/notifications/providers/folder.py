"""Delivers into a folder, for a Hospes without a mail server: every message is a file that mail programs open."""

import asyncio
import os
from pathlib import Path

from hospes.modules.notifications.providers.composing import compose
from hospes.modules.notifications.providers.port import Mail, MailDown
from hospes.platform.clock import Clock


class FolderMailer:
    """Writes `<id>.eml`; delivering again replaces it."""

    name = "folder"

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock

    async def send(self, mail: Mail) -> None:
        """Write the file."""
        raw = bytes(compose(mail, self._clock))
        try:
            await asyncio.to_thread(self._write, self._folder / f"{mail.id}.eml", raw)
        except OSError as fault:
            raise MailDown(f"The folder for mail could not be written ({type(fault).__name__}).") from fault

    def _write(self, path: Path, raw: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(".part")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
        fresh.replace(path)
