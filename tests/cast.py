"""The cast of the tests: two businesses that must never meet, and their people."""

from dataclasses import dataclass

from wasl.domain.people import Operator, OperatorRole
from wasl.store.team import Account, Channel, NewChannel, Team

PASSWORD = "olives and cedars"
OLIVE_SECRET, CEDAR_SECRET = "olive-app-secret", "cedar-app-secret"


@dataclass(frozen=True, slots=True)
class Cast:
    """Rana owns Olive Bakery and Omar answers its customers. Clara owns Cedar Clinic: she may see nothing of Olive."""

    olive: Account
    cedar: Account
    olive_number: Channel
    cedar_number: Channel
    rana: Operator
    omar: Operator
    clara: Operator


async def gather_cast(team: Team) -> Cast:
    """Write the cast into an empty installation."""
    olive, cedar = await team.create_account("Olive Bakery"), await team.create_account("Cedar Clinic")
    return Cast(
        olive=olive,
        cedar=cedar,
        olive_number=await _number(team, olive, "155501", "+961 3 000 100", OLIVE_SECRET),
        cedar_number=await _number(team, cedar, "155502", "+961 3 000 200", CEDAR_SECRET),
        rana=await team.add_operator(olive.id, "rana@olive.example", "Rana", OperatorRole.OWNER, PASSWORD),
        omar=await team.add_operator(olive.id, "omar@olive.example", "Omar", OperatorRole.OPERATOR, PASSWORD),
        clara=await team.add_operator(cedar.id, "clara@cedar.example", "Clara", OperatorRole.OWNER, PASSWORD),
    )


async def _number(team: Team, account: Account, phone_number_id: str, shown: str, app_secret: str) -> Channel:
    values = {
        "app_secret": app_secret,
        "verify_token": f"verify-{phone_number_id}",
        "access_token": f"access-{phone_number_id}",
    }
    new = NewChannel(
        provider="meta",
        phone_number_id=phone_number_id,
        values=values,
        api_base_url="http://127.0.0.1:9",
        display_phone_number=shown,
        name=account.name,
    )
    return await team.add_channel(account.id, new)


async def add_number(team: Team, account: Account, phone_number_id: str, app_secret: str | None = None) -> Channel:
    """One more number of a business, under the same app unless another one's secret is given."""
    secret = app_secret or {"Olive Bakery": OLIVE_SECRET, "Cedar Clinic": CEDAR_SECRET}[account.name]
    return await _number(team, account, phone_number_id, "+961 3 000 900", secret)
