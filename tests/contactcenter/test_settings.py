from pathlib import Path

import msgspec
import pytest

from contactcenter.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in msgspec.structs.fields(Settings):
        monkeypatch.delenv(f"CONTACTCENTER_{field.name.upper()}", raising=False)


def test_where_nothing_is_set_the_defaults_hold() -> None:
    assert Settings.from_environment() == Settings()


def test_each_kind_of_value_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "PORT": "9000",
        "LOG_JSON": "true",
        "FOLDER": "/srv/cc",
        "DATABASE_URL": "postgresql://x",
        "WEBHOOK_ALLOW": "10.0.0.1, bots.example",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"CONTACTCENTER_{name}", value)

    settings = Settings.from_environment()

    assert (settings.port, settings.log_json, settings.folder) == (9000, True, Path("/srv/cc"))
    assert settings.database_url == "postgresql://x"
    assert settings.webhook_allow == ("10.0.0.1", "bots.example")


def test_a_value_of_the_wrong_type_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTCENTER_PORT", "many")
    with pytest.raises(msgspec.ValidationError, match="port"):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("public", "origin"),
    [(None, "http://127.0.0.1:8147"), ("https://cc.example/", "https://cc.example")],
)
def test_browsers_find_us_at_one_origin(public: str | None, origin: str) -> None:
    assert Settings(public_url=public).origin == origin
