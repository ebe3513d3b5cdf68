"""What proves a person besides their password, and the form of the codes they type."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

CODES_AT_ONCE = 10
# 16 letters of 5 bits, none that is taken for another: 80 bits, so their hash needs no salt and no cost.
_LETTERS = "023456789abcdefghjkmnpqrstuvwxyz"
LONGEST_NAME = 60
NO_NAME = "Passkey"


class Way(StrEnum):
    """A way to take the second step."""

    PASSKEY = "passkey"
    TOTP = "totp"
    SMS = "sms"
    RECOVERY_CODE = "recovery_code"


WORDS = {
    Way.PASSKEY: "a passkey",
    Way.TOTP: "an authenticator app",
    Way.SMS: "a code by text message",
    Way.RECOVERY_CODE: "a recovery code",
}


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has set up; `trusted`: the browser that asks needs no second step."""

    totp: bool
    sms: bool
    passkeys: int
    codes_left: int
    trusted: bool = False

    @property
    def any(self) -> bool:
        """Whether there is a second step at all."""
        return self.totp or self.sms or self.passkeys > 0

    @property
    def count(self) -> int:
        """How many can be lost before recovery codes are all that is left."""
        return self.totp + self.sms + self.passkeys

    @property
    def ways(self) -> tuple[Way, ...]:
        """How the second step can be taken, the soundest first; recovery codes only beside something else."""
        if not self.any:
            return ()
        has = {
            Way.PASSKEY: self.passkeys > 0,
            Way.TOTP: self.totp,
            Way.SMS: self.sms,
            Way.RECOVERY_CODE: self.codes_left > 0,
        }
        return tuple(way for way in Way if has[way])


def new_recovery_code(choose: Callable[[str], str]) -> str:
    """Such as `k3vf-92pm-xq7t-hd4w`; `choose` picks one letter at random."""
    letters = "".join(choose(_LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def as_recovery_code(text: str) -> str:
    """What was typed in stored form: small letters without spaces or dashes, an o read as the 0 it must be."""
    return re.sub(r"[\s-]", "", text.lower()).replace("o", "0")[:64]


def as_digits(text: str) -> str:
    """A code of six digits as typed, perhaps with spaces; empty when it is none."""
    bare = re.sub(r"[\s-]", "", text)
    return bare if re.fullmatch(r"[0-9]{6}", bare) else ""


def passkey_name(text: str) -> str:
    """A name in one line, at most 60 characters; raises ValueError."""
    name = " ".join(text.split())
    if len(name) > LONGEST_NAME:
        raise ValueError(f"At most {LONGEST_NAME} characters.")
    if not name.isprintable():
        raise ValueError("A name is made of letters, digits and signs.")
    return name or NO_NAME
