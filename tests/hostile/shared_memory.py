# Attack: leave a message in shared memory
# Must: be refused
# Needs: processes_blocked

import ctypes

def attack():
    if ctypes.CDLL(None, use_errno=True).shmget(4711, 4096, 0o1666) == -1:
        raise PermissionError(ctypes.get_errno())
