# Attack: kill the caller's process group
# Must: be refused
# Needs: processes_blocked

import os

def attack():
    os.killpg(os.getpgid(PID), 9)
