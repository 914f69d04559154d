"""Every setting of dingkao, read from the environment once.

``DINGKAO_PROFILE`` chooses the defaults: ``demo`` (a try-out on one machine), ``test`` and
``production``. A secret has no default in production; ``problems()`` says what keeps an
installation from being fit for it, and the start refuses while there are any.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
PROFILES = ("demo", "test", "production")
KNOWN_SECRET = "demo-only-secret-known-to-everybody-0123456789"  # noqa: S105 - refused in production
KNOWN_KEYS = "demo:ZGVtby1vbmx5LWtleS1rbm93bi10by1ldmVyeWJvZHkh"


@dataclass(frozen=True)
class Entry:
    """One environment variable: its default per profile, and what it does."""

    name: str
    default: str
    meaning: str
    production: str | None = None


ENTRIES = (
    Entry("DINGKAO_PROFILE", "demo", "demo, test or production"),
    Entry("PORT", "8080", "port on 127.0.0.1"),
    Entry("DATA_DIR", str(ROOT / "instance"), "folder of the embedded database and its files"),
    Entry("DATABASE_URL", "", "postgresql://… ; empty: SQLite in DATA_DIR"),
    Entry("DINGKAO_SECRET_KEY", KNOWN_SECRET, "signs what leaves the server, 32+ bytes", ""),
    Entry(
        "DINGKAO_DATA_KEYS", KNOWN_KEYS, "id:base64,… encrypts personal data; first is current", ""
    ),
    Entry("DINGKAO_CAPTCHA", "on", "on or off; off is honoured in demo and test only"),
    Entry(
        "INITIAL_PASSWORD_MODE", "manual", "manual, factor or code (docs/decisions/0005)", "code"
    ),
    Entry("PASSWORD_POLICY", "default", "default or asvs"),
    Entry("SESSION_HOURS", "8", "hours after the last request until a session ends"),
    Entry("TRUSTED_HOSTS", "", "comma-separated host names that requests may name; empty: any"),
    Entry("TRUSTED_PROXIES", "0", "number of reverse proxies in front"),
    Entry("COOKIE_SECURE", "off", "on: cookies over HTTPS only", "on"),
    Entry("WEB_THREADS", "24", "threads of the web process"),
    Entry("DINGKAO_DEBUG", "off", "on is refused in production"),
    Entry("RATELIMIT_STORAGE_URI", "memory://", "where request counters live"),
    Entry("API_RATE_LIMIT", "600/minute", "requests of one token of the REST API"),
    Entry("REGISTRY_URL", "", "https://… of the physicians' registry; empty: no synchronisation"),
    Entry("REGISTRY_KEY", "", "id:base64 signs requests to the registry, 32+ bytes"),
    Entry("REGISTRY_PAGE", "500", "changes asked for at a time"),
    Entry("MAIL_URL", "file", "file, smtp://[user:password@]host[:port] or smtps://…", ""),
    Entry("MAIL_FROM", "dingkao@localhost", "sender of mails"),
    Entry("PUBLIC_URL", "", "the site's address, as mails name it"),
    Entry("EMBEDDED_WORKER", "on", "on: dingkao run also runs jobs; off: dingkao worker does"),
    Entry("WORKER_SILENT_SECONDS", "8", "after how long a silent worker's jobs are taken over"),
    Entry("JOB_BULK_ROWS", "500", "a bulk action on more rows runs as a job"),
    Entry("JOB_IMPORT_ROWS", "500", "an import of more rows runs as a job"),
    Entry("JOB_EXPORT_ROWS", "5000", "an export of more rows runs as a job; 0: none does"),
)


class ConfigurationInvalid(RuntimeError):
    """The environment does not make a usable configuration."""


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read the environment into Flask's configuration.

    :raises ConfigurationInvalid: unknown profile or a value that cannot be read.
    """
    environ = os.environ if environ is None else environ
    profile = environ.get("DINGKAO_PROFILE") or "demo"
    if profile not in PROFILES:
        raise ConfigurationInvalid(f"DINGKAO_PROFILE is {profile!r}, not one of {PROFILES}")
    values = {}
    for entry in ENTRIES:
        default = entry.default
        if profile == "production" and entry.production is not None:
            default = entry.production
        values[entry.name] = environ.get(entry.name) or default
    captcha = values["DINGKAO_CAPTCHA"] != "off"
    url = values["DATABASE_URL"]
    data_dir = Path(values["DATA_DIR"]).expanduser().resolve()
    if not url:
        url = f"sqlite+pysqlite:///{data_dir / 'dingkao.sqlite3'}"
    elif url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    config: dict[str, Any] = {
        "PROFILE": profile,
        "PORT": int(values["PORT"]),
        "DATA_DIR": data_dir,
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(url),
        "SECRET_KEY": values["DINGKAO_SECRET_KEY"],
        "DATA_KEYS": values["DINGKAO_DATA_KEYS"],
        "CAPTCHA": captcha,
        "INITIAL_PASSWORD_MODE": values["INITIAL_PASSWORD_MODE"],
        "PASSWORD_POLICY": values["PASSWORD_POLICY"],
        "SESSION_HOURS": int(values["SESSION_HOURS"]),
        "TRUSTED_HOSTS": [h for h in values["TRUSTED_HOSTS"].split(",") if h] or None,
        "TRUSTED_PROXIES": int(values["TRUSTED_PROXIES"]),
        "SESSION_COOKIE_SECURE": values["COOKIE_SECURE"] == "on",
        "WEB_THREADS": int(values["WEB_THREADS"]),
        "DEBUG": values["DINGKAO_DEBUG"] == "on",
        "TESTING": profile == "test",
        "RATELIMIT_STORAGE_URI": values["RATELIMIT_STORAGE_URI"],
        "RATELIMIT_ENABLED": True,
        "API_RATE_LIMIT": values["API_RATE_LIMIT"],
        "REGISTRY_URL": values["REGISTRY_URL"],
        "REGISTRY_KEY": values["REGISTRY_KEY"],
        "REGISTRY_PAGE": min(max(int(values["REGISTRY_PAGE"]), 1), 2000),
        "MAIL_URL": values["MAIL_URL"],
        "MAIL_FROM": values["MAIL_FROM"],
        "PUBLIC_URL": values["PUBLIC_URL"],
        "EMBEDDED_WORKER": values["EMBEDDED_WORKER"] != "off",
        "WORKER_SILENT_SECONDS": float(values["WORKER_SILENT_SECONDS"]),
        "JOB_BULK_ROWS": int(values["JOB_BULK_ROWS"]),
        "JOB_IMPORT_ROWS": int(values["JOB_IMPORT_ROWS"]),
        "JOB_EXPORT_ROWS": int(values["JOB_EXPORT_ROWS"]),
        **_FRAMEWORK,
    }
    return config


