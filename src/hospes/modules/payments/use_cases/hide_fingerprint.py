"""A provider's mark of a card goes no further than its answer: it is hashed before anything is written."""

from dataclasses import replace
from typing import TypeVar

from hospes.modules.payments.policies.marks import mark_of
from hospes.modules.payments.providers.port import Authorised, Saved, Succeeded
from hospes.platform.runtime import Runtime

T = TypeVar("T")


def hide_fingerprint(rt: Runtime, provider: str, answer: T) -> T:
    """The same answer, with a keyed hash for the mark."""
    if not isinstance(answer, Succeeded | Authorised | Saved) or answer.method is None:
        return answer
    mark = mark_of(rt.settings.auth.secret, provider, answer.method.fingerprint)
    return replace(answer, method=replace(answer.method, fingerprint=mark))
