"""What providers say about people is believed only when it is theirs, for us, about this errand, and fresh."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey
from pydantic import SecretStr

from hospes.modules.identity.errands import new_errand
from hospes.modules.identity.providers.apple import Apple
from hospes.modules.identity.providers.facebook import Facebook
from hospes.modules.identity.providers.google import Google
from hospes.modules.identity.providers.oidc import OpenIdProvider
from hospes.modules.identity.providers.port import ProviderSilent, Vouched, VouchingRefused
from hospes.platform.settings import AppleSignIn, FacebookSignIn, GoogleSignIn
from tests.providers_wire import facebook_server
from tests.providers_wire.facebook_server import FacebookServer
from tests.providers_wire.openid_server import CLIENT_ID, SECRET, OpenIdServer
from tests.providers_wire.wire import on_a_port

BACK = "http://127.0.0.1/login/with/oidc/callback"
NONCE = "a-nonce-nobody-knows"
ADA = Vouched("oidc", "someone-1", "ada@example.com", True, "Ada", "Lovelace")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def server() -> AsyncIterator[OpenIdServer]:
    one = OpenIdServer()
    async with on_a_port(one.app()) as issuer:
        one.issuer = issuer
        yield one


@pytest.fixture
async def provider(server: OpenIdServer) -> AsyncIterator[OpenIdProvider]:
    opened = OpenIdProvider("oidc", "Ours", issuer=server.issuer, client_id=CLIENT_ID, secret=SECRET)
    yield opened
    await opened.aclose()


async def test_a_code_is_redeemed_with_its_verifier_and_the_person_is_who_the_token_says(
    server: OpenIdServer, provider: OpenIdProvider
) -> None:
    errand = new_errand(BACK)
    came = server.approve(await provider.address(errand))
    assert came["state"] == errand.state
    assert await provider.redeem(errand, came["code"], said="", now=now()) == ADA


async def test_a_code_is_worth_nothing_to_who_does_not_have_the_verifier_or_comes_twice(
    server: OpenIdServer, provider: OpenIdProvider
) -> None:
    errand = new_errand(BACK)
    came = server.approve(await provider.address(errand))
    with pytest.raises(VouchingRefused, match="invalid_grant"):
        await provider.redeem(new_errand(BACK), came["code"], said="", now=now())
    came = server.approve(await provider.address(errand))
    assert await provider.redeem(errand, came["code"], said="", now=now()) == ADA
    with pytest.raises(VouchingRefused, match="invalid_grant"):
        await provider.redeem(errand, came["code"], said="", now=now())


async def test_a_right_token_is_believed(server: OpenIdServer, provider: OpenIdProvider) -> None:
    assert await provider.read(server.id_token(NONCE), NONCE, now=now()) == ADA
    several = server.id_token(NONCE, aud=[CLIENT_ID, "another"], azp=CLIENT_ID)
    assert await provider.read(several, NONCE, now=now()) == ADA


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "another-client"}, "another audience"),
        ({"aud": [CLIENT_ID, "another"]}, "which audience"),
        ({"azp": "another-client"}, "another audience"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"nonce": "of another errand"}, "another question"),
        ({"nonce": None}, "another question"),
        ({"exp": 1}, "run out"),
        ({"iat": 1}, "run out"),
        ({"iat": 9_999_999_999, "exp": 9_999_999_999}, "run out"),
        ({"exp": None}, "when it ends"),
        ({"sub": None}, "nobody"),
        ({"sub": ""}, "nobody"),
        ({"sub": "x" * 256}, "nobody"),
    ],
)
async def test_a_token_that_is_not_for_us_or_not_now_is_refused(
    server: OpenIdServer, provider: OpenIdProvider, claims: dict[str, Any], reason: str
) -> None:
    with pytest.raises(VouchingRefused, match=reason):
        await provider.read(server.id_token(NONCE, **claims), NONCE, now=now())


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_an_algorithm_that_anybody_can_sign_with_is_refused(
    server: OpenIdServer, provider: OpenIdProvider, algorithm: str
) -> None:
    server.algorithm = algorithm
    with pytest.raises(VouchingRefused, match="not the provider's"):
        await provider.read(server.id_token(NONCE), NONCE, now=now())


@pytest.mark.parametrize("token", ["", "a.b.c", "not a token", "x" * 8000])
async def test_what_is_no_token_is_refused(provider: OpenIdProvider, token: str) -> None:
    with pytest.raises(VouchingRefused):
        await provider.read(token, NONCE, now=now())


async def test_a_token_of_somebody_elses_key_is_refused_and_a_new_key_is_asked_for_once_a_minute(
    server: OpenIdServer, provider: OpenIdProvider
) -> None:
    await provider.read(server.id_token(NONCE), NONCE, now=now())
    published, server.key = server.key, RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
    forged = server.id_token(NONCE)
    server.key = published
    with pytest.raises(VouchingRefused):
        await provider.read(forged, NONCE, now=now())
    assert server.asked_for_keys == 1

    server.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    with pytest.raises(VouchingRefused):  # it was asked for less than a minute ago
        await provider.read(server.id_token(NONCE), NONCE, now=now())
    later = now() + timedelta(seconds=61)
    assert await provider.read(server.id_token(NONCE), NONCE, now=later) == ADA
    assert server.asked_for_keys == 2


async def test_a_provider_that_is_away_or_speaks_for_another_is_silent(server: OpenIdServer) -> None:
    for setting in ("broken", "name"):
        away = OpenIdProvider("oidc", "Ours", issuer=server.issuer, client_id=CLIENT_ID, secret=SECRET)
        setattr(server, setting, "https://evil.example" if setting == "name" else True)
        with pytest.raises(ProviderSilent):
            await away.address(new_errand(BACK))
        setattr(server, setting, "" if setting == "name" else False)
        assert (await away.address(new_errand(BACK))).startswith(f"{server.issuer}/authorize?")
        await away.aclose()
    nowhere = OpenIdProvider("oidc", "Ours", issuer="http://127.0.0.1:9", client_id=CLIENT_ID, secret=SECRET)
    with pytest.raises(ProviderSilent):
        await nowhere.address(new_errand(BACK))
    await nowhere.aclose()


async def test_google_may_write_its_name_without_a_scheme(server: OpenIdServer) -> None:
    google = Google(GoogleSignIn(client_id=CLIENT_ID, client_secret=SecretStr(SECRET), issuer=server.issuer))
    google._issuers = {"https://accounts.google.com", "accounts.google.com"}
    said = await google.read(server.id_token(NONCE, iss="accounts.google.com"), NONCE, now=now())
    assert (said.provider, said.subject) == ("google", "someone-1")
    real = Google(GoogleSignIn(client_id=CLIENT_ID))
    assert real._issuers == google._issuers
    await google.aclose()
    await real.aclose()


async def test_apple_is_given_a_signed_secret_tells_the_name_once_and_relays_mail(server: OpenIdServer) -> None:
    key = ECKey.generate_key("P-256")
    server.apple = key
    settings = AppleSignIn(
        client_id=CLIENT_ID,
        team_id="TEAM",
        key_id="KEY",
        private_key=SecretStr(key.as_pem(private=True).decode()),
        issuer=server.issuer,
    )
    apple = Apple(settings)
    server.claims = {"email": "x7@privaterelay.appleid.com", "email_verified": "true", "is_private_email": "true"}
    server.claims |= {"given_name": None, "family_name": None}
    form = '{"name": {"firstName": "Ada", "lastName": "King"}, "email": "ignored@example.com"}'
    errand = new_errand(BACK)
    address = await apple.address(errand)
    assert "response_mode=form_post" in address
    came = server.approve(address)
    first = await apple.redeem(errand, came["code"], said=form, now=now())
    assert first == Vouched("apple", "someone-1", "x7@privaterelay.appleid.com", True, "Ada", "King")
    came = server.approve(await apple.address(errand))
    assert (await apple.redeem(errand, came["code"], said="", now=now())).first_name == ""
    for nonsense in ("[]", "{", '{"name": 3}', '{"name": null}'):
        came = server.approve(await apple.address(errand))
        assert (await apple.redeem(errand, came["code"], said=nonsense, now=now())).last_name == ""

    other = Apple(settings.model_copy(update={"team_id": "OTHER"}))
    came = server.approve(await other.address(errand))
    with pytest.raises(VouchingRefused, match="invalid_grant"):
        await other.redeem(errand, came["code"], said="", now=now())
    await apple.aclose()
    await other.aclose()


async def test_facebook_is_asked_whose_token_it_is_and_its_addresses_prove_nothing() -> None:
    server = FacebookServer()
    async with on_a_port(server.app()) as url:
        facebook = Facebook(
            FacebookSignIn(app_id=facebook_server.APP_ID, app_secret=SecretStr(facebook_server.SECRET), graph_url=url)
        )
        errand = new_errand(BACK)
        assert "code_challenge=" in await facebook.address(errand)
        found = await facebook.redeem(errand, "a-code", said="", now=now())
        assert found == Vouched("facebook", "77", "ada@example.com", False, "Ada", "Lovelace")

        server.app_of_token = "an app of somebody else"
        with pytest.raises(VouchingRefused, match="not of this app"):
            await facebook.redeem(errand, "a-code", said="", now=now())
        server.app_of_token, server.checked_as = facebook_server.APP_ID, "78"
        with pytest.raises(VouchingRefused, match="somebody else"):
            await facebook.redeem(errand, "a-code", said="", now=now())
        with pytest.raises(VouchingRefused):
            await facebook.redeem(errand, "another code", said="", now=now())
        with pytest.raises(VouchingRefused):
            await facebook.read("token", NONCE, now=now())
        await facebook.aclose()
