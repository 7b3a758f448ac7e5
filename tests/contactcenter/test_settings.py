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


def test_what_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in msgspec.structs.fields(Settings):
        monkeypatch.setenv(f"CONTACTCENTER_{field.name.upper()}", "")
    assert Settings.from_environment() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "65536"),
        ("DATABASE_URL", "db.example"),
        ("DATABASE_URL", "postgresql://u:pa/ss@db.example/x"),
        ("DATABASE_URL", "postgresql://a.example:5432,b.example:x/x"),
        ("REDIS_URL", "http://cache.example"),
        ("REDIS_URL", "redis://cache.example:x"),
        ("PUBLIC_URL", "desk.example"),
        ("PUBLIC_URL", "https://desk.example/path"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy.example"),
        ("LOG_LEVEL", "loud"),
        ("LOG_JSON", "maybe"),
        ("POOL_SIZE", "0"),
        ("SIGN_IN_HOURS", "0"),
        ("VISITOR_DAYS", "-1"),
        ("LOG_KEEP_DAYS", "-1"),
    ],
)
def test_a_value_with_which_nothing_would_work_is_refused_by_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CONTACTCENTER_{name}", value)
    with pytest.raises(msgspec.ValidationError, match=rf"(?i:{name})\b") as refused:
        Settings.from_environment()
    assert "ss@" not in str(refused.value)


def test_several_hosts_of_a_database_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://u:p%2Fw@a.example:5432,[2001:db8::1]:5433/x?target_session_attrs=primary"
    monkeypatch.setenv("CONTACTCENTER_DATABASE_URL", url)
    assert Settings.from_environment().database_url == url


@pytest.mark.parametrize(
    ("public", "origin"),
    [(None, "http://127.0.0.1:8147"), ("https://cc.example/", "https://cc.example")],
)
def test_browsers_find_us_at_one_origin(public: str | None, origin: str) -> None:
    assert Settings(public_url=public).origin == origin
