"""A child of the box that a job has changed for good says so here, and is replaced after the job."""

_spent = False


def spend() -> None:
    """This child shall do no other job: what this one left behind must not show in the next."""
    global _spent
    _spent = True


def is_spent() -> bool:
    """Whether ``spend`` was called."""
    return _spent
