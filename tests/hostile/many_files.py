# Attack: make files until there are no more names
# Must: be stopped

def attack():
    number = 0
    while True:
        number += 1
        open(f"file{number}", "w").close()
