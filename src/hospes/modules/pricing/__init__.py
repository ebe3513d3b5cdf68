"""Owns rates, day prices and the explained price of a stay. Does not know availability or money received."""
