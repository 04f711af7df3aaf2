# Attack: print without end
# Must: be stopped

def attack():
    while True:
        print("x" * 1000)
