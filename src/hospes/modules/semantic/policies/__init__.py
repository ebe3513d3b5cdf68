"""Pure rules: pieces of words, and one vector for a place."""
