"""Reason codes as sentences for the payer."""

SENTENCES = {
    "card_declined": "Your bank declined the card. Please try another one, or ask your bank.",
    "insufficient_funds": "There is not enough money on this card. Please try another one.",
    "challenge_declined": "Your bank did not confirm the payment. Please try again or use another card.",
    "action_abandoned": "The payment was not confirmed with your bank in time. Please try again.",
    "provider_unavailable": "The payment service cannot be reached. Nothing was taken. Please try again later.",
    "unknown_method": "This card can no longer be used. Please enter it again.",
    "cancelled": "This payment was cancelled, and no card is taken for it any more.",
}


def sentence_for(reason: str | None) -> str:
    """What to tell the payer."""
    return SENTENCES.get(reason or "", "The payment did not go through. Please try another card.")
