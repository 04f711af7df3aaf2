"""``secondpass lint`` and ``secondpass rules``: their options. What they do is imported when they are called."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.choices import FAIL_ON, LINT_FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_RULES = "RULES"
_DEEP = ("deep", "pair", "drafts", "drafts_from", "models", "allow_weak_sandbox")
_FILE = click.Path(path_type=Path)


def _codes(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip() for given in value for code in given.split(",") if code.strip())


def _complete_codes(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """For the shell: rules by code, else by name; of several codes the last is completed."""
    from click.shell_completion import CompletionItem

    from analyzers.rules import ALL_RULES
    from core.linting.gates import GATES

    head, comma, last = incomplete.rpartition(",")
    rules = (*ALL_RULES, *GATES)
    found = {rule.code: rule.summary for rule in rules if rule.code.startswith(last.upper())}
    found = found or {rule.name: rule.summary for rule in rules if rule.name.startswith(last.lower())}
    return [CompletionItem(f"{head}{comma}{word}", help=summary) for word, summary in found.items()]


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH|-]...", type=click.Path(allow_dash=True))
@click.option(
    "--select",
    multiple=True,
    callback=_codes,
    metavar=_RULES,
    shell_complete=_complete_codes,
    help="Only these rules: EX101,TC or ALL.",
)
@click.option(
    "--extend-select",
    multiple=True,
    callback=_codes,
    metavar=_RULES,
    shell_complete=_complete_codes,
    help="These rules as well.",
)
@click.option(
    "--ignore", multiple=True, callback=_codes, metavar=_RULES, shell_complete=_complete_codes, help="Not these rules."
)
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave these out when a folder is searched.")
@click.option("--force-exclude", is_flag=True, help="Leave them out even where they are named, as by pre-commit.")
@click.option("--format", "format_", type=click.Choice(LINT_FORMATS), default="full", show_default=True)
@click.option("-o", "destination", type=_FILE, metavar="FILE", help="Write the report to FILE, not to stdout.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="The least severity that gives exit code 1 [warning].")
@click.option("--min-score", type=click.FloatRange(0, 100), help="The least richness score of every spec.")
@click.option("--min-verifiable", type=click.FloatRange(0, 50), help="The least verifiable score of every spec.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also those that may change what a spec says.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--baseline", type=_FILE, metavar="FILE", help="Report only what this file does not hold.")
@click.option("--update-baseline", is_flag=True, help="Write all findings to the baseline, and exit 0.")
@click.option("--diff-base", metavar="REF", help="Only the specs that changed since the branch left REF (git).")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of showing them.")
@click.option("--watch", is_flag=True, help="Lint again whenever a file changes; Ctrl+C ends it.")
@click.option("--stdin-filename", metavar="NAME", help="The file that standard input (-) stands for.")
@click.option("--isolated", is_flag=True, help="Read no pyproject.toml.")
@click.option("--show-settings", is_flag=True, help="Show the settings that hold for each path, and exit.")
@click.option(
    "--explain",
    metavar="RULE",
    shell_complete=_complete_codes,
    help="Explain a rule, as `secondpass rules RULE` does, and exit.",
)
@click.option("--deep", is_flag=True, help="Also compare drafts of each spec, run in the sandbox (TC705, TC706).")
@click.option("--pair", metavar="NAME", help="With --deep: the pair whose coder writes the drafts.")
@click.option("--drafts", type=click.IntRange(2, 20), help="With --deep: how many it writes of each spec [3].")
@click.option(
    "--drafts-from",
    type=_FILE,
    metavar="PATH",
    help="With --deep: read drafts instead: a folder of NAME-1.py, NAME-2.py, or samples as JSON lines.",
)
@click.option("--models", type=_FILE, help="With --deep: a models.toml to merge over the shipped and your own one.")
@click.option(
    "--allow-weak-sandbox",
    is_flag=True,
    envvar="SECONDPASS_ALLOW_WEAK_SANDBOX",
    help="With --deep: run drafts even where only resource limits are available to confine them.",
)
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no scores, no summary.")
@click.pass_context
def lint(context: click.Context, /, paths: tuple[str, ...], format_: str, **options: Any) -> None:
    """Find what is missing, vague or contradictory in specs, before a model has to guess it.

    PATH is a spec (Python stub, Markdown, plain text) or a folder, which is searched for *.md, *.txt, and *.py that
    hold stubs; - reads standard input; without one, the working directory is searched. Settings stand in
    [tool.secondpass.lint] of pyproject.toml; docs/lint.md says more.

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage or configuration, or a file that is no text.
    """
    from tui.cli.lint import LintOptions, lint_command

    given = {name: options.pop(name) for name in _DEEP}
    if any(value for name, value in given.items() if name != "allow_weak_sandbox"):
        from tui.cli.lint_deep import deep_options

        options["deep"] = deep_options(**given, quiet=options["quiet"])
    context.exit(lint_command(LintOptions(paths=paths, format=format_, **options)))


@click.command()
@click.argument("code", required=False, metavar="[CODE]", shell_complete=_complete_codes)
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
def rules(code: str | None, format_: str) -> None:
    """List the rules of the linter (all, or a family such as EX), or explain one: secondpass rules EX101"""
    from tui.cli.rules import rules_command

    rules_command(code, format_)
