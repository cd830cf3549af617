"""What the calls about contacts answer, described for whoever writes a client."""

from pydantic import BaseModel, Field

from wasl.web.schemas import Conversation, IdentityFace, Success


class Merge(BaseModel):
    """Two contacts that were taken for one. It can be undone."""

    merge_id: str
    user_id: str
    other_user_id: str
    told_by: str = Field(description="`whatsapp`, when it named both as one customer, or `operator`.")
    operator_name: str | None
    other_name: str | None
    other_identities: list[IdentityFace] = Field(description="The names of the one that was merged into the other.")
    merged_at: str


class Client(Success):
    """One contact: all conversations over all numbers, newest activity first, and how it became one."""

    user_id: str = Field(description="By which id the contact goes now.")
    conversations: list[Conversation]
    total: int
    merges: list[Merge]
    as_of: str


class Merged(Success):
    """A merge, made or undone, and by which ids the contacts go now."""

    merge_id: str
    user_id: str
    other_user_id: str


class FactFace(BaseModel):
    """Something that the assistant has noted about a contact, and goes by."""

    fact_id: str
    fact: str
    noted_at: str


class Facts(Success):
    """What is known of one contact beside their names, the newest first."""

    facts: list[FactFace]
