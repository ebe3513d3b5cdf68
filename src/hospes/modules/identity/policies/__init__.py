"""Pure rules about people, their passwords and where they may be sent."""
