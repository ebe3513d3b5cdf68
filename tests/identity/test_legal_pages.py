"""What people agree to can be read before they do."""

import httpx
import pytest


@pytest.mark.parametrize(("path", "words"), [("/terms", "Terms of use"), ("/privacy", "sealed with a key of your own")])
async def test_anybody_can_read_what_they_agree_to(client: httpx.AsyncClient, path: str, words: str) -> None:
    page = await client.get(path)
    assert page.status_code == 200
    assert words in page.text
    assert f'href="{path}"' in (await client.get("/signup")).text


async def test_an_operators_own_terms_are_shown_instead(client: httpx.AsyncClient) -> None:
    rt = client.app.state.runtime  # type: ignore[attr-defined]
    legal = rt.settings.legal.model_copy(update={"terms_url": "https://hotel.example/terms"})
    client.app.state.runtime = type(rt)(  # type: ignore[attr-defined]
        rt.db, rt.clock, rt.settings.model_copy(update={"legal": legal}), rt.valkey, rt.storage, rt.ports
    )
    answer = await client.get("/terms")
    assert (answer.status_code, answer.headers["location"]) == (303, "https://hotel.example/terms")
    assert (await client.get("/privacy")).status_code == 200
