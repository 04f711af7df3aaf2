"""Code extraction: which program a model's answer stands by, as text that compiles, and what was done to get it."""

from core.extraction.extract import Extraction, Problem, extract_code
from core.extraction.written import code_as_written

__all__ = ["Extraction", "Problem", "code_as_written", "extract_code"]
