"""What people agree to, in which version, and how long they may think about leaving."""

from datetime import timedelta

VERSIONS = {"terms": "2026-11", "privacy": "2026-11", "marketing": "2026-11"}
GRACE = timedelta(days=14)
PUT_OFF = timedelta(days=1)
COPY_KEPT = timedelta(days=7)
