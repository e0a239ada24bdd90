"""How services with an audit answer about it."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, Field

from vitrina_kit.audit_chain import Verification

LINES: Final = "application/x-ndjson"


class AuditVerification(BaseModel):
    """`head` is the hash of the last entry that fits: compare it with what an export of yours ends with."""

    holds: bool
    entries: Annotated[int, Field(description="That fit, the oldest first.")]
    head: str
    broken: Annotated[int | None, Field(description="Number of the first entry that does not fit.")]
    why: str | None

    @classmethod
    def of(cls, found: Verification) -> Self:
        return cls(holds=found.holds, entries=found.entries, head=found.head.hex(), broken=found.broken, why=found.why)
