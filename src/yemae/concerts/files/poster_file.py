"""The poster of a concert file: an image of the operator's, made into the two that are served.

Always holds: what comes out was written here, pixel by pixel, as JPEG in sRGB. Nothing of the
operator's file but its picture gets to fans: no place where a photograph was taken, no other name,
no second image, and no program that only looks like one.
"""

import hashlib
import io
import warnings
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from yemae.concerts.files.file_source import ConcertFileError
from yemae.concerts.posters import Poster

FILE_MAX_BYTES = 20_000_000
# Of the picture, before it is unpacked: what takes a few bytes may have billions.
PIXELS_MAX = 60_000_000
SIDE_MIN = 300
# The longer side over the shorter one.
RATIO_MAX = 3
FORMATS = ("JPEG", "PNG", "WEBP")
MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"})
# As wide as a card of the list, and as wide as a page, on displays with two dots a pixel.
SMALL_WIDTH, LARGE_WIDTH = 560, 1_200
QUALITY = 82
# Part of the digest: other widths or another quality make other images of the same file.
RECIPE = f"{SMALL_WIDTH} {LARGE_WIDTH} {QUALITY}"
NOT_AN_IMAGE = "expected an image: JPEG, PNG or WebP"


def read(path: Path) -> Poster:
    """The poster of an image file. Raises ConcertFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConcertFileError(f"{path}: cannot be read: {reason}.") from error
    if len(content) > FILE_MAX_BYTES:
        raise ConcertFileError(f"{path}: may be at most {FILE_MAX_BYTES:,} bytes, and is larger.")
    image = _picture(path, content)
    large = _at_most(image, LARGE_WIDTH)
    return Poster(
        digest=hashlib.sha256(RECIPE.encode() + content).hexdigest()[:32],
        width=large.width,
        height=large.height,
        small=_jpeg(_at_most(image, SMALL_WIDTH)),
        large=_jpeg(large),
    )


def _picture(path: Path, content: bytes) -> Image.Image:
    """The picture of a file in sRGB, the right way up and without transparency."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of what it finds too large; the limit here is lower.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=FORMATS)
            _require_size(path, opened)
            opened.load()
            return _in_srgb(_on_white(ImageOps.exif_transpose(opened)))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ConcertFileError(f"{path}: {NOT_AN_IMAGE}, found a file that is none.") from error


def _require_size(path: Path, image: Image.Image) -> None:
    short, long = sorted(image.size)
    wrong = None
    if short * long > PIXELS_MAX:
        wrong = f"at most {PIXELS_MAX:,} pixels"
    elif short < SIDE_MIN:
        wrong = f"sides of at least {SIDE_MIN} pixels"
    elif long > RATIO_MAX * short:
        wrong = f"sides of at most 1 to {RATIO_MAX}"
    elif image.mode not in MODES:
        wrong = "8 bits for each colour"
    if wrong:
        found = f"{image.width:,} × {image.height:,} ({image.mode})"
        raise ConcertFileError(f"{path}: expected an image with {wrong}, found {found}.")


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG has no transparency."""
    if not image.has_transparency_data:
        return image
    ground = Image.new("RGBA", image.size, "white")
    flat = Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    flat.info["icc_profile"] = image.info.get("icc_profile")
    return flat


def _in_srgb(image: Image.Image) -> Image.Image:
    """Printers' files have colours of their own; browsers take what says nothing for sRGB."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError):
            # A profile that is broken, or of other colours than the picture.
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _at_most(image: Image.Image, width: int) -> Image.Image:
    """The picture at this width, or as it is if it is narrower."""
    if image.width <= width:
        return image
    return image.resize(
        (width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS
    )


def _jpeg(image: Image.Image) -> bytes:
    written = io.BytesIO()
    # A picture of its own: what `info` carries, such as the profile, would be written as well.
    image.info.clear()
    image.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return written.getvalue()
