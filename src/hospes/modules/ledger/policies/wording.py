"""The ledger's words for people."""

from hospes.modules.ledger.contracts import AccountKind

KINDS = {
    AccountKind.GUEST: "Guest",
    AccountKind.HOST: "Host",
    AccountKind.PLATFORM: "Platform",
    AccountKind.PROVIDER: "Held at provider",
    AccountKind.PROVIDER_FEES: "Provider's fees",
    AccountKind.TAX: "Tax",
    AccountKind.DEPOSIT: "Damage deposits",
    AccountKind.WALLET: "Credit",
}
PLATFORM = {
    "fees": "Fees earned",
    "promotions": "Promotions given",
    "goodwill": "Goodwill given",
    "chargebacks": "Chargebacks borne",
    "rounding": "Rounding",
}
