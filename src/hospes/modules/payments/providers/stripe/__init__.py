"""Stripe, through its official client. Its words stay in this folder."""
