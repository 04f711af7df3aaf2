"""The Workbench: one spec, two models, and what came of it, shown from the event stream alone."""
