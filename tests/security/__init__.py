"""Attacks, each beside a control that shows what it would do without its guard."""
