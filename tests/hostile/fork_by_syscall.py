# Attack: fork through the C library, past Python
# Must: be refused
# Needs: processes_blocked

import ctypes

def attack():
    pid = ctypes.CDLL(None, use_errno=True).fork()
    if pid < 0:
        raise PermissionError(ctypes.get_errno())
    return pid
