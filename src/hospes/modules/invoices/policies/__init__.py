"""Pure rules: what is documented, and how it is said."""
