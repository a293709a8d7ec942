"""The base of every error that a user can mend; its message is all that needs to be shown."""

__all__ = ["UserError"]


class UserError(ValueError):
    """Something given by the user is wrong: the message names it and says what to do."""
