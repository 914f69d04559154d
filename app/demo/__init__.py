"""Demo data as code: a fictitious part of the country, the same for the same seed and time."""

from app.demo.loading import (
    DemoAccount,
    DemoSummary,
    is_loaded,
    load,
    renew_initial_accounts,
    summary,
)

__all__ = [
    "DemoAccount",
    "DemoSummary",
    "is_loaded",
    "load",
    "renew_initial_accounts",
    "summary",
]
