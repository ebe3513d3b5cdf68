"""Measurements against the bars of the design; `hospes bench`."""
