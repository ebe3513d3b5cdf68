"""Reason codes as sentences for the payer."""

SENTENCES = {
    "card_declined": "Your bank declined the card. Please try another one, or ask your bank.",
    "insufficient_funds": "There is not enough money on this card. Please try another one.",
    "challenge_declined": "Your bank did not confirm the payment. Please try again or use another card.",
    "action_abandoned": "The payment was not confirmed with your bank in time. Please try again.",
    "provider_unavailable": "The payment service cannot be reached. Nothing was taken. Please try again later.",
    "expired_card": "This card has expired. Please use another one.",
    "incorrect_cvc": "The security code of the card is wrong. Please check the digits on the back.",
    "stolen_card": "Your bank declined the card. Please try another one, or ask your bank.",
    "authentication_required": "Your bank wants to ask you first. Please pay again and confirm with your bank.",
    "currency_not_supported": "This way of paying does not take this currency. Please choose another one.",
    "amount_not_supported": "This way of paying does not take an amount this small or this large.",
    "email_needed": "This way of paying needs your e-mail address.",
    "reversed": "This payment was taken back. Please pay again.",
    "withdrawn": "Please choose how you want to pay.",
    "try_again": "The payment could not be started. Nothing was taken. Please try again.",
    "unknown_method": "This card can no longer be used. Please enter it again.",
    "another_method_failed": "One of your methods did not go through, so nothing was taken from the others.",
    "authorisation_expired": "What was reserved on your card has run out. Please pay again.",
    "needs_the_payer": "Your bank wants you to confirm this payment. Please pay here.",
    "no_method": "No card is kept for this payment. Please pay here.",
    "answer_lost": "We are finding out whether your payment went through. Please do not pay again.",
    "amount_mismatch": "Something is not right with this payment. We are looking into it.",
    "not_supported": "This way to pay cannot be used for this payment. Please choose another one.",
    "cancelled": "This payment was cancelled, and no card is taken for it any more.",
}


def sentence_for(reason: str | None) -> str:
    """What to tell the payer."""
    return SENTENCES.get(reason or "", "The payment did not go through. Please try another card.")
