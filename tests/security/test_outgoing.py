"""Nobody makes us ask our own network: by an address, a name, a redirect or a name that changes its mind."""

import ast
from pathlib import Path

import pytest

import hospes
from hospes.platform.outgoing import AddressRefused, Outgoing
from tests.inventory.test_feeds_source import HERE, a_site, answer

SECRET = b"the keys of the kingdom"


async def get(outgoing: Outgoing, url: str) -> bytes:
    return (await outgoing.fetch(url, headers={}, max_bytes=1_000)).body


@pytest.mark.parametrize(
    "host", [HERE, "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0x7f000001", "017700000001", "0"]
)
async def test_no_way_of_writing_this_machine_reaches_it(host: str) -> None:
    async with a_site(lambda _: answer(SECRET)) as site:
        with pytest.raises(AddressRefused):
            await get(Outgoing(), site.url(host))
        assert site.heard == []


async def test_without_the_guard_they_would() -> None:
    async with a_site(lambda _: answer(SECRET)) as site:
        for host in (HERE, "localhost", "2130706433"):
            assert await get(Outgoing(allows=lambda _: True), site.url(host)) == SECRET
        assert len(site.heard) == 3


async def test_a_name_that_leads_to_the_metadata_of_a_cloud_is_refused() -> None:
    for address in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "::ffff:169.254.169.254"):

        async def resolve(host: str, port: int, address: str = address) -> list[str]:
            return [address]

        with pytest.raises(AddressRefused):
            await Outgoing(resolve).check("https://calendar.example/")


async def test_a_name_that_changes_its_mind_is_asked_where_it_was_checked() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return [HERE] if len(asked) == 1 else ["10.0.0.1"]

    async with a_site(lambda _: answer(b"public")) as site:
        outgoing = Outgoing(rebinding, allows=lambda address: address == HERE)
        assert await get(outgoing, site.url()) == b"public"
        with pytest.raises(AddressRefused):
            await get(outgoing, site.url())
        assert (len(asked), len(site.heard)) == (2, 1)


async def test_a_redirect_into_our_network_is_refused() -> None:
    async with a_site(lambda _: answer(SECRET)) as inside:
        to = f"Location: http://localhost:{inside.port}/"

        async def resolve(host: str, port: int) -> list[str]:
            return ["127.0.0.1" if host == "localhost" else "127.0.0.2"]

        async with a_site(lambda _: answer(b"", "302 Found", to)) as outside:

            async def there(host: str, port: int) -> list[str]:
                return [HERE] if host == "calendar.example" else ["10.0.0.1"]

            with pytest.raises(AddressRefused):
                await get(Outgoing(there, allows=lambda address: address == HERE), outside.url())
            followed = Outgoing(resolve, allows=lambda _: True)
            assert await get(followed, f"http://localhost:{inside.port}/") == SECRET
        assert len(inside.heard) == 1  # by the control alone


def test_what_asks_other_machines_is_known() -> None:
    """Every file that can open a connection by http; a new one is looked at before it is added here."""
    root = Path(hospes.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        names = {
            name.partition(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        }
        if names & {"httpx", "requests", "aiohttp", "http", "httpcore"} - {"http"}:
            found.add(str(path.relative_to(root)))
    by_settings = {
        each
        for each in found
        if "/providers/" in each and each.split("/")[1] in ("payments", "identity", "notifications")
    }
    assert found - by_settings == {"platform/outgoing.py"}
