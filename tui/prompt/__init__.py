"""The prompt: what is asked for next, with files, commands and a history."""
