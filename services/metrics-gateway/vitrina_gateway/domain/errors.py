"""Refusals in the words of the gateway; `api/` turns them into problem details."""


class NotReadyError(Exception):
    """There is no list of devices yet, neither measured nor restored."""


class DeviceNotFoundError(Exception):
    """No such device, or none that the caller may know of: the two are never told apart."""


class InvalidParameterError(Exception):
    """A query parameter that does not fit; the message says what would."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message
