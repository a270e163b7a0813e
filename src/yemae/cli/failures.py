"""Expected trouble as an exit code and one sentence; what is not listed here is a fault of ours.

Bad input is what the caller can put right in what they typed or set; the rest is trouble around us.
"""

import errno
from typing import NamedTuple

import typer

from yemae.mail.errors import MailRefusedError, MailTroubleError
from yemae.payments.provider import UnclearError
from yemae.refusals import StoreUnavailable
from yemae.values.troubles import BadInputError, TroubleError

TROUBLE = 1
BAD_INPUT = 2
INTERRUPTED = 130


class InputError(BadInputError):
    """What was typed cannot be used; the text is one sentence."""


class Failure(NamedTuple):
    """How a command that could not do its work ends."""

    code: int
    sentence: str


def explain(error: Exception) -> Failure | None:
    """How to end for this error, or None for an unexpected one."""
    match error:
        case typer.TyperException():
            code, sentence = BAD_INPUT, _usage(error)
        case BadInputError():
            code, sentence = BAD_INPUT, _one_line(error)
        case TroubleError():
            code, sentence = TROUBLE, _one_line(error)
        case MailTroubleError() | MailRefusedError():
            code, sentence = TROUBLE, f"The mail server did not take it: {_one_line(error)}"
        case UnclearError():
            sentence = f"The payment provider did not answer: {_one_line(error)}"
            code = TROUBLE
        case StoreUnavailable():
            reason = _one_line(error.__cause__ or "it does not answer").rstrip(".")
            code, sentence = TROUBLE, f"A store cannot be reached: {reason}."
        case UnicodeEncodeError() if error.reason == "surrogates not allowed":
            # Only the command line and the environment can bring bytes in that are no text.
            code, sentence = BAD_INPUT, f"{error.object!r} is not text in UTF-8."
        case OSError() if error.errno == errno.ENOSPC:
            code, sentence = TROUBLE, "The disk is full."
        case _:
            return None
    return Failure(code, sentence)


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command line, and where it is explained."""
    sentence = _one_line(error.format_message()).rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "yemae"
    return f"{sentence}. Type `{command} --help`."


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
