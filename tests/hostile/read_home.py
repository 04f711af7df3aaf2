# Attack: list the home directory of the user who runs it
# Must: be refused
# Needs: reads_confined

import os, pwd

def attack():
    return os.listdir(pwd.getpwuid(USER).pw_dir)
