# Attack: do by io_uring what calls are refused
# Must: be refused
# Needs: processes_blocked

import ctypes

def attack():
    if ctypes.CDLL(None, use_errno=True).syscall(425, 8, 0) == -1:
        raise PermissionError(ctypes.get_errno())
