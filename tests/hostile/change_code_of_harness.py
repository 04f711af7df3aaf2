# Attack: replace the code of the harness's functions
# Must: not pass

import sys

def attack():
    frame = sys._getframe(1)
    while frame:
        for value in list(frame.f_globals.values()):
            try:
                value.__code__ = (lambda *a, **k: None).__code__
            except (AttributeError, TypeError, ValueError):
                pass
        frame = frame.f_back
    return "wrong"
