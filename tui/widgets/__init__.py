"""Widgets that know nothing of runs: lines of styled text, code that streams in, tabs of one row."""
