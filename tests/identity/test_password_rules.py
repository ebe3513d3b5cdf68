"""Which passwords are refused, and why: the list that is installed, what is known of the person, and breaches."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hospes.modules.identity import common_passwords
from hospes.modules.identity.common_passwords import is_common
from hospes.modules.identity.policies.password import acceptable_password
from hospes.modules.identity.providers.pwned import times_breached
from hospes.modules.identity.use_cases.admit_password import BREACHED, admit_password
from hospes.platform.errors import Invalid
from hospes.platform.settings import Security
from tests.providers_wire.wire import Faults, on_a_port

ADA = ("ada.lovelace@example.com", "Ada", "Lovelace")
GOOD = "Correct-horse-7"


@pytest.mark.parametrize(
    "password",
    [
        "Password1",
        "P@ssw0rd1",
        "pAsSwOrD",
        "Dragon2024!",
        "Qwerty123",
        "1qaz2wsx",
        "Iloveyou99",
        "123Welcome!",
        "Trustno1",
    ],
)
def test_what_everybody_tries_first_is_common_however_it_is_spelled(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize("password", [GOOD, "Lantern-2026", "Sunflower-Lane-42", "Kx9!vLmQ2", "Tr0ub4dor&3", ""])
def test_what_is_not_on_the_list_is_not_common(password: str) -> None:
    assert not is_common(password)


def test_the_list_is_whole_and_small() -> None:
    marks = common_passwords._marks()
    assert len(marks) == 30_000
    assert len(marks) * marks.itemsize == 240_000
    import sys

    assert "zxcvbn" not in sys.modules, "the list is read, its library is not"


@pytest.mark.parametrize("password", ["Lovelace-7-x", "my-LOVELACE-99", "Ada.lovelace1", "xAda.Lovelace9"])
def test_a_password_with_the_name_or_address_of_its_person_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="cannot contain your name or email address"):
        acceptable_password(password, ADA)
    assert acceptable_password(password, ("grace@example.com", "Grace", "Hopper")) == password


def test_names_of_three_letters_are_in_too_many_words_to_be_refused() -> None:
    assert acceptable_password("Canada-trip-77", ADA) == "Canada-trip-77"


def test_everything_that_is_missing_is_told_at_once_and_then_the_one_reason() -> None:
    with pytest.raises(ValueError, match=r"at least 8 characters, a capital letter and a digit\."):
        acceptable_password("short", ADA)
    with pytest.raises(ValueError, match="is tried first"):
        acceptable_password("Password1", ADA)


@dataclass
class Range:
    """A range API as haveibeenpwned.com documents it: endings of SHA-1 with counts, padded with counts of 0."""

    breached: dict[str, int]
    faults: Faults = field(default_factory=Faults)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/range/{prefix}", self._serve)])

    async def _serve(self, request: Request) -> Response:
        return await self.faults.around(request, lambda: self._answer(request))

    async def _answer(self, request: Request) -> Response:
        prefix = request.path_params["prefix"]
        self.asked.append((prefix, request.headers.get("add-padding", "")))
        lines = [f"{'0' * 35}:0"]
        for password, count in self.breached.items():
            digest = hashlib.sha1(password.encode()).hexdigest().upper()
            if digest.startswith(prefix):
                lines.append(f"{digest[5:]}:{count}")
        return PlainTextResponse("\r\n".join(lines))


@pytest.fixture
async def breaches() -> AsyncIterator[tuple[Range, str]]:
    known = Range({GOOD: 12, "Padded-horse-8": 0})
    async with on_a_port(known.app()) as base:
        yield known, f"{base}/range"


async def test_a_breached_password_is_refused_and_only_five_letters_of_its_hash_are_told(
    breaches: tuple[Range, str],
) -> None:
    known, url = breaches
    with pytest.raises(Invalid) as refused:
        await admit_password(Security(pwned_passwords=url), password=GOOD)
    assert refused.value.fields == {"password": BREACHED}
    assert known.asked == [(hashlib.sha1(GOOD.encode()).hexdigest().upper()[:5], "true")]
    assert await times_breached(url, "Padded-horse-8") == 0, "padding counts nothing"
    assert await times_breached(url, "Another-horse-9") == 0


async def test_nobody_is_asked_unless_it_is_set(breaches: tuple[Range, str]) -> None:
    assert (await admit_password(Security(), password=GOOD)).startswith("$2b$")
    assert breaches[0].asked == []


async def test_whoever_cannot_be_asked_keeps_nobody_from_setting_a_password(breaches: tuple[Range, str]) -> None:
    known, url = breaches
    for mode in ("500", "nonsense", "cut_after"):
        known.faults.next(mode, method="GET")  # type: ignore[arg-type]
        assert (await admit_password(Security(pwned_passwords=url), password=GOOD)).startswith("$2b$"), mode
    assert (await admit_password(Security(pwned_passwords="http://127.0.0.1:9"), password=GOOD)).startswith("$2b$")
