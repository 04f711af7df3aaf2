# Attack: write files without end
# Must: be stopped

def attack():
    number = 0
    while True:
        number += 1
        with open(f"file{number}", "wb") as file:
            file.write(b"x" * (1 << 20))
