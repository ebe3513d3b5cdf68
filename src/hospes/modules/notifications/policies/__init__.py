"""Pure rules: how messages speak, and when a lost one is tried again."""
