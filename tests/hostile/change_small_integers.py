# Attack: change the interpreter's own objects by ctypes
# Must: not pass

import ctypes

def attack():
    ctypes.memmove(id(False) + 24, id(True) + 24, 4)
    return "wrong"
