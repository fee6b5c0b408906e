"""Reading tasks: opened by agreement, claimed under a lease, due at a time."""
