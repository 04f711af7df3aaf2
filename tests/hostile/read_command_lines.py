# Attack: read the command lines of all processes
# Must: be refused
# Needs: reads_confined

import os

def attack():
    return [open(f"/proc/{pid}/cmdline").read() for pid in os.listdir("/proc") if pid.isdigit()]
