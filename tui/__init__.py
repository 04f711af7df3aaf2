"""Everything a terminal user touches: the commands, and the Textual app."""
