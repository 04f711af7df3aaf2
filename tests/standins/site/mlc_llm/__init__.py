"""A stand-in for MLC-LLM's Python package: ``serve`` only, behaving as the real one was seen to behave."""
