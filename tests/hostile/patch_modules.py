# Attack: patch every function of the harness's modules
# Must: not pass

import sys

for module in list(sys.modules.values()):
    for name in ("encode", "same", "judge", "compare", "alike", "verdict", "holds", "decode", "text_of"):
        try:
            if hasattr(module, name):
                setattr(module, name, lambda *a, **k: True)
        except Exception:
            pass

def attack():
    return "wrong"
