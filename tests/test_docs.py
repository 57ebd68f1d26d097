"""What is written for operators is so: every setting, every command, and nothing that only we have."""

import argparse
import re
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.__main__ import _parser
from bot.adapters import settings_classes
from bot.config import AdapterSettings, Settings, load_given, setting_names

ROOT = Path(__file__).parents[1]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
README = ROOT / "README.md"
LINE = re.compile(r"^#?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
TARGETS = ("demo", "test", "run")
REGISTRIES = ("py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "npm" + "js.org")
OUTSIDE = "/work/" + "shared"


def kinds() -> list[type[AdapterSettings]]:
    return [Settings, *settings_classes()]


def files() -> list[Path]:
    """Those of the repository, the new ones too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in found if file.is_file()]


def test_the_example_has_each_setting_once() -> None:
    """Neither an unknown one nor one forgotten."""
    written = [name for name, _ in LINE.findall(EXAMPLE)]

    assert len(written) == len(set(written))
    assert set(written) == setting_names(kinds())


def test_each_setting_of_the_example_has_a_comment() -> None:
    """Above it, or above the lines that belong together."""
    for block in EXAMPLE.split("\n\n"):
        lines = block.splitlines()
        if any(LINE.match(line) for line in lines):
            assert lines[0].startswith("# "), block


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__module__)
def test_defaults_of_the_example_are_the_real_ones(kind: type[AdapterSettings]) -> None:
    """Whoever uncomments a line changes nothing yet."""
    prefix = str(kind.model_config.get("env_prefix", ""))
    examples = {"PUBLIC_URL", "SMS"}  # empty ones would not show what to write
    shown = {name: value for name, value in LINE.findall(EXAMPLE) if value and name not in examples}
    needed = {"bot_token": "42:x", "user": "x", "password": "x", "api_id": "x", "login": "x", "url": "https://x"}
    needed = {name: value for name, value in needed.items() if f"{prefix}{name}".upper() not in shown}

    given = {
        field: str(dotenv_values(stream=StringIO(f"{name}={shown[name]}"))[name])
        for field in kind.model_fields
        if (name := f"{prefix}{field}".upper()) in shown
    }

    assert load_given(kind, **needed, **given) == load_given(kind, **needed)


def test_the_example_can_be_copied_and_names_what_is_missing() -> None:
    """Required settings stand open and empty; all others are commented out."""
    active = dotenv_values(stream=StringIO(EXAMPLE))

    assert active == {"BOT_TOKEN": "", "BANK_SBER_USER": "", "BANK_SBER_PASSWORD": ""}


def test_the_readme_names_each_command() -> None:
    """Of the command line and of make."""
    if not README.exists():
        pytest.skip("not written yet")
    text = README.read_text(encoding="utf-8")
    (commands,) = (action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))

    for name in commands.choices:
        assert re.search(rf"\b{name}\b", text), name
    for target in TARGETS:
        assert f"make {target}" in text, target


def test_nothing_here_needs_what_only_we_have() -> None:
    """Neither a folder of ours nor the host of a registry."""
    for file in files():
        content = file.read_bytes()
        for word in (OUTSIDE, *REGISTRIES):
            assert word.encode() not in content, f"{word} in {file.relative_to(ROOT)}"
