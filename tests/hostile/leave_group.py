# Attack: leave the process group, so as not to be killed with it
# Must: be refused
# Needs: processes_blocked

import os

def attack():
    os.setsid()
