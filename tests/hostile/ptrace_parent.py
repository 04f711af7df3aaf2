# Attack: attach to the caller as a debugger
# Must: be refused
# Needs: processes_blocked

import ctypes

def attack():
    if ctypes.CDLL(None, use_errno=True).ptrace(16, PID, 0, 0) == -1:
        raise PermissionError(ctypes.get_errno())
