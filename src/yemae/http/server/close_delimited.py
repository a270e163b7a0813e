"""How an answer of unknown length goes to an HTTP/1.0 client: as it is, until the connection ends.

Such a client does not know chunks (RFC 9112, section 6.1); uvicorn would send them nevertheless.
"""

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent


class CloseDelimitedCycle(RequestResponseCycle):
    """A request of an HTTP/1.0 client, and its answer."""

    is_close_delimited = False

    async def send(self, message: "ASGISendEvent") -> None:
        """Take one message of the application's."""
        if message["type"] == "http.response.start":
            if not any(name.lower() == b"content-length" for name, _ in message["headers"]):
                # Neither chunks nor a length are promised.
                self.chunked_encoding = False
                self.is_close_delimited = True
        elif self.is_close_delimited and message["type"] == "http.response.body":
            # Uvicorn compares each piece with what is left of a length; here there is none.
            self.expected_content_length = len(message.get("body", b""))
        await super().send(message)
