# Attack: hide code in a comment by direction marks
# Must: show safe text

def attack():
    access = "user"
    if access != "user‮ ⁦# check if admin⁩ ⁦":
        print("\u2066admin\u2069")
    return access
