"""The read model: SQL across the schemas of other modules. Nothing is written here."""
