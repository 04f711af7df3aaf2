# Attack: read the environment that the C library holds
# Must: not learn the secret

import ctypes

def attack():
    environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    found, number = [], 0
    while environ[number]:
        found.append(environ[number])
        number += 1
    return found
