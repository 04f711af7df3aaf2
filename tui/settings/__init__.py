"""The Settings screen: the configuration as a form, made from its schema."""
