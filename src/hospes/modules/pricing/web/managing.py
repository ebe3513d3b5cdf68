"""Whose rates these pages show, and how they answer."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound
from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import Rate, RatePlan
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx
from hospes.platform.pages import flash


@dataclass(frozen=True, slots=True)
class Managed:
    """A resource of the caller's with its rate, if it has one, and its plans."""

    sellable: Sellable
    rate: Rate | None
    plans: list[RatePlan]

    @property
    def currency(self) -> str:
        """Of its amounts."""
        return self.rate.currency if self.rate else "EUR"

    def plan_options(self) -> list[tuple[str, str]]:
        """The plans to choose from."""
        return [(str(each.id), each.name) for each in self.plans]

    def plan_name(self, plan_id: UUID | None) -> str:
        """The name of a plan; empty for every plan."""
        return next((each.name for each in self.plans if each.id == plan_id), "")


async def managed(tx: ReadTx, caller: Caller, resource_id: UUID) -> Managed:
    """Raises `ResourceNotFound` for what is not the caller's."""
    sellable = await catalog.get_sellable(tx, resource_id)
    try:
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    except BusinessNotFound:
        raise ResourceNotFound() from None
    rate = await facade.find_rate(tx, resource_id)
    return Managed(sellable, rate, await facade.list_plans(tx, resource_id))


def back(resource_id: UUID, said: str) -> Response:
    """To the rates of the resource."""
    response = RedirectResponse(f"/host/rates/{resource_id}", 303)
    flash(response, said)
    return response


def version_of(text: str) -> int | None:
    """The version a form was filled from."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None
