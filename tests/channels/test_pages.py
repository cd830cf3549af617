"""Every provider has a page that says how a number is set up, and names every setting that there is."""

from pathlib import Path

import pytest

from wasl.channels.registry import forms
from wasl.domain.channels import ChannelForm

ROOT = Path(__file__).resolve().parents[2]
# Meta's is docs/whatsapp.md, which is about all that speak like it.
FORMS = [form for form in forms().values() if form.provider != "meta"]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.provider)
def test_a_page_names_every_setting_and_says_what_is_not_known(form: ChannelForm) -> None:
    page = (ROOT / form.page).read_text(encoding="utf-8")
    words = [*(known.name for known in form.fields), *form.capabilities.switchable]
    assert [word for word in words if f"`{word}`" not in page] == []
    needed = [known.name.replace("_", "-") for known in form.fields if not known.secret and known.default is None]
    assert [option for option in needed if f"--{option} " not in page] == []
    secrets = [known.name.upper() for known in form.fields if known.secret and known.default is None]
    assert [name for name in secrets if f"`WASL_CHANNEL_{name}`" not in page] == []
    assert f"--provider {form.provider} " in page
    assert form.api_base_url.removeprefix("https://") in page
    assert "not known" in page
