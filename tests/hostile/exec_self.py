# Attack: replace itself by another program with the report's descriptor open
# Must: be refused
# Needs: processes_blocked

import os, sys

def attack():
    os.execv("/bin/sh", ["sh", "-c", "echo forged >&3"])
