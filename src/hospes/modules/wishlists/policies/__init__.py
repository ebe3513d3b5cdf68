"""Pure rules: how names and notes are written."""
