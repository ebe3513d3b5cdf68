"""Password hashes."""

import time

import bcrypt

from hospes.modules.identity import passwords


async def test_a_password_is_kept_as_bcrypt_of_cost_10() -> None:
    kept = await passwords.hash_password("Correct-horse-7")
    assert kept.startswith("$2b$10$")
    assert bcrypt.checkpw(b"Correct-horse-7", kept.encode())
    assert await passwords.is_password("Correct-horse-7", kept)
    assert not await passwords.is_password("Correct-horse-8", kept)


async def test_two_long_passwords_that_agree_in_72_bytes_are_two_passwords() -> None:
    shared = "Aa1" + "x" * 80
    kept = await passwords.hash_password(shared + "left")
    assert await passwords.is_password(shared + "left", kept)
    assert not await passwords.is_password(shared + "right", kept)


async def test_without_an_account_no_password_fits_and_the_time_is_the_same() -> None:
    kept = await passwords.hash_password("Correct-horse-7")

    async def seconds(password_hash: str | None) -> float:
        started = time.perf_counter()
        assert not await passwords.is_password("Wrong-horse-7", password_hash)
        return time.perf_counter() - started

    known = min([await seconds(kept) for _ in range(4)])
    unknown = min([await seconds(None) for _ in range(4)])
    assert 0.5 < unknown / known < 2
