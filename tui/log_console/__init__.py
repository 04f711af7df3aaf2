"""The log console."""
