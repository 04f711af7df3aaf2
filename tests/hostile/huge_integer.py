# Attack: return an integer of a hundred million digits
# Must: do no harm

def attack():
    return 1 << 300_000_000
