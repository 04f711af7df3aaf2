"""The deep rules: what several drafts of one spec, written independently and run in the sandbox, say about the spec."""
