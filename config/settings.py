"""The only reader of the environment: every setting by its full name, every problem in one list."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from pydantic import Field, ModelWrapValidatorHandler, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SIDESTAGE_"


class BadSettings(Exception):
    """What is wrong with the settings, one sentence each, without the values of secrets."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Read from the environment and, where one is, the file ``.env``; either platform may be absent."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(
        default="sqlite:///sidestage.db", description="sqlite:///file or postgresql://user:password@host/name"
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Fernet keys, newest first, separated by commas; without it sidestage.key is made",
    )
    slack_bot_token: SecretStr | None = Field(default=None, description="xoxb-…, from OAuth & Permissions")
    slack_app_token: SecretStr | None = Field(
        default=None, description="xapp-…, from Basic Information; for socket mode"
    )
    slack_signing_secret: SecretStr | None = Field(default=None, description="from Basic Information; for http mode")
    slack_config_token: SecretStr | None = Field(
        default=None, description="xoxe.xoxp-…, an app configuration token; only `sidestage check` uses it"
    )
    slack_mode: Literal["socket", "http"] = Field(default="socket", description="how Slack reaches the bot")
    slack_api_url: str | None = Field(default=None, description="another address of Slack's Web API, ending in /api/")
    discord_token: SecretStr | None = Field(default=None, description="the bot's token, from the developer portal")
    discord_api_url: str | None = Field(
        default=None, description="another address of Discord's REST API, ending in /api/v10"
    )
    discord_gateway_url: str | None = Field(
        default=None, description="another address of Discord's gateway, ws:// or wss://"
    )
    http_host: str = Field(default="127.0.0.1", description="where health, metrics and Slack's http mode listen")
    http_port: int = Field(default=8080, ge=0, le=65_535, description="0 takes any free port")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="how much is logged")
    log_format: Literal["json", "console"] = Field(default="json", description="one JSON object a line, or for people")

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _slack_token(cls, token: SecretStr | None, info: object) -> SecretStr | None:
        start = "xoxb-" if getattr(info, "field_name", "") == "slack_bot_token" else "xapp-"
        if token is not None and not token.get_secret_value().startswith(start):
            raise ValueError(f"it should begin with {start}")
        return token

    @field_validator("slack_api_url", "discord_api_url", "discord_gateway_url")
    @classmethod
    def _address(cls, address: str | None, info: object) -> str | None:
        schemes = ("ws", "wss") if getattr(info, "field_name", "") == "discord_gateway_url" else ("http", "https")
        if address is not None and (urlsplit(address).scheme not in schemes or not urlsplit(address).netloc):
            raise ValueError(f"it should begin with {schemes[0]}:// or {schemes[1]}://")
        return address

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, address: str | None) -> str | None:
        """slack_sdk puts the method's name right behind it."""
        return f"{address.rstrip('/')}/" if address else address

    @field_validator("discord_api_url", "discord_gateway_url")
    @classmethod
    def _without_slash(cls, address: str | None) -> str | None:
        return address.rstrip("/") if address else address

    @field_validator("database_url")
    @classmethod
    def _database(cls, address: str) -> str:
        if urlsplit(address).scheme.partition("+")[0] not in ("sqlite", "postgresql"):
            raise ValueError("it should begin with sqlite:/// or postgresql://")
        return address

    @field_validator("secret_key")
    @classmethod
    def _fernet(cls, keys: SecretStr | None) -> SecretStr | None:
        for key in keys.get_secret_value().split(",") if keys else []:
            try:
                Fernet(key.strip())
            except ValueError:
                raise ValueError(
                    "each key should be 32 bytes in URL-safe base64; leave it out to have one made"
                ) from None
        return keys

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, given: Any, check: ModelWrapValidatorHandler[Self]) -> Self:
        """Every problem at once: of single settings, and of settings that need each other."""
        problems = _needed(given)
        try:
            settings = check(given)
        except ValidationError as wrong:
            raise BadSettings([_sentence(error) for error in wrong.errors()] + problems) from None
        if problems:
            raise BadSettings(problems)
        return settings

    def secret(self, folder: Path) -> str:
        """The key of sealed columns; made at the first run with mode 0600 where none is set."""
        from storage.sealed import key_file

        return self.secret_key.get_secret_value() if self.secret_key else key_file(folder / "sidestage.key")


def load() -> Settings:
    """The settings. Raises BadSettings with every problem."""
    unknown = _unknown()
    try:
        settings = Settings()
    except BadSettings as wrong:
        raise BadSettings(wrong.problems + unknown) from None
    if unknown:
        raise BadSettings(unknown)
    return settings


def _unknown() -> list[str]:
    """Names that begin like ours but are none of ours: most often a slip of the pen."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    problems = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            problems.append(f"{name}: there is no such setting" + (f"; did you mean {near[0]}?" if near else ""))
    return problems


def _needed(given: Mapping[str, object]) -> list[str]:
    """What is missing beside what is there."""
    problems = []
    mode = given.get("slack_mode") or "socket"
    if any(given.get(f"slack_{name}") for name in ("bot_token", "app_token", "signing_secret")):
        if not given.get("slack_bot_token"):
            problems.append(f"{PREFIX}SLACK_BOT_TOKEN: the other Slack settings are there, but this one is missing")
        if mode == "socket" and not given.get("slack_app_token"):
            problems.append(f"{PREFIX}SLACK_APP_TOKEN: needed in socket mode; make one under Basic Information")
        if mode == "http" and not given.get("slack_signing_secret"):
            problems.append(f"{PREFIX}SLACK_SIGNING_SECRET: needed in http mode; it stands under Basic Information")
    elif not given.get("discord_token"):
        problems.append(f"{PREFIX}SLACK_BOT_TOKEN or {PREFIX}DISCORD_TOKEN: give at least one; `make demo` needs none")
    return problems


def _sentence(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{'_'.join(map(str, error['loc'])).upper()}: {message[0].lower()}{message[1:]}"
