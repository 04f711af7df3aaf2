# Attack: open the caller's files through /proc/PID/fd
# Must: be refused
# Needs: reads_confined

import os

def attack():
    return [open(f"/proc/{PID}/fd/{each}", "rb").read(1) for each in os.listdir(f"/proc/{PID}/fd")]
