"""Changes of a range of nights in the host's calendar: off sale, on sale, a price, rules; and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.modules.booking import facade
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web.asking import read_asked
from hospes.modules.booking.web.host_undo import Undo
from hospes.modules.booking.web.views import nights_words
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.inventory.errors import NotAvailable
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import ALL_WEEK, Restriction
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict, Invalid
from hospes.platform.ids import as_id, new_id
from hospes.platform.money import Money, read_amount

MOST_NIGHTS = 366
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Range:
    """The nights [arrival, departure) of one resource of the caller's, and the rest of the form."""

    caller: Caller
    sellable: Sellable
    arrival: date
    departure: date
    form: Mapping[str, str]
    now: datetime

    @property
    def resource_id(self) -> UUID:
        """Whose nights."""
        return self.sellable.resource_id

    @property
    def last(self) -> date:
        """The last night."""
        return self.departure - _ONE_DAY

    def words(self) -> str:
        """Which nights, said to the host."""
        nights = nights_words(self.arrival, self.departure)
        return f"{self.sellable.resource_name}, {nights} from {self.arrival:%-d %b}"


async def change_range(
    tx: WriteTx, caller: Caller, form: Mapping[str, str], *, now: datetime
) -> tuple[str, Undo | None]:
    """Do what the form says in `do`; answers a sentence and the way back. Raises with `fields` for the form."""
    chosen = await _chosen(tx, caller, form, now)
    do = form.get("do", "") or ("block" if form.get("note") else "price" if form.get("price") else "")
    steps = {"block": _block, "unblock": _unblock, "price": _price, "rules": _rules, "clear": _clear}
    if do not in steps:
        raise _refusal({"form": "Choose what to do with these nights."})
    return await steps[do](tx, chosen)


async def _chosen(tx: WriteTx, caller: Caller, form: Mapping[str, str], now: datetime) -> Range:
    asked, resource_id = read_asked(form), as_id(form.get("resource_id", ""))
    faults = {name: text for name, text in asked.faults.items() if name in ("arrival", "departure")}
    for name, day in (("arrival", asked.arrival), ("departure", asked.departure)):
        if day is None:
            faults.setdefault(name, "Choose a day.")
    if resource_id is None:
        faults["resource_id"] = "Choose what this is about."
    first, end = asked.arrival or date.min, asked.departure or date.min
    if not faults and end <= first:
        faults["departure"] = "The last day must be after the first."
    if not faults and (end - first).days > MOST_NIGHTS:
        faults["departure"] = f"Change at most {MOST_NIGHTS} nights at once."
    if faults or resource_id is None:
        raise _refusal(faults)
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
    return Range(caller, sellable, first, end, form, now)


async def _block(tx: WriteTx, chosen: Range) -> tuple[str, Undo]:
    try:
        block = await facade.block_dates(
            tx,
            caller=chosen.caller,
            resource_id=chosen.resource_id,
            arrival=chosen.arrival,
            departure=chosen.departure,
            note=chosen.form.get("note", "").strip()[:200],
            now=chosen.now,
        )
    except NotAvailable:
        sentence = "Some of these nights are booked, or off sale already. Choose nights that are free."
        raise _refusal({"form": sentence}) from None
    return f"Off sale: {chosen.words()}.", Undo(resource_id=chosen.resource_id, lift=[block.id])


async def _unblock(tx: WriteTx, chosen: Range) -> tuple[str, Undo]:
    """Blocks that reach beyond the range keep what lies outside."""
    claims = await inventory.claims_between(tx, [chosen.resource_id], chosen.arrival, chosen.last)
    blocks = [each for each in claims if each.kind is ClaimKind.BLOCK]
    if not blocks:
        elsewhere = any(each.kind is ClaimKind.EXTERNAL for each in claims)
        sentence = (
            "These nights are taken in another calendar; free them there."
            if elsewhere
            else "None of these nights is off sale."
        )
        raise _refusal({"form": sentence})
    today = today_in(chosen.sellable.zone, chosen.now)
    undo = Undo(resource_id=chosen.resource_id)
    for claim in blocks:
        await facade.unblock_dates(
            tx, caller=chosen.caller, resource_id=chosen.resource_id, block_id=claim.owner_id, now=chosen.now
        )
        for first, end in _outside(claim, chosen):
            await _keep_blocked(tx, chosen, max(first, today), end, claim.note)
        undo.block.append((max(claim.first_night, chosen.arrival), min(claim.departure, chosen.departure), claim.note))
    return f"On sale again: {chosen.words()}.", undo


def _outside(claim: Claim, chosen: Range) -> list[tuple[date, date]]:
    return [(claim.first_night, chosen.arrival), (chosen.departure, claim.departure)]


