"""The body of a request, from bytes to a struct or a refusal that names the field."""

from typing import TypeVar

import msgspec

from yemae.http.contract.operation import invalid_fields
from yemae.refusals import MalformedBody

BodyKind = TypeVar("BodyKind")


def decoded(raw: bytes, decoder: msgspec.json.Decoder[BodyKind]) -> BodyKind:
    """The body as what the decoder reads. Raises MalformedBody or InvalidRequest."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise invalid_fields(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(str(error) or "empty") from None
    except RecursionError:
        raise MalformedBody("its values are nested too deeply") from None
