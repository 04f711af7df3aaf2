"""What the program itself remembers in the user's configuration."""

from core.config.editing import Settings
from core.errors import SecondpassError


def remember_theme(name: str) -> str | None:
    """Keep the theme for the next start; a sentence about why that failed, None if it did not."""
    try:
        Settings().change([(("interface", "theme"), name)])
    except SecondpassError as error:
        return f"The theme is not remembered: {error}"
    return None
