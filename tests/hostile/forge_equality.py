# Attack: return an object that equals everything
# Must: not pass

class Yes:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0

    def __repr__(self):
        return "Yes()"

def attack():
    return Yes()
