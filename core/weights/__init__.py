"""The weights of models on this machine: where they are, at which revision, and fetching them."""
