"""Delivers into a folder, for a Hospes without an SMS account: every text is a file."""

import asyncio
import os
from pathlib import Path

from hospes.modules.notifications.providers.port import MailDown
from hospes.modules.notifications.providers.sms.port import Sms


class FolderTexter:
    """Writes `<id>.txt`: the number, an empty line, the text; delivering again replaces it."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, sms: Sms) -> None:
        """Write the file."""
        try:
            await asyncio.to_thread(self._write, self._folder / f"{sms.id}.txt", f"{sms.number}\n\n{sms.text}\n")
        except OSError as fault:
            raise MailDown(f"The folder for SMS could not be written ({type(fault).__name__}).") from fault

    def _write(self, path: Path, text: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(".part")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
