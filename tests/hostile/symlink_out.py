# Attack: reach outside by a symbolic link in its folder
# Must: be refused
# Needs: writes_confined

import os

def attack():
    os.symlink(CANARY, "link")
    open("link", "w").write("x")
