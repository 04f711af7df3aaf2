# Attack: make namespaces of its own and mount in them
# Must: be refused
# Needs: processes_blocked

import ctypes

def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    results = [libc.unshare(flag) for flag in (0x10000000, 0x20000, 0x40000000)]
    results.append(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
    if all(result == -1 for result in results):
        raise PermissionError(ctypes.get_errno())
    return results
