# Attack: compute a power without end in one step of the interpreter
# Must: be stopped or refused

def attack():
    return eval("9**" * 5 + "9")
