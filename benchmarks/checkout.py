"""Imported first by benchmarks that use the stand-ins of the tests: makes the checkout's own ``tests`` importable.

Some package of the environment is called "tests" too.
"""

import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_tests = types.ModuleType("tests")
_tests.__path__ = [str(ROOT / "tests")]
sys.modules["tests"] = _tests
