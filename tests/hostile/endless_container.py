# Attack: return a list that holds itself
# Must: do no harm

def attack():
    held = []
    held.append(held)
    return held
