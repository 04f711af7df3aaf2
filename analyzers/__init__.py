"""Pure functions on text: parse a specification and, from it, what can be checked."""
