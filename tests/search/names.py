"""Homes by their names, and what a process finds them under."""

from dataclasses import replace
from typing import Any

from hospes.modules.catalog.states import PropertyAction
from hospes.modules.catalog.use_cases.edit_property import edit_property
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.suggesting import suggestions
from hospes.platform.db import Database
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay
from tests.builders.identity import a_user
from tests.conftest import NOW

NAMES = ("Casa do Sol", "Moinho Velho", "Quinta Nova")
ALL = {"casa": ["Casa do Sol"], "moinho": ["Moinho Velho"], "quinta": ["Quinta Nova"]}


async def called(tx: Any, stay: Stay, name: str) -> None:
    """Written past everybody: no event tells of it."""
    await tx.run("UPDATE catalog.property SET name = %s WHERE id = %s", (name, stay.sellable.property_id))


async def renamed(rt: Runtime, stay: Stay, name: str) -> None:
    async with rt.db.write() as tx:
        [owner] = await tx.all(
            "SELECT b.owner_id FROM catalog.property AS p JOIN catalog.business AS b ON b.id = p.business_id"
            " WHERE p.id = %s",
            (stay.sellable.property_id,),
        )
        await edit_property(
            tx, user_id=owner["owner_id"], property_id=stay.sellable.property_id, changes={"name": name}, expected=None,
            now=NOW,
        )  # fmt: skip


async def reviewed(rt: Runtime, stay: Stay, action: PropertyAction) -> None:
    async with rt.db.write() as tx:
        admin = await a_user(tx)
        place = stay.sellable.property_id
        await review_property(tx, property_id=place, action=action, admin_id=admin.id, note="Because.", now=NOW)


async def opened(rt: Runtime, db: Database | None = None) -> LiveNames:
    live = LiveNames(replace(rt, db=db or rt.db))
    await live.open()
    await live.close()  # it follows no more by itself: tests call what it would
    return live


async def told(live: LiveNames, rt: Runtime) -> None:
    """Deliver what has been committed to these names too, though they are closed."""
    stop = rt.ports.tail.listen(live.hear)
    while await rt.ports.tail.poll():
        pass
    stop()


def known(live: LiveNames) -> dict[str, list[str]]:
    """What is found for the first words of some names."""
    asked = {text: suggestions(live, text, asker=Asker(), kinds=["property"], limit=8) for text in
             ("casa", "moinho", "quinta", "torre", "palacio")}  # fmt: skip
    return {text: [place.name for place in found] for text, found in asked.items() if found}
