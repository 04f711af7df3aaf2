# Attack: call itself without end
# Must: be refused

def attack():
    return attack()
