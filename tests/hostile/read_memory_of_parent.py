# Attack: read the watcher's memory by process_vm_readv
# Must: be refused
# Needs: processes_blocked

import ctypes, os

def attack():
    class Vec(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    buffer = ctypes.create_string_buffer(8)
    local, remote = Vec(ctypes.addressof(buffer), 8), Vec(id(None), 8)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.process_vm_readv(os.getppid(), ctypes.byref(local), 1, ctypes.byref(remote), 1, 0) < 0:
        raise PermissionError(ctypes.get_errno())
    return buffer.raw
