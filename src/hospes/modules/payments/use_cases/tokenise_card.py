"""A card form becomes a token; the number goes no further."""

from hospes.modules.payments.contracts import CardForm, Method
from hospes.modules.payments.errors import UnknownProvider
from hospes.modules.payments.providers.vault import CardVault
from hospes.platform.runtime import Runtime


async def tokenise_card(rt: Runtime, provider: str, form: CardForm) -> Method:
    """A method to charge. Raises `InvalidCard` (fields: number, expiry, cvc, name). Open no transaction around it."""
    vault: CardVault | None = rt.ports.payment_providers.get(provider)
    if vault is None or not hasattr(vault, "tokenise"):
        raise UnknownProvider("Cards cannot be entered here for this way to pay.")
    return await vault.tokenise(form, now=rt.clock.now())
