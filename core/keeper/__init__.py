"""A pair that stays loaded between commands: the process that keeps it, and how others find and use it."""
