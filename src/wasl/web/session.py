"""Who is signed in: one token for browser, API and sockets, ended at once when a person is signed out."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Scope

from wasl.clock import iso, monotonic, now_ms
from wasl.domain.people import Operator, OperatorRole
from wasl.errors import Forbidden, NotSignedIn
from wasl.limits import BROWSER_DAYS, SESSION_HOURS
from wasl.observe import Metrics, log
from wasl.settings import Settings
from wasl.store.secrets import SecretBox
from wasl.store.team import Team
from wasl.web.answers import Json
from wasl.web.failures import OPEN, failures
from wasl.web.logins import Logins
from wasl.web.same_origin import SAFE_METHODS, require_same_origin
from wasl.web.session_schemas import Login, NewSession, SessionAnswer, SessionEnded
from wasl.web.tokens import Tokens

COOKIE = "wasl_session"
BROWSER_COOKIE = "wasl_browser"
"""Marks a browser in which somebody has signed in before. It opens nothing; see `web/logins.py`."""
_SESSION_SECONDS = SESSION_HOURS * 3600
_BROWSER_SECONDS = BROWSER_DAYS * 86_400


@dataclass(frozen=True, slots=True)
class Session:
    """A valid token: whose, which, and until when."""

    operator: Operator
    id: str
    expires_ms: int


class Sessions:
    """Signs people in and out, and tells for every request who makes it, from memory."""

    def __init__(
        self,
        team: Team,
        settings: Settings,
        box: SecretBox,
        metrics: Metrics,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._team = team
        self._tokens = Tokens(box.derive("sessions"))
        self._public_url = settings.public_url
        self.over_https = (settings.public_url or "").startswith("https:")
        self._secure = self.over_https if settings.secure_cookies is None else settings.secure_cookies
        self._logins = Logins(team, box, metrics, clock)

    def router(self) -> APIRouter:
        """`/api/session`: sign in, who am I, sign out."""
        router = APIRouter(tags=["session"])
        for endpoint, method, model, responses, extra in (
            (self.sign_in, "POST", NewSession, failures(400, 401, 403, 413, 422, 429, 503), OPEN),
            (self.show, "GET", SessionAnswer, failures(401, 422), {}),
            (self.sign_out, "DELETE", SessionEnded, failures(403, 413, 422, 503), OPEN),
        ):
            router.add_api_route(
                "/api/session",
                endpoint,
                methods=[method],
                response_model=model,
                responses=responses,
                openapi_extra=extra,
            )
        return router

    # -- who asks -------------------------------------------------------------------------------------------------

    def authenticate(self, scope: Scope) -> Operator:
        """The operator who makes an ASGI request (or opens a websocket).

        Raises NotSignedIn, and Forbidden (`wrong_origin`) when another site made a browser send the cookie.
        """
        return self.session_of(scope).operator

    def session_of(self, scope: Scope) -> Session:
        """The session that a request carries; `Authorization` counts before the cookie. Raises as `authenticate`."""
        connection = HTTPConnection(scope)
        authorization = connection.headers.get("authorization")
        if authorization is not None:
            kind, _, token = authorization.partition(" ")
            if kind.lower() != "bearer":
                raise NotSignedIn("Sign in: this kind of authorization is not known here.")
            return self.session_of_token(token.strip())
        cookie = connection.cookies.get(COOKIE)
        if not cookie:
            raise NotSignedIn("Sign in first.")
        # A websocket is no safe method: its handshake is a GET, but what it carries is not.
        if scope.get("method") not in SAFE_METHODS:
            require_same_origin(connection.headers, self._public_url)
        return self.session_of_token(cookie)

    def session_of_token(self, token: str) -> Session:
        """The session of a token, however it came. Raises NotSignedIn."""
        claims = self._tokens.claims_of(token)
        operator = self._team.operator(int(claims["sub"]))
        if operator is None or not _holds(operator, claims) or self._team.session_ended(claims["jti"]):
            raise NotSignedIn("This session was ended; sign in again.")
        return Session(operator, claims["jti"], claims["exp"] * 1000)

    def holds(self, session: Session) -> bool:
        """Whether a session that was valid still is."""
        operator = self._team.operator(session.operator.id)
        return (
            operator is not None
            and not operator.disabled
            and operator.token_version == session.operator.token_version
            and session.expires_ms > now_ms()
            and not self._team.session_ended(session.id)
        )

    # -- signing in and out -----------------------------------------------------------------------------------------

    async def sign_in(self, request: Request, login: Login) -> Response:
        """Exchange e-mail address and password for a session: a token, and the same as an httpOnly cookie."""
        require_same_origin(request.headers, self._public_url)  # Nobody is signed in to somebody else's account.
        mark = request.cookies.get(BROWSER_COOKIE)
        operator = await self._logins.check(login, request.client.host if request.client else "", mark)
        await self._team.refresh()  # The operator may be a second old, added by another process.
        now_seconds = now_ms() // 1000
        session = Session(operator, secrets.token_urlsafe(16), (now_seconds + _SESSION_SECONDS) * 1000)
        token = self._tokens.sign(_claims(session, now_seconds))
        log.info("operator signed in", operator_id=operator.id, account_id=operator.account_id)
        answer = Json(self._answer(session) | {"token": token}, headers={"Cache-Control": "no-store"})
        answer.set_cookie(
            COOKIE, token, max_age=_SESSION_SECONDS, path="/", httponly=True, samesite="lax", secure=self._secure
        )
        answer.set_cookie(
            BROWSER_COOKIE,
            self._logins.mark_for(operator, mark),
            max_age=_BROWSER_SECONDS,
            path="/api/session",
            httponly=True,
            samesite="strict",
            secure=self._secure,
        )
        return answer

    async def show(self, request: Request) -> Response:
        """Who is signed in."""
        return Json(self._answer(self.session_of(request.scope)), headers={"Cache-Control": "no-store"})

    async def sign_out(self, request: Request) -> Response:
        """End this session everywhere; without a valid one there is nothing left to end but the cookie."""
        try:
            session = self.session_of(request.scope)
        except NotSignedIn:
            pass
        else:
            await self._team.end_session(session.id, session.expires_ms)
            log.info("operator signed out", operator_id=session.operator.id, account_id=session.operator.account_id)
        answer = Json({"success": True}, headers={"Cache-Control": "no-store"})
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=self._secure)
        return answer

    def _answer(self, session: Session) -> dict[str, Any]:
        operator = session.operator
        account = self._team.account(operator.account_id)
        assert account is not None, "an operator's account is in the same directory"
        return {
            "success": True,
            "operator": {
                "operator_id": str(operator.id),
                "name": operator.name,
                "email": operator.email,
                "role": operator.role.value,
                "status": operator.status.value,
            },
            "account": {"account_id": str(account.id), "name": account.name},
            "expires_at": iso(session.expires_ms),
        }


async def signed_in(request: Request) -> Operator:
    """The operator who makes this request. Raises NotSignedIn, Forbidden (`wrong_origin`)."""
    sessions: Sessions = request.app.state.sessions
    return sessions.authenticate(request.scope)


def require_role(role: OperatorRole) -> Callable[[Operator], Awaitable[Operator]]:
    """A dependency that lets in whoever is signed in with at least this role, and raises Forbidden for others."""

    async def allowed(operator: Annotated[Operator, Depends(signed_in)]) -> Operator:
        if not operator.role.at_least(role):
            raise Forbidden(f"Only somebody with the role {role.value} may do this.")
        return operator

    return allowed


def _claims(session: Session, now_seconds: int) -> dict[str, Any]:
    operator = session.operator
    return {
        "sub": str(operator.id),
        "account": operator.account_id,
        "version": operator.token_version,
        "jti": session.id,
        "iat": now_seconds,
        "exp": session.expires_ms // 1000,
    }


def _holds(operator: Operator, claims: Mapping[str, Any]) -> bool:
    same_account = claims["account"] == operator.account_id
    return same_account and claims["version"] == operator.token_version and not operator.disabled
