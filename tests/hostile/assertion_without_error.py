# Attack: make assertions do nothing
# Must: not pass

import sys

sys.flags = type("Flags", (), {"optimize": 2})()
__debug__x = False
AssertionError = type("AssertionError", (Exception,), {"__new__": lambda *a: None})

def attack():
    return "wrong"
