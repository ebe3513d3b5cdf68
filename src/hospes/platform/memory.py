"""Memory that is no longer used, given back to the machine."""

import ctypes
import sys


def give_back() -> None:
    """Have the C library let go of what it keeps for later: after much has been loaded and thrown away, some 20 MB.

    Does nothing where there is no way to ask for it (macOS, musl)."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    trim = getattr(library, "malloc_trim", None)
    if trim is not None:
        trim(0)
