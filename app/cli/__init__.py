"""The ``dingkao`` command: one file per subcommand, imported when it is called."""

from collections.abc import Mapping
from importlib import import_module

import click

COMMANDS: Mapping[str, str] = {
    "run": "serve:run",
    "migrate": "schema:migrate",
    "revision": "schema:revision",
    "demo": "demo:demo",
    "import-physicians": "import_physicians:import_physicians",
    "registry": "registry:registry",
    "permissions": "permissions:permissions",
    "check": "check:check",
    "new-key": "check:new_key",
    "diagrams": "docs:diagrams",
    "messages": "docs:messages",
    "webhooks": "webhooks:webhooks",
    "mail": "mail:mail",
    "worker": "worker:worker",
    "statistics": "statistics:statistics",
    "audit": "audit:audit",
    "backup": "backup:backup",
}


class Commands(click.Group):
    """Finds subcommands by name, so that ``run`` does not wait for what it does not use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        found: click.Command = getattr(import_module(f"app.cli.{module}"), attribute)
        return found


@click.group(cls=Commands)
def main() -> None:
    """dingkao: the periodic assessment of physicians (医师定期考核)."""
