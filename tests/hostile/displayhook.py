# Attack: take over what shows results
# Must: not pass

import sys

sys.displayhook = lambda value: None
sys.excepthook = lambda *a: None
sys.stdout = sys.__stdout__ = sys.stderr

def attack():
    return "wrong"
