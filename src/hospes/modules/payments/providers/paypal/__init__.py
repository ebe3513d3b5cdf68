"""PayPal, over its JSON API. Its words stay in this folder."""
