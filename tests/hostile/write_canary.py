# Attack: write a file outside
# Must: be refused
# Needs: writes_confined

def attack():
    open(CANARY, "a").write("x")
