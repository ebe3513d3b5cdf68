"""What is claimed besides what a guest has, so that a change stays possible until it is paid."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hospes.modules.booking.contracts import Quote
from hospes.modules.inventory.contracts import Ask, Claim, ClaimAsk, DepartureAsk, SlotAsk


def prefer_own_units(quote: Quote, own: Sequence[Claim]) -> Quote:
    """The same, trying first the units the guest has."""
    mine = [each.unit_id for each in own if each.unit_id is not None]
    items = tuple(
        replace(item, asks=tuple(_turned(ask, mine) for ask in item.asks)) if mine else item
        for item in quote.terms.items
    )
    return replace(quote, terms=replace(quote.terms, items=items))


def parts_to_keep(asks: Sequence[Ask], tried: Sequence[Claim], own: Sequence[Claim]) -> list[Ask]:
    """The asks for what is wanted and not held yet.

    `tried`: the claims that `asks` got when they were tried, in order. Hours that touch what the guest has on the same
    unit are left out: they cannot be held twice, and most of them are the guest's anyway.
    """
    parts: list[Ask] = []
    counted = set()
    for ask, claim in zip(asks, tried, strict=True):
        if isinstance(ask, DepartureAsk):
            has = sum(each.quantity for each in own if each.departure_id == ask.departure_id)
            parts += [replace(ask, quantity=ask.quantity - has)] if ask.quantity > has else []
            continue
        same = [each for each in own if each.resource_id == ask.resource_id and each.unit_id == claim.unit_id]
        if isinstance(ask, SlotAsk):
            if claim.unit_id is not None and not any(_touch(ask, each) for each in same):
                parts.append(replace(ask, unit_ids=(claim.unit_id,)))
        elif claim.unit_id is not None:
            parts += [replace(each, unit_ids=(claim.unit_id,)) for each in _nights_beyond(ask, same)]
        elif ask.resource_id not in counted:
            counted.add(ask.resource_id)
            parts += _nights_beyond(ask, same)
    return parts


def _turned(ask: Ask, mine: Sequence[object]) -> Ask:
    if isinstance(ask, DepartureAsk):
        return ask
    return replace(ask, unit_ids=tuple(sorted(ask.unit_ids, key=lambda unit: unit not in mine)))


def _nights_beyond(ask: ClaimAsk, own: Sequence[Claim]) -> list[ClaimAsk]:
    """Runs of nights on which more is needed than the guest has."""
    runs: list[ClaimAsk] = []
    for at in range((ask.departure - ask.first_night).days):
        night = ask.first_night + timedelta(days=at)
        need = ask.quantity - sum(each.quantity for each in own if each.first_night <= night < each.departure)
        if need <= 0:
            continue
        if runs and runs[-1].departure == night and runs[-1].quantity == need:
            runs[-1] = replace(runs[-1], departure=night + timedelta(days=1))
        else:
            runs.append(replace(ask, first_night=night, departure=night + timedelta(days=1), quantity=need))
    return runs


def _touch(ask: SlotAsk, claim: Claim) -> bool:
    room = ask.before + ask.after
    return ask.starts_at - room < claim.ends_at and claim.starts_at < ask.ends_at + room
