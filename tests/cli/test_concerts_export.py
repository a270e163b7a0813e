"""`yemae concerts export` writes a file that loads without a change."""

from pathlib import Path

from helpers.command import yemae
from yemae.settings import Settings


def test_what_is_written_loads_without_a_change(
    named_stores: Settings, hall_file: str, tmp_path: Path
) -> None:
    assert named_stores.stores.database_url
    assert yemae("concerts", "load", hall_file).code == 0
    file = tmp_path / "written.toml"
    written = yemae("concerts", "export", "hall", "--output", str(file))
    assert (written.code, written.out) == (0, f"hall is in {file}\n")
    assert yemae("concerts", "export", "hall").out == file.read_text(encoding="utf-8")
    again = yemae("concerts", "load", str(file), "--dry-run")
    assert "unchanged" in again.out
    there = yemae("concerts", "export", "hall", "--output", str(file))
    assert (there.code, there.err) == (2, f"yemae: {file} cannot be written: File exists.\n")
    unknown = yemae("concerts", "export", "nowhere")
    assert unknown.code == 2
    assert "There is no concert 'nowhere'" in unknown.err
