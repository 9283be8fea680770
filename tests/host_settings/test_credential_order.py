"""Where keys come from, and what is said when there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from csm.host import credentials
from csm.host.settings import Settings, load
from csm.protocol.errors import SettingError

CUSTOM = '[model_providers.p]\nbase_url = "http://x"\nenv_key = "MY_KEY"\nenv_key_instructions = "See x.example."\n'


def settings(tmp_path: Path, config: str = "", auth: Any = None, **kwargs: Any) -> Settings:
    home = tmp_path / "codex"
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(config)
    if auth is not None:
        (home / "auth.json").write_text(auth if isinstance(auth, str) else json.dumps(auth))
    return load(cwd=tmp_path, env={"HOME": str(tmp_path), "CODEX_HOME": str(home)}, **kwargs)


def found(settings: Settings, provider: str, env: dict[str, str]) -> tuple[str, str] | None:
    key = credentials.key(settings.model_providers[provider], settings, env)
    return None if key is None else (key.value, Path(key.source).name)


def test_keys_of_openai_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-file\n")
    env = {"CODEX_API_KEY": "from-codex", "OPENAI_API_KEY": "from-openai"}
    auth = {"auth_mode": "apikey", "OPENAI_API_KEY": "from-auth", "tokens": None}
    plain = settings(tmp_path, auth=auth)
    seen = [found(settings(tmp_path, api_key_file=file), "openai", env), found(plain, "openai", env)]
    del env["CODEX_API_KEY"]
    seen.append(found(plain, "openai", env))
    (tmp_path / "codex/auth.json").unlink()
    seen.append(found(plain, "openai", env))
    seen.append(found(plain, "openai", {"OPENAI_API_KEY": "  "}))
    assert seen == [
        ("from-file", "key"),
        ("from-codex", "CODEX_API_KEY"),
        ("from-auth", "auth.json"),
        ("from-openai", "OPENAI_API_KEY"),
        None,
    ]


def test_other_providers_use_their_own_key_alone(tmp_path: Path) -> None:
    config = (
        CUSTOM
        + '[model_providers.t]\nexperimental_bearer_token = "tok"\n[model_providers.o]\nrequires_openai_auth = true\n'
    )
    known = settings(tmp_path, config)
    env = {"OPENAI_API_KEY": "o", "CODEX_API_KEY": "c"}
    assert found(known, "p", env) is None
    assert found(known, "p", {**env, "MY_KEY": " k \n"}) == ("k", "MY_KEY")
    assert found(known, "t", env) == ("tok", "model_providers.t.experimental_bearer_token")
    assert found(known, "o", env) == ("c", "CODEX_API_KEY")
    assert found(known, "ollama", env) is None


def problem(settings: Settings, provider: str, env: dict[str, str] | None = None) -> str | None:
    return credentials.problem(settings.model_providers[provider], settings, env or {})


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    known = settings(tmp_path, CUSTOM)
    assert problem(known, "p") == "Missing environment variable: `MY_KEY`. See x.example."
    assert problem(known, "p", {"MY_KEY": "k"}) is None
    assert problem(known, "ollama") is None
    told = problem(known, "openai") or ""
    assert told.startswith("No API key for OpenAI. Set CODEX_API_KEY or OPENAI_API_KEY")
    assert "ollama" in told
    assert "csm tutor" in told


def test_a_chatgpt_login_is_met_with_its_own_words(tmp_path: Path) -> None:
    known = settings(tmp_path, auth={"OPENAI_API_KEY": None, "tokens": {"access_token": "x"}})
    told = problem(known, "openai") or ""
    assert "auth.json holds a ChatGPT login and no API key" in told
    assert "CODEX_API_KEY" in told
    assert problem(known, "openai", {"OPENAI_API_KEY": "k"}) is None


@pytest.mark.parametrize("auth", ["{", "[]", '"x"', "", "\x00"])
def test_a_broken_login_file_is_no_key_and_said(tmp_path: Path, auth: str) -> None:
    told = problem(settings(tmp_path, auth=auth), "openai") or ""
    assert "auth.json cannot be read as JSON" in told


@pytest.mark.parametrize("text", ["", "\n", "two words", "a\nb", "\x1b[31m", "k\u00e9y"])
def test_a_key_file_holds_one_key(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    known = settings(tmp_path, CUSTOM, api_key_file=file)
    with pytest.raises(SettingError, match="must hold one key"):
        found(known, "p", {"MY_KEY": "k"})
    assert "must hold one key" in (problem(known, "p", {"MY_KEY": "k"}) or "")


def test_a_key_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="No such file"):
        found(settings(tmp_path, api_key_file=tmp_path / "nope"), "openai", {})


def test_keys_do_not_show(tmp_path: Path) -> None:
    known = settings(tmp_path)
    key = credentials.key(known.model_providers["openai"], known, {"OPENAI_API_KEY": "sk-secret"})
    assert "sk-secret" not in repr(key) + str(key) + f"{[key]}"


def test_all_secrets_are_known(tmp_path: Path) -> None:
    config = CUSTOM + 'env_http_headers = { h = "HEADER" }\n[model_providers.t]\nexperimental_bearer_token = "tok"\n'
    file = tmp_path / "key"
    file.write_text("filed")
    known = settings(tmp_path, config, {"OPENAI_API_KEY": "authed"}, api_key_file=file)
    env = {"MY_KEY": "mine", "HEADER": "head", "OPENAI_API_KEY": "open", "OTHER": "no"}
    assert set(credentials.secrets(known, env)) == {"tok", "mine", "head", "open", "authed", "filed"}
