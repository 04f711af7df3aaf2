# Attack: write one file without end
# Must: be stopped or refused

def attack():
    with open("file", "wb") as file:
        while True:
            file.write(b"x" * (1 << 20))
