# Attack: change the root folder
# Must: be refused
# Needs: processes_blocked

import os

def attack():
    os.chroot(".")
