"""The form of a partner's key, and what may be chosen of one.

`hk_live_` + 8 letters that are shown + `_` + 52 letters that are secret (256 bits): one expression finds keys that
somebody has published by mistake: `hk_live_[a-z2-7]{8}_[a-z2-7]{52}`.
"""

import re
from datetime import timedelta

START = "hk_"
OVERLAP = timedelta(hours=24)
MOST_KEYS = 20
LASTS_DAYS = (30, 90, 365)
PER_MINUTE, MOST_PER_MINUTE = 300, 6000
_FORM = re.compile(r"hk_live_([a-z2-7]{8})_([a-z2-7]{52})")


def write_key(prefix: str, secret: str) -> str:
    """The key as it is shown, once."""
    return f"hk_live_{prefix}_{secret}"


def read_key(text: str) -> tuple[str, str] | None:
    """Prefix and secret; None for what is no key."""
    found = _FORM.fullmatch(text)
    return (found[1], found[2]) if found else None
