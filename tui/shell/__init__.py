"""The person's own commands, typed at the prompt behind an exclamation mark."""
