# Attack: return a text of a hundred megabytes
# Must: do no harm

def attack():
    return "x" * 100_000_000
