# Attack: read and write whatever descriptors are open
# Must: not learn the secret

import os

def attack():
    found = {}
    for number in range(5, 1024):
        try:
            found[number] = os.readlink(f"/proc/self/fd/{number}") if os.path.exists("/proc/self") else os.fstat(number)
            os.write(number, b"forged\n")
        except OSError:
            continue
    if found:
        raise RuntimeError(f"open: {found}")
    return "none"
