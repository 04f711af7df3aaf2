"""The Doctor screen, which is also what a person sees first where the default pair cannot start."""