async def _keep_blocked(tx: WriteTx, chosen: Range, first: date, end: date, note: str) -> None:
    if first < end:
        await facade.block_dates(
            tx,
            caller=chosen.caller,
            resource_id=chosen.resource_id,
            arrival=first,
            departure=end,
            note=note,
            now=chosen.now,
        )


async def _price(tx: WriteTx, chosen: Range) -> tuple[str, Undo]:
    rate = await pricing.find_rate(tx, chosen.resource_id)
    if rate is None:
        raise _refusal({"price": "Set the usual price of this listing first."})
    typed = chosen.form.get("price", "").strip()
    amount = read_amount(typed, rate.currency) if typed else None
    if typed and (amount is None or amount < 0):
        raise _refusal({"price": "Enter an amount, such as 120."})
    nights = [chosen.arrival + at * _ONE_DAY for at in range((chosen.departure - chosen.arrival).days)]
    before = await pricing.day_prices(tx, chosen.resource_id, chosen.arrival, chosen.last)
    await pricing.set_day_prices(tx, chosen.resource_id, dict.fromkeys(nights, amount), now=chosen.now)
    said = "the usual price" if amount is None else f"{Money(amount, rate.currency).text()} a night"
    undo = Undo(resource_id=chosen.resource_id, prices=runs_of([(night, before.get(night)) for night in nights]))
    return f"{chosen.words()}: {said}.", undo


def runs_of(nights: list[tuple[date, int | None]]) -> list[tuple[date, date, int | None]]:
    """Nights one after the other at one price as (first, last, price)."""
    runs: list[tuple[date, date, int | None]] = []
    for night, amount in nights:
        if runs and runs[-1][2] == amount and night - runs[-1][1] == _ONE_DAY:
            runs[-1] = (runs[-1][0], night, amount)
        else:
            runs.append((night, night, amount))
    return runs


async def _rules(tx: WriteTx, chosen: Range) -> tuple[str, Undo]:
    shortest = chosen.form.get("min_stay", "").strip()
    if shortest and not (shortest.isascii() and shortest.isdecimal() and 1 <= int(shortest[:4]) <= 365):
        raise _refusal({"min_stay": "Between 1 and 365 nights."})
    wanted = Restriction(
        id=new_id(),
        resource_id=chosen.resource_id,
        first=chosen.arrival,
        last=chosen.last,
        min_stay=int(shortest) if shortest else None,
        closed_to_arrival=True if chosen.form.get("closed_to_arrival") else None,
        closed_to_departure=True if chosen.form.get("closed_to_departure") else None,
        stop_sell=True if chosen.form.get("stop_sell") else None,
    )
    if wanted == Restriction(wanted.id, wanted.resource_id, first=wanted.first, last=wanted.last):
        raise _refusal({"min_stay": "Say at least one rule, or clear the rules."})
    await _rate_first(tx, chosen)
    undo = await _make_room(tx, chosen)
    await pricing.put_restriction(tx, wanted, now=chosen.now)
    undo.drop.append(wanted.id)
    return f"Rules set: {chosen.words()}.", undo


async def _clear(tx: WriteTx, chosen: Range) -> tuple[str, Undo]:
    await _rate_first(tx, chosen)
    undo = await _make_room(tx, chosen)
    if not undo.restore:
        raise _refusal({"min_stay": "There are no rules for just these nights."})
    return f"Rules cleared: {chosen.words()}.", undo


async def _rate_first(tx: WriteTx, chosen: Range) -> None:
    if await pricing.find_rate(tx, chosen.resource_id) is None:
        raise _refusal({"min_stay": "Set the usual price of this listing first."})


async def _make_room(tx: WriteTx, chosen: Range) -> Undo:
    """Take the range out of every restriction by date that the calendar has made; what lies outside stays."""
    undo = Undo(resource_id=chosen.resource_id)
    for each in await pricing.list_restrictions(tx, chosen.resource_id):
        if each.plan_id is not None or each.weekdays != ALL_WEEK or each.first is None or each.last is None:
            continue
        if each.last < chosen.arrival or each.first > chosen.last:
            continue
        await pricing.delete_restriction(tx, chosen.resource_id, each.id, now=chosen.now)
        undo.restore.append(each)
        for first, last in ((each.first, chosen.arrival - _ONE_DAY), (chosen.departure, each.last)):
            if first <= last:
                part = replace(each, id=new_id(), first=first, last=last)
                await pricing.put_restriction(tx, part, now=chosen.now)
                undo.drop.append(part.id)
    return undo


def _refusal(faults: dict[str, str]) -> Invalid:
    return Invalid(next(iter(faults.values())), fields=faults)


def faults_of(refusal: Invalid | Conflict) -> dict[str, str]:
    """What a form shows of a refusal."""
    return dict(refusal.fields) if refusal.fields else {"form": refusal.detail}
