"""Commands that live in modules of their own, imported only when they are asked for."""

from __future__ import annotations

from importlib import import_module, util

import typer
from typer._click.core import Command, Context
from typer.core import TyperGroup

from cli.console import load_settings

COMMANDS = {
    "say": "cli.say",
    "inbox": "cli.inbox",
    "answer": "cli.inbox",
    "accounts": "cli.accounts",
    "payments": "cli.accounts",
    "mandates": "cli.mandates",
    "revoke": "cli.mandates",
    "orders": "cli.orders",
    "order": "cli.orders",
    "alerts": "cli.alerts",
    "approvals": "cli.approvals",
    "decide": "cli.approvals",
    "reverse": "cli.approvals",
    "call": "cli.call",
    "hear": "cli.hear",
    "understand": "cli.understand",
    "mask": "cli.understand",
    "tools": "cli.tools",
    "rail": "cli.rail",
    "dialogue": "cli.dialogue",
    "audit": "cli.audit",
    "backup": "cli.backup",
    "restore": "cli.backup",
    "demo": "cli.demo.command",
}


class LazyGroup(TyperGroup):
    """A group that knows the names of commands without having loaded them."""

    def list_commands(self, ctx: Context) -> list[str]:
        """In the order of use."""
        return [*super().list_commands(ctx), *(name for name, module in COMMANDS.items() if util.find_spec(module))]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command, made from the function of the same name."""
        module = COMMANDS.get(cmd_name)
        if module is None or util.find_spec(module) is None:
            return super().get_command(ctx, cmd_name)
        load_settings()
        single = typer.Typer(add_completion=False)
        single.command(cmd_name)(getattr(import_module(module), cmd_name))
        return typer.main.get_command(single)
