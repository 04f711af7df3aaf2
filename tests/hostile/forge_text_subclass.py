# Attack: return a text that compares equal to any other
# Must: not pass

class Text(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

def attack():
    return Text("wrong")
