# Attack: kill every process it may
# Must: be refused
# Needs: processes_blocked

import os

def attack():
    os.kill(-1, 9)
