"""The Diff screen: a change looked at hunk by hunk, and what of it is taken."""
