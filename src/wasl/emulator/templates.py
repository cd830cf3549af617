"""The message templates of the emulated business accounts: what Meta lists, as Meta describes it."""

from collections.abc import Sequence
from typing import Any

Template = dict[str, Any]

USUAL: tuple[Template, ...] = (
    *(
        {
            "id": f"70000000000001{place}",
            "name": "welcome",
            "language": language,
            "category": "UTILITY",
            "status": "APPROVED",
            "quality_score": {"score": "UNKNOWN"},
            "components": [{"type": "BODY", "text": text}],
        }
        for place, (language, text) in enumerate((("en", "Welcome to Cedar Shop."), ("ar", "أهلا بكم في متجر الأرز.")))
    ),
    {
        "id": "700000000000001",
        "name": "order_on_its_way",
        "language": "en",
        "category": "UTILITY",
        "status": "APPROVED",
        "quality_score": {"score": "GREEN"},
        "components": [
            {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is on its way."},
            {"type": "FOOTER", "text": "Cedar Shop"},
        ],
    },
    {
        "id": "700000000000002",
        "name": "order_on_its_way",
        "language": "ar",
        "category": "UTILITY",
        "status": "APPROVED",
        "quality_score": {"score": "GREEN"},
        "components": [{"type": "BODY", "text": "مرحبا {{1}}، طلبك {{2}} في الطريق."}],
    },
    {
        "id": "700000000000003",
        "name": "new_arrivals",
        "language": "en",
        "category": "MARKETING",
        "status": "APPROVED",
        "quality_score": {"score": "YELLOW"},
        "components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "New for you, {{first_name}}: see what came in today."},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "URL", "text": "See it", "url": "https://cedar.example/new/{{1}}"},
                    {"type": "QUICK_REPLY", "text": "Not now"},
                ],
            },
        ],
    },
    {
        "id": "700000000000004",
        "name": "we_miss_you",
        "language": "en",
        "category": "MARKETING",
        "status": "PAUSED",
        "quality_score": {"score": "RED"},
        "components": [{"type": "BODY", "text": "We have not heard from you for a while."}],
    },
)


class Templates:
    """Templates by business account; one of which nothing else was said has the usual ones."""

    def __init__(self) -> None:
        self._of_account: dict[str, list[Template]] = {}

    def of(self, business_account_id: str) -> Sequence[Template]:
        return self._of_account.get(business_account_id, USUAL)

    def choose(self, business_account_id: str, templates: Sequence[Template]) -> None:
        """Let an account have these."""
        self._of_account[business_account_id] = list(templates)

    def find(self, business_account_id: str, name: str, language: str) -> Template | None:
        for template in self.of(business_account_id):
            if (template["name"], template["language"]) == (name, language):
                return template
        return None
