"""Merging a guest into an account, as the account's owner does."""

from collections.abc import Sequence

from yemae.runtime import Runtime
from yemae.sale.merge import Merged, keep_guest


async def merge(
    runtime: Runtime,
    guest: str,
    into: str,
    *,
    key: str | None = None,
    queue_tokens: Sequence[str] = (),
) -> Merged:
    """Merge with a key of the guest, by default a new one."""
    key = key or runtime.issuer.guest_key(guest)
    return await keep_guest(runtime, into, runtime.now().timestamp(), key, queue_tokens)
