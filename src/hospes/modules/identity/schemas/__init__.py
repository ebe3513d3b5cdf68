"""The wire and form shapes of identity, one file an area."""
