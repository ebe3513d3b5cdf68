"""Owns who people are: accounts, roles, sessions, tokens. Knows nothing of what they list, book or pay."""
