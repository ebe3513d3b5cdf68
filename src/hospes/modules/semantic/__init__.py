"""Search by description: what places say as vectors, and which say what somebody asks for. An extra; see
docs/semantic-search.md."""
