"""All reading SQL of identity, one file an area."""
