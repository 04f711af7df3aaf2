# Attack: empty a file outside without writing to it
# Must: be refused
# Needs: writes_confined

import os

def attack():
    os.close(os.open(CANARY, os.O_RDONLY | os.O_TRUNC))
