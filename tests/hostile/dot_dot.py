# Attack: climb out of its folder
# Must: be refused
# Needs: writes_confined

def attack():
    open("../" * 20 + CANARY.lstrip("/"), "w").write("x")
