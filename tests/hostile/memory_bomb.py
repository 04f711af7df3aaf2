# Attack: take all memory
# Must: be stopped or refused
# Needs: memory_limited

def attack():
    held = []
    while True:
        held.append(bytearray(1 << 24))