_FRAMEWORK: dict[str, Any] = {
    "SESSION_COOKIE_NAME": "dingkao",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
    "SEND_FILE_MAX_AGE_DEFAULT": 31536000,
    "WTF_CSRF_TIME_LIMIT": None,  # the session ends it; a long form must not lose its work
    "AUTH_USERNAME_CI": False,
    "AUTH_RATE_LIMITED": False,  # ours limits before the hash
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_ADD_SECURITY_VIEWS": False,
    "FAB_ADD_SECURITY_API": False,
    "FAB_API_SWAGGER_UI": False,
    "FAB_SAFE_REDIRECT_HOSTS": [],
    "FAB_BASE_TEMPLATE": "base.html",
    "BABEL_DEFAULT_LOCALE": "zh",
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
    "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
    "APP_NAME": "医师定期考核信息登记管理系统",
}


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        import pysqlite3

        return {"module": pysqlite3, "connect_args": {"timeout": 30}}
    return {"pool_size": 16, "max_overflow": 16, "pool_pre_ping": True}


def problems(config: Mapping[str, Any]) -> list[str]:
    """List what makes a configuration unfit for production; empty means fit."""
    found = []
    if not config["SECRET_KEY"] or config["SECRET_KEY"] == KNOWN_SECRET:
        found.append("DINGKAO_SECRET_KEY is missing or the known demo value")
    elif len(config["SECRET_KEY"].encode()) < 32:
        found.append("DINGKAO_SECRET_KEY is shorter than 32 bytes")
    if not config["DATA_KEYS"] or config["DATA_KEYS"] == KNOWN_KEYS:
        found.append("DINGKAO_DATA_KEYS is missing or the known demo value (dingkao new-key)")
    if not config["CAPTCHA"]:
        found.append("DINGKAO_CAPTCHA=off is for demo and test only")
    if config["DEBUG"]:
        found.append("DINGKAO_DEBUG=on is for development only")
    if config["INITIAL_PASSWORD_MODE"] not in ("factor", "code"):
        found.append("INITIAL_PASSWORD_MODE must be factor or code")
    if not config["SESSION_COOKIE_SECURE"]:
        found.append("COOKIE_SECURE must be on")
    if not config["TRUSTED_HOSTS"]:
        found.append("TRUSTED_HOSTS must name the host")
    if config["REGISTRY_URL"] and not config["REGISTRY_KEY"]:
        found.append("REGISTRY_KEY must be set where REGISTRY_URL is")
    if config["MAIL_URL"] and config["MAIL_FROM"].endswith("@localhost"):
        found.append("MAIL_FROM must name a sender while MAIL_URL is set")
    return found
