# Attack: fork without end
# Must: be refused
# Needs: processes_blocked

import os

def attack():
    while True:
        os.fork()
