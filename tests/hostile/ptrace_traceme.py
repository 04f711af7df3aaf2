# Attack: ask the watcher to be traced by it
# Must: be refused
# Needs: processes_blocked

import ctypes

def attack():
    if ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0) == -1:
        raise PermissionError(ctypes.get_errno())
