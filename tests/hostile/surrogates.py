# Attack: print what is no text
# Must: show safe text

def attack():
    print("\ud800\udfff")
    return "\ud83d"
