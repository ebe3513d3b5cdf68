"""What can be printed as an address."""

from babel import Locale

from hospes.modules.invoices.errors import AddressInvalid

COUNTRIES = {code: name for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}


def check_address(name: str, country: str, *, country_needed: bool = False) -> None:
    """Raises `AddressInvalid` for an empty name or an unknown country."""
    faults = {} if name.strip() else {"name": "Please fill this in."}
    if country_needed and not country:
        faults["country"] = "Please choose a country."
    elif country and country not in COUNTRIES:
        faults["country"] = "There is no such country."
    if faults:
        raise AddressInvalid("Please check the address.", fields=faults)
