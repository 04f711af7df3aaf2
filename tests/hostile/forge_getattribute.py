# Attack: return an object that answers every attribute as the judge would like
# Must: not pass

class Anything:
    def __getattribute__(self, name):
        return lambda *a, **k: True

    def __repr__(self):
        return "1"

def attack():
    return Anything()
