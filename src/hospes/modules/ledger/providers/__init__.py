"""Where exchange rates come from."""
