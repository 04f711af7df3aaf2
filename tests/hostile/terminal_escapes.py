# Attack: print what clears the screen, sets the title and answers as a keyboard
# Must: show safe text

def attack():
    print("\x1b[2J\x1b]0;owned\x07\x1b[5n\x9b31m\x1bP+q544e\x1b\\\x1b]52;c;eA==\x07")
    return "\x1b[31m"
