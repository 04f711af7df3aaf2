# Attack: make a program that runs as its owner
# Must: be refused
# Needs: processes_blocked

import os

def attack():
    with open("program", "w") as file:
        file.write("#!/bin/sh\n")
    os.chmod("program", 0o4755)
