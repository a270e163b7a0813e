"""The one file of a closing report: a ZIP with its parts and a manifest that names the SHA-256 of
each. The manifest is signed with a key of the server's secret, so the server that made a report
knows it again and sees every later change. Pure.

The ZIP has no time and no name of a machine in it: the same facts are the same file.
"""

import hashlib
import hmac
import io
import zipfile
from typing import NamedTuple

import msgspec

from yemae.base.signing import key_for
from yemae.closing.facts import Facts
from yemae.closing.page import page
from yemae.closing.sheets import workbook
from yemae.closing.words import LANGUAGES

PURPOSE = "closing report"
FORMAT = 1
MANIFEST = "manifest.json"
EPOCH = (1980, 1, 1, 0, 0, 0)
# A part of a report is not larger; a file that claims more is not read.
PART_MAX_BYTES = 512 * 1024 * 1024


class SealedPart(msgspec.Struct, frozen=True):
    """A file of the report."""

    name: str
    bytes: int
    sha256: str


class SealedManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the report is of, its parts, and the signature over all that is above it."""

    format: int
    concert_id: str
    as_of: str | None
    holds: bool
    files: list[SealedPart]
    signature: str = ""


class Sealed(NamedTuple):
    """A report: its bytes, their digest, and the manifest in it."""

    content: bytes
    digest: str
    manifest: SealedManifest


def seal(facts: Facts, secret_key: str) -> Sealed:
    """Write a report and seal it."""
    contents = {
        "report.json": msgspec.json.format(msgspec.json.encode(facts, order="sorted"), indent=1),
        **{f"report.{each}.html": page(facts, each).encode() for each in LANGUAGES},
        "report.xlsx": workbook(facts),
    }
    manifest = SealedManifest(
        format=FORMAT,
        concert_id=facts.concert_id,
        as_of=facts.as_of,
        holds=facts.holds,
        files=[_part(name, content) for name, content in sorted(contents.items())],
    )
    signed = msgspec.structs.replace(manifest, signature=_signature(manifest, secret_key))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        text = msgspec.json.format(msgspec.json.encode(signed), indent=1)
        for name, content in ((MANIFEST, text), *sorted(contents.items())):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            file.writestr(info, content)
    content = written.getvalue()
    return Sealed(content, hashlib.sha256(content).hexdigest(), signed)


def check(content: bytes, secret_key: str) -> list[str]:
    """What is wrong with a report, in words; nothing: it is as this server sealed it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if any(each.file_size > PART_MAX_BYTES for each in file.infolist()):
                return ["it is larger than a report is"]
            found = {name: file.read(name) for name in file.namelist()}
        manifest = msgspec.json.decode(found.pop(MANIFEST, b""), type=SealedManifest)
    except (zipfile.BadZipFile, msgspec.MsgspecError, NotImplementedError, RuntimeError, OSError):
        return ["it is no closing report"]
    unsigned = msgspec.structs.replace(manifest, signature="")
    wrong = []
    if not hmac.compare_digest(
        manifest.signature.encode(), _signature(unsigned, secret_key).encode()
    ):
        wrong.append("the manifest was not signed by this server")
    named = {part.name: part for part in manifest.files}
    wrong += [f"{name} is missing" for name in sorted(named.keys() - found.keys())]
    wrong += [f"{name} is not in the manifest" for name in sorted(found.keys() - named.keys())]
    for name in sorted(named.keys() & found.keys()):
        if _part(name, found[name]) != named[name]:
            wrong.append(f"{name} was changed")
    return wrong


def _part(name: str, content: bytes) -> SealedPart:
    return SealedPart(name, len(content), hashlib.sha256(content).hexdigest())


def _signature(manifest: SealedManifest, secret_key: str) -> str:
    """Over the manifest without a signature, as it is encoded."""
    text = msgspec.json.encode(manifest)
    return hmac.digest(key_for(secret_key, PURPOSE), text, hashlib.sha256).hex()
