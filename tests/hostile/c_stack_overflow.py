# Attack: overflow the stack of the interpreter itself
# Must: be stopped or refused

import sys

def attack():
    sys.setrecursionlimit(10**9)

    class Deep:
        def __repr__(self):
            return repr(self)

    return repr(Deep())
