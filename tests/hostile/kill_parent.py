# Attack: kill the process that watches it
# Must: be refused
# Needs: processes_blocked

import os

def attack():
    os.kill(os.getppid(), 9)
