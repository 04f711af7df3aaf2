# Attack: return a list a hundred thousand levels deep
# Must: do no harm

def attack():
    held = []
    for _ in range(100_000):
        held = [held]
    return held
