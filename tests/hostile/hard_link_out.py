# Attack: reach outside by a hard link in its folder
# Must: be refused
# Needs: writes_confined

import os

def attack():
    os.link(CANARY, "link")
    open("link", "w").write("x")
