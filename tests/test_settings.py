"""What an installation is told by its environment, where more than one word is meant."""

import pytest

from wasl.errors import Misconfigured
from wasl.settings import Settings


def test_several_origins_of_tools_are_told_apart() -> None:
    told = "http://10.0.0.5:8080, https://shop.lan\nhttp://[::1]:9"
    assert Settings(tool_origins=told).trusted_tool_origins == (
        "http://10.0.0.5:8080",
        "https://shop.lan",
        "http://[::1]:9",
    )
    assert Settings().trusted_tool_origins == ()


def test_models_may_lie_where_they_are_named_or_anywhere() -> None:
    assert Settings().trusted_model_origins == ()
    assert Settings(model_origins=" * ").trusted_model_origins == ("*",)
    assert Settings(model_origins="http://localhost:11434").trusted_model_origins == ("http://localhost:11434",)


@pytest.mark.parametrize(
    "told",
    ["10.0.0.5", "ftp://shop.lan", "http://shop.lan/api", "http://user@shop.lan", "http://shop.lan:99999", "http://"],
)
def test_what_is_no_origin_stops_the_start_with_a_sentence(told: str) -> None:
    with pytest.raises(Misconfigured, match="WASL_TOOL_ORIGINS"):
        _ = Settings(tool_origins=told).trusted_tool_origins
    with pytest.raises(Misconfigured, match="WASL_MODEL_ORIGINS"):
        _ = Settings(model_origins=told).trusted_model_origins
