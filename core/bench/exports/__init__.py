"""A stored run written for others to read: EvalPlus, JSON, CSV, Markdown, and one HTML file."""

from core.bench.exports.export import FORMATS, export, rendered

__all__ = ["FORMATS", "export", "rendered"]
