"""What goes over the wire at `/api/session`."""

from pydantic import BaseModel, Field

from wasl.limits import EMAIL_CHARACTERS_MAX, PASSWORD_CHARACTERS_MAX
from wasl.web.asked import Text


class Login(BaseModel):
    """Who wants in."""

    email: Text = Field(max_length=EMAIL_CHARACTERS_MAX)
    password: Text = Field(max_length=PASSWORD_CHARACTERS_MAX)


class OperatorFace(BaseModel):
    """The person who is signed in."""

    operator_id: str
    name: str
    email: str
    role: str
    status: str


class AccountFace(BaseModel):
    """The business that the person works for."""

    account_id: str
    name: str


class SessionAnswer(BaseModel):
    """Who is signed in, and until when."""

    success: bool = True
    operator: OperatorFace
    account: AccountFace
    expires_at: str


class NewSession(SessionAnswer):
    """The same, with the token for clients that do not keep the cookie."""

    token: str


class SessionEnded(BaseModel):
    """The session is over; its token is worth nothing any more."""

    success: bool = True
