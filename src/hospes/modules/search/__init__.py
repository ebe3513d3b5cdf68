"""Owns the availability index, place lookup and the result pages; a read model that decides nothing."""
