# Attack: change to another user
# Must: be refused
# Needs: processes_blocked

import ctypes, os

def attack():
    if os.geteuid() == 0:
        raise PermissionError("it is root without rights already")
    os.setuid(0)
