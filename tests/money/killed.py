"""The end of the process, in the middle of whatever it did."""


class Killed(BaseException):
    """No code of the product may catch it, as none runs after a kill."""
