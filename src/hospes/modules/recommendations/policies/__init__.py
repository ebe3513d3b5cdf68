"""Pure rules: likeness, what counts how much, what is learned, how it is measured."""
