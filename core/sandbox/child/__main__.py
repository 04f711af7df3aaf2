"""Entry point: makes the folder this file is in importable as one package, without touching ``sys.path``."""

import importlib
import os
import sys
import types

_package = types.ModuleType("_secondpass_sandbox")
_package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
sys.modules[_package.__name__] = _package
importlib.import_module(f"{_package.__name__}.supervise").main()
