# ruff: noqa: N818 - they are named for what happened, as in `reason`
"""Why a poll failed. Each kind carries the `reason` of the metrics standard; messages hold no secret and no URL."""


class PollError(Exception):
    """A poll, or one call of it, gave no answer that counts. `str()` is shown to people."""

    reason = "internal"


class Timeout(PollError):
    reason = "timeout"


class ConnectionFailed(PollError):
    """Refused, reset, cut off, no such host, no valid certificate."""

    reason = "connection"


class ServerFailed(PollError):
    reason = "http_5xx"


class UnexpectedStatus(PollError):
    """An HTTP status that is neither success nor one of the kinds below; redirects too, which are never followed."""

    reason = "http_status"


class Unauthorized(PollError):
    reason = "unauthorized"


class RateLimited(PollError):
    """`retry_after` is in seconds, null when the vendor did not say."""

    reason = "rate_limited"

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadPayload(PollError):
    """Not JSON, or JSON of another shape than the vendor's API gives."""

    reason = "bad_payload"


class PayloadTooLarge(PollError):
    reason = "too_large"


class TooManyRejected(PollError):
    """More than 5 % of the records could not be read, so the list cannot be trusted."""

    reason = "rejected_records"


class IncompleteList(PollError):
    """The list could not be read to its end."""

    reason = "incomplete_list"


class SuddenlyEmpty(PollError):
    """A list that had devices came back empty; a second poll has to say so too."""

    reason = "empty_list"


class ConfigurationError(PollError):
    """The configuration of the source cannot be used. The message names the field."""

    reason = "configuration"


class EndpointRefused(ConfigurationError):
    """The endpoint leads to an address that the endpoint rule forbids."""

    reason = "endpoint_refused"
