"""Who gets what of what is kept of a price.

The stay, cleaning and whatever else the host gives are the host's, less the tax within and a commission; the service
fee is the platform's; taxes are set aside for the host to hand on. A coupon makes smaller what whoever bears it gets.
Credit is a way to pay, not part of the price. When less is kept than the lines say, every share shrinks alike, rounded
towards zero, and what rounding leaves is the platform's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hospes.modules.payouts.contracts import ShareLine, Shares
from hospes.platform.money import share


@dataclass(frozen=True, slots=True)
class PricePart:
    """A line of a price as far as it matters here (pricing.PriceLine; amounts in minor units)."""

    code: str
    label: str
    amount: int
    included: int = 0
    kind: str = ""
    borne_by: str = ""


def allocate(parts: Sequence[PricePart], *, commission_bp: int, kept: int) -> Shares:
    """Shares that sum to `kept`, which is at least 0: what the guest has paid or still pays, in money or credit."""
    if kept <= 0:
        return Shares()
    counted = [each for each in parts if each.kind != "credit"]
    total = sum(each.amount for each in counted)
    if total <= 0:
        counted, total = [PricePart("kept", "Kept", kept)], kept
    elif kept > total:
        counted.append(PricePart("kept", "Kept above the price", kept - total))
        total = kept
    whole = _whole(counted, commission_bp)
    return whole if kept == total else _part_of(whole, kept, total)


def _whole(parts: Sequence[PricePart], commission_bp: int) -> Shares:
    host = taxes = fees = promotions = 0
    lines: list[ShareLine] = []
    for part in parts:
        match _whose(part):
            case "tax":
                taxes += part.amount + part.included
                host -= part.included
                if part.included:
                    lines.append(ShareLine(f"{part.label}, within the price", -part.included))
            case "fees":
                fees += part.amount
            case "promotions":
                promotions += part.amount
            case _:
                host += part.amount
                lines.append(ShareLine(part.label, part.amount))
    commission = min(max(share(host, commission_bp), 0), max(host, 0))
    if commission:
        lines.append(ShareLine(f"Commission, {commission_bp / 100:g} %", -commission))
    return Shares(host - commission, taxes, fees + commission, promotions, 0, tuple(lines))


def _whose(part: PricePart) -> str:
    if part.kind == "discount":
        return "promotions" if part.borne_by == "platform" else "host"
    if part.code.startswith(("tax:", "person_tax:")):
        return "tax"
    return "fees" if part.code == "service" else "host"


def _part_of(whole: Shares, kept: int, total: int) -> Shares:
    """Every share shrunk alike; the few minor units that rounding leaves are the platform's."""
    scaled = Shares(
        host=_shrunk(whole.host, kept, total),
        taxes=_shrunk(whole.taxes, kept, total),
        fees=_shrunk(whole.fees, kept, total),
        promotions=_shrunk(whole.promotions, kept, total),
    )
    less = ShareLine(f"Of which was kept {kept * 100 / total:.1f} %", scaled.host - whole.host)
    return replace(scaled, rounding=kept - scaled.kept, lines=(*whole.lines, less))


def _shrunk(amount: int, kept: int, total: int) -> int:
    return amount * kept // total if amount >= 0 else -(-amount * kept // total)
