"""Engines, patterns, sandbox and sessions of secondpass: everything but the screen."""
