"""Owns who holds which place when: claims, counters, blocks. Does not know guests, prices or why a place is wanted."""
