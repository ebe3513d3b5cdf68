"""Who a business is on its documents from now on; those issued before stay as they are."""

from datetime import datetime

from hospes.modules.invoices import store
from hospes.modules.invoices.contracts import Seller
from hospes.modules.invoices.errors import SellerChanged
from hospes.modules.invoices.policies.checking import check_address
from hospes.platform.db import WriteTx


async def save_seller(tx: WriteTx, seller: Seller, *, now: datetime) -> None:
    """`version` is the one that was seen, 0 for none. Raises `AddressInvalid`, `SellerChanged`."""
    check_address(seller.legal_name, seller.country, country_needed=True)
    if not await store.save_seller(tx, seller, now=now):
        raise SellerChanged("Please look at them again, then save.")
