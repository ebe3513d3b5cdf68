"""Who bears a chargeback that was lost."""

from typing import Literal

Bearer = Literal["host", "platform"]
SERVED = frozenset({"in_progress", "completed", "no_show"})


def bears_chargeback(setting: Bearer, status: str) -> Bearer:
    """The host, once the stay, appointment or tour was given (or kept free in vain), unless the installation bears all;
    before that nobody has lost anything but the platform, which has sold it."""
    return "host" if setting == "host" and status in SERVED else "platform"
