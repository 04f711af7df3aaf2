# Attack: act when the interpreter ends
# Must: do no harm
# Needs: writes_confined

import atexit, os

atexit.register(lambda: open(CANARY, "w").write("x"))
atexit.register(os._exit, 0)

def attack():
    return "done"
