"""Who sells and who buys, as far as they have said."""

from uuid import UUID

from hospes.modules.booking.contracts import Booking
from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as users
from hospes.modules.invoices import queries
from hospes.modules.invoices.contracts import Buyer, Seller
from hospes.platform.db import ReadTx


async def seller_of(tx: ReadTx, business_id: UUID) -> Seller:
    """The business as it wants to be named, else under the name and at the first address that it lists."""
    found = await queries.find_seller(tx, business_id)
    if found is not None:
        return found
    business = await catalog.get_business(tx, business_id)
    place = await catalog.first_property_of(tx, business_id)
    if place is None:
        return Seller(business_id, business.name, "", "", "", "")
    return Seller(business_id, business.name, place.street, place.postcode, place.city, place.country)


async def buyer_of(tx: ReadTx, booking: Booking) -> Buyer:
    """Whom the guest has named, else the guest."""
    found = await queries.find_buyer(tx, booking.id)
    return found or Buyer((await users.get_user(tx, booking.guest_id)).name)
