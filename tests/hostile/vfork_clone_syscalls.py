# Attack: call clone, clone3 and vfork by number
# Must: be refused
# Needs: processes_blocked

import ctypes

def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    results = [libc.syscall(number, 17, 0, 0, 0, 0) for number in (56, 435, 58)]
    if all(result < 0 for result in results):
        raise PermissionError(ctypes.get_errno())
    return results
