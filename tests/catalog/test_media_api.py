"""Pictures over HTTP: uploaded, cleaned, served, ordered, removed."""

import io
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.catalog.providers import pictures
from hospes.modules.identity.contracts import User
from hospes.platform.errors import NotFound
from tests.builders.catalog import a_resource
from tests.builders.identity import a_host
from tests.catalog.samples import a_jpeg, a_png
from tests.catalog.signed_in import bearer, runtime_of


@pytest.fixture
async def host(client: httpx.AsyncClient) -> User:
    async with runtime_of(client).db.write() as tx:
        return await a_host(tx)


@pytest.fixture
async def sold(client: httpx.AsyncClient, host: User) -> Sellable:
    async with runtime_of(client).db.write() as tx:
        return await a_resource(tx, owner_id=host.id)


async def upload(client: httpx.AsyncClient, user: User, sold: Sellable, raw: bytes, **form: Any) -> httpx.Response:
    return await client.post(
        f"/api/v1/properties/{sold.property_id}/media",
        files={"file": ("../../etc/passwd.jpg", raw, "image/jpeg")},
        data=form,
        headers=bearer(client, user),
    )


async def test_an_uploaded_picture_is_served_clean_and_for_ever(
    client: httpx.AsyncClient, host: User, sold: Sellable
) -> None:
    answer = await upload(client, host, sold, a_jpeg(2000, 1000, place="48.87 N"), alt=" The <b>garden</b> ")
    assert answer.status_code == 201, answer.text
    media = answer.json()
    assert (media["width"], media["height"], media["alt"]) == (1600, 800, "The <b>garden</b>")
    full = await client.get(media["url"])
    assert full.status_code == 200
    assert full.headers["content-type"] == "image/webp"
    assert full.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert full.headers["x-content-type-options"] == "nosniff"
    assert full.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert b"48.87" not in full.content
    thumb = await client.get(media["thumb_url"])
    assert Image.open(io.BytesIO(thumb.content)).size == (640, 320)
    again = await client.get(media["url"], headers={"If-None-Match": full.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_missing_thumbnail_is_answered_by_the_picture(client: httpx.AsyncClient) -> None:
    await runtime_of(client).storage.put("demo/sea.webp", b"the sea")
    assert (await client.get("/media/demo/sea-640.webp")).content == b"the sea"
    assert (await client.get("/media/demo/sea.png")).status_code == 404


@pytest.mark.parametrize(
    "key", ["..%2f..%2fetc%2fpasswd", "a/b.html", "a/b.svg", "x.webp/", "%00.webp", "x" * 300 + ".webp"]
)
async def test_only_pictures_are_served(client: httpx.AsyncClient, key: str) -> None:
    assert (await client.get(f"/media/{key}")).status_code == 404


@pytest.mark.parametrize(
    "raw", [b"", b"<svg onload=alert(1)>", a_png(40, 40)[:50], a_jpeg(20, 20) + b"\x00" * pictures.MAX_BYTES]
)
async def test_what_is_no_picture_is_refused_and_not_kept(
    client: httpx.AsyncClient, host: User, sold: Sellable, raw: bytes
) -> None:
    answer = await upload(client, host, sold, raw)
    assert (answer.status_code, answer.json()["code"]) == (422, "picture_refused")
    assert [error["field"] for error in answer.json()["errors"]] == ["file"]
    listed = await client.get(f"/api/v1/properties/{sold.property_id}/media")
    assert listed.json()["items"] == []


async def test_a_stranger_uploads_nothing(client: httpx.AsyncClient, host: User, sold: Sellable) -> None:
    async with runtime_of(client).db.write() as tx:
        stranger = await a_host(tx)
    assert (await upload(client, stranger, sold, a_png(20, 20))).status_code == 404
    assert (await upload(client, host, sold, a_png(20, 20), resource_id=str(uuid4()))).status_code == 404
    assert not list(runtime_of(client).settings.data_dir.rglob("*.webp"))


async def test_pictures_are_ordered_described_and_removed_with_their_files(
    client: httpx.AsyncClient, host: User, sold: Sellable
) -> None:
    mine = bearer(client, host)
    first = (await upload(client, host, sold, a_png(20, 20), resource_id=str(sold.resource_id))).json()
    second = (await upload(client, host, sold, a_png(30, 30))).json()
    assert first["resource_id"] == str(sold.resource_id)
    path = f"/api/v1/properties/{sold.property_id}/media"
    turned = await client.put(f"{path}/order", json={"ids": [second["id"], first["id"]]}, headers=mine)
    assert [each["id"] for each in turned.json()["items"]] == [second["id"], first["id"]]
    told = await client.patch(f"/api/v1/media/{second['id']}", json={"alt": "The door"}, headers=mine)
    assert told.json()["alt"] == "The door"
    assert (await client.delete(f"/api/v1/media/{second['id']}", headers=mine)).status_code == 204
    assert [each["id"] for each in (await client.get(path)).json()["items"]] == [first["id"]]
    storage = runtime_of(client).storage
    for url in (second["url"], second["thumb_url"]):
        with pytest.raises(NotFound):
            await storage.get(url.removeprefix("/media/"))
    assert await storage.get(first["url"].removeprefix("/media/"))
