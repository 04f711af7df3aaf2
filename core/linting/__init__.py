"""Linting of files: their settings, their discovery, what changed, what is known already. Rules are in analyzers."""
