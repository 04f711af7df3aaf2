# Attack: make a device, a pipe and a socket in its folder
# Must: be refused
# Needs: writes_confined

import os, stat

def attack():
    made = 0
    for kind in (stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR):
        try:
            os.mknod(f"node{kind}", kind | 0o600, os.makedev(1, 1))
            made += 1
        except OSError:
            pass
    if not made:
        raise PermissionError
    return made
