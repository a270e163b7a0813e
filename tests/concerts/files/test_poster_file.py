"""The poster of a concert file: what images are taken, and what becomes of them."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from yemae.concerts.files.concert_file import ConcertFileError
from yemae.concerts.files.poster_file import read


def saved(folder: Path, image: Image.Image, kind: str = "PNG", **options: Any) -> Path:
    path = folder / "poster.bin"
    image.save(path, kind, **options)
    return path


def shown(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def pixel(content: bytes) -> tuple[int, int, int]:
    red, green, blue = shown(content).crop((5, 5, 6, 6)).tobytes()
    return red, green, blue


def refusal(path: Path) -> str:
    with pytest.raises(ConcertFileError) as caught:
        read(path)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_becomes_two_jpegs_of_the_same_shape(tmp_path: Path, kind: str) -> None:
    poster = read(saved(tmp_path, Image.new("RGB", (1500, 2000), "navy"), kind))
    assert (poster.width, poster.height) == (1200, 1600)
    for content, size in ((poster.large, (1200, 1600)), (poster.small, (560, 747))):
        image = shown(content)
        assert (image.format, image.size, image.mode) == ("JPEG", size, "RGB")


def test_a_small_image_is_not_made_larger(tmp_path: Path) -> None:
    poster = read(saved(tmp_path, Image.new("RGB", (300, 400), "navy")))
    assert shown(poster.large).size == shown(poster.small).size == (300, 400)


def test_another_image_is_another_poster_and_the_same_one_is_the_same(tmp_path: Path) -> None:
    navy = saved(tmp_path, Image.new("RGB", (300, 400), "navy"))
    first, again = read(navy), read(navy)
    assert first == again
    assert read(saved(tmp_path, Image.new("RGB", (300, 400), "red"))).digest != first.digest


def test_nothing_but_the_picture_gets_out(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    path = saved(tmp_path, Image.new("RGB", (300, 400)), "JPEG", exif=exif, comment=b"my name")
    path.write_bytes(path.read_bytes() + b"<script>alert(1)</script>")
    poster = read(path)
    for content in (poster.small, poster.large):
        for hidden in (b"where it was taken", b"my name", b"<script>"):
            assert hidden not in content


def test_a_photograph_is_turned_the_right_way_up(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    poster = read(saved(tmp_path, Image.new("RGB", (400, 300)), "JPEG", exif=exif))
    assert (poster.width, poster.height) == (300, 400)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    poster = read(saved(tmp_path, Image.new("RGBA", (300, 300), (0, 0, 0, 0))))
    assert pixel(poster.large) == (255, 255, 255)


def test_colours_of_another_profile_are_converted(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (300, 300), (200, 30, 30))
    poster = read(saved(tmp_path, image, "PNG", icc_profile=profile))
    red, green, blue = pixel(poster.large)
    assert abs(red - 200) < 4
    assert abs(green - 30) < 4
    assert abs(blue - 30) < 4
    assert "icc_profile" not in shown(poster.large).info
    broken = read(saved(tmp_path, image, "PNG", icc_profile=b"broken"))
    assert shown(broken.large).size == (300, 300)


def test_the_colours_of_a_printer_become_those_of_a_screen(tmp_path: Path) -> None:
    image = Image.new("CMYK", (300, 300), (0, 0, 0, 0))
    assert pixel(read(saved(tmp_path, image, "JPEG")).large) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "problem"),
    [
        ((299, 500), "sides of at least 300 pixels"),
        ((300, 901), "sides of at most 1 to 3"),
        ((8000, 7501), "at most 60,000,000 pixels"),
    ],
)
def test_an_image_of_another_size_is_refused(
    tmp_path: Path, size: tuple[int, int], problem: str
) -> None:
    path = saved(tmp_path, Image.new("1", size))
    assert refusal(path).startswith(f"expected an image with {problem}, found {size[0]:,} × ")


def test_more_than_eight_bits_a_colour_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("I;16", (300, 300)))
    assert refusal(path) == (
        "expected an image with 8 bits for each colour, found 300 × 300 (I;16)."
    )


def bomb() -> bytes:
    """A PNG of a few bytes that says it has a square of 100,000 pixels a side."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def cut() -> bytes:
    """The first half of an image."""
    written = io.BytesIO()
    Image.effect_noise((400, 400), 50).convert("RGB").save(written, "PNG")
    return written.getvalue()[: len(written.getvalue()) // 2]


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff", bomb(), cut()],
    ids=["empty", "gif", "svg", "begin-of-jpeg", "bomb", "cut"],
)
def test_what_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "poster.png"
    path.write_bytes(content)
    assert refusal(path) == "expected an image: JPEG, PNG or WebP, found a file that is none."


def test_a_file_that_cannot_be_read_or_is_too_large_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.png") == "cannot be read: No such file or directory."
    large = tmp_path / "large.png"
    large.write_bytes(bytes(20_000_001))
    assert refusal(large) == "may be at most 20,000,000 bytes, and is larger."
