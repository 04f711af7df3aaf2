"""Entry point: makes this folder and the sandbox's importable as one package each, without touching ``sys.path``."""

import importlib
import os
import sys
import types

_here = os.path.dirname(os.path.abspath(__file__))
_sandbox = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(_here))), "sandbox", "child")
for _name, _folder in (("_secondpass_judge", _here), ("_secondpass_sandbox", _sandbox)):
    _package = types.ModuleType(_name)
    _package.__path__ = [_folder]
    sys.modules[_name] = _package
importlib.import_module("_secondpass_judge.zygote").main()
