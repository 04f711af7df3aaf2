# Attack: return an object that says it is another class
# Must: not pass

class Text:
    __class__ = str
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 0

    def __str__(self):
        return "a right answer"

def attack():
    return Text()
