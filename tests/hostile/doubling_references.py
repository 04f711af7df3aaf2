# Attack: return what is small in memory and endless when written out
# Must: do no harm

def attack():
    held = ["x"]
    for _ in range(60):
        held = [held, held]
    return held
