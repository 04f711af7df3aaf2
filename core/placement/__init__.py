"""Where the models of a pair live in memory: their sizes, and which placement fits this machine."""
