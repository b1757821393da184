"""F1: the manual's page for where one is."""

from typing import Any

from ui.context import Context


class Manual:
    """Opens the manual beside the work."""

    @staticmethod
    def show_for(window: Any, context: Context, page: str) -> None:
        """Show the manual's page for a page of the window."""
        raise NotImplementedError((window, context, page))
