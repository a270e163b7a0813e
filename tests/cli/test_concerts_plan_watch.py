"""`yemae concerts plan --watch`: a picture that follows the file."""

import re
import signal
from pathlib import Path

import pytest

from helpers.command import finish, start, yemae


def test_a_picture_follows_the_file_and_outlives_its_faults(hall_file: str, tmp_path: Path) -> None:
    svg, path = tmp_path / "plan.svg", Path(hall_file)
    process = start("concerts", "plan", hall_file, "--svg", str(svg), "--watch")
    assert process.stdout is not None
    said = iter(process.stdout.readline, "")
    text = path.read_text(encoding="utf-8")
    assert next(said) == f"{path}: drawn\n"
    assert "Balcony" not in svg.read_text(encoding="utf-8")
    path.write_text(text.replace('name = "Floor"', 'name = "Balcony"'), encoding="utf-8")
    # A look may fall between the two steps of a write, when the file is empty.
    while (line := next(said)) != f"{path}: drawn\n":
        assert line.startswith(f"{path}")
    drawn = svg.read_text(encoding="utf-8")
    assert "Balcony" in drawn
    path.write_text(text.replace('grade = "R"', 'grade = "VIP"'), encoding="utf-8")
    refused = next(line for line in said if "VIP" in line)
    assert re.fullmatch(r".*line \d+: sections\[0\]\.grade: expected one of .*\n", refused)
    assert svg.read_text(encoding="utf-8") == drawn
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 130
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("options", [("hall-1", "--svg", "x.svg"), ("hall.toml",)])
def test_it_needs_a_file_and_a_picture(options: tuple[str, ...]) -> None:
    said = "yemae: --watch needs a concert file, and --svg for the picture.\n"
    assert yemae("concerts", "plan", *options, "--watch") == (2, "", said)
