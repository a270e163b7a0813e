"""Polls of every form: the answer at once has the bytes of the ordinary path, and what is unusual
takes that path."""

import asyncio
import random

from helpers.both_paths import FIELDS, LAST, TARGET, Both, plain, without_what_differs
from helpers.connections import all_that_comes, connected

AT_ONCE = {
    "as a browser writes it": plain(
        FIELDS + "Connection: keep-alive\r\nAccept: */*\r\nAccept-Language: ko-KR,ko;q=0.9\r\n"
    ),
    "as few as can be": plain("Host: x\r\nQueue-Token: {far}\r\n"),
    "odd casing": plain("hOST: x\r\nqUEUE-tOKEN: {far}\r\nX-REQUEST-ID: ours\r\n"),
    "spaces around the value": plain(
        "Host: x\r\nX-Request-Id:  ours\r\nQueue-Token: \t {far} \t\r\n"
    ),
    "two tokens, the first good": plain(FIELDS + "Queue-Token: {forged}\r\n"),
    "two tokens, the first bad": plain("Queue-Token: {forged}\r\n" + FIELDS),
    "two ids, the first bad": plain("X-Request-Id: {{}}\r\n" + FIELDS),
    "an id that is none": plain("Host: x\r\nX-Request-Id: {{}}\r\nQueue-Token: {far}\r\n"),
    "no token": plain("Host: x\r\nX-Request-Id: ours\r\n"),
    "an empty token": plain("Host: x\r\nX-Request-Id: ours\r\nQueue-Token:\r\n"),
    "a forged token": plain("Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {forged}\r\n"),
    "a forged token, in Korean": plain(
        "Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {forged}\r\nAccept-Language: ko\r\n"
    ),
    "an expired token": plain("Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {expired}\r\n"),
    "no such concert": plain("Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {elsewhere}\r\n"),
    "a token that is no text": plain("Host: x\r\nX-Request-Id: ours\r\nQueue-Token: \xff\xfe\r\n"),
    "after an empty line": "\r\n" + plain(),
}
NOT_AT_ONCE = {
    "near the front": plain("Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {near}\r\n"),
    "a lane that is not there": plain("Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {lane}\r\n"),
    "HEAD": plain(line="HEAD {} HTTP/1.1"),
    "HEAD of a problem": plain("Host: x\r\nX-Request-Id: ours\r\n", line="HEAD {} HTTP/1.1"),
    "POST": plain(FIELDS + "Content-Length: 0\r\n", line="POST {} HTTP/1.1"),
    "OPTIONS": plain(line="OPTIONS {} HTTP/1.1"),
    "an unknown method": plain(line="BREW {} HTTP/1.1"),
    "lower case": plain(line="get {} HTTP/1.1"),
    "HTTP/1.0": plain(line="GET {} HTTP/1.0"),
    "HTTP/1.0 and keep-alive": plain(FIELDS + "Connection: keep-alive\r\n", line="GET {} HTTP/1.0"),
    "HTTP/1.2": plain(line="GET {} HTTP/1.2"),
    "HTTP/0.9": f"GET {TARGET}\r\n\r\n",
    "the last one": plain(FIELDS + "Connection: close\r\n"),
    "the last one of a list": plain(FIELDS + "Connection: keep-alive, Close\r\n"),
    "an empty body": plain(FIELDS + "Content-Length: 0\r\n"),
    "a body": plain(FIELDS + "Content-Length: 5\r\n") + "hello",
    "a request as a body": plain(FIELDS + f"Content-Length: {len(LAST)}\r\n") + LAST.decode(),
    "chunks": plain(FIELDS + "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
    "no chunks": plain(FIELDS + "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
    "both framings": plain(FIELDS + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")
    + "hello",
    "two lengths": plain(FIELDS + "Content-Length: 0\r\nContent-Length: 5\r\n") + "hello",
    "another coding": plain(FIELDS + "Transfer-Encoding: gzip\r\n"),
    "continue": plain(FIELDS + "Expect: 100-continue\r\n"),
    "continue and a body": plain(FIELDS + "Expect: 100-continue\r\nContent-Length: 5\r\n")
    + "hello",
    "another expectation": plain(FIELDS + "Expect: cake\r\n"),
    "a web socket": plain(FIELDS + "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
    "HTTP/2": plain(FIELDS + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"),
    "an upgrade that is none": plain(FIELDS + "Upgrade: h2c\r\n"),
    "an empty query": plain(target=TARGET + "?"),
    "a query": plain(target=TARGET + "?x=1"),
    "a fragment": plain(target=TARGET + "#x"),
    "a percent sign": plain(target="/v1/queue-tokens/%6de"),
    "a slash too many": plain(target=TARGET + "/"),
    "a slash too many before": plain(target="/" + TARGET),
    "upper case": plain(target="/V1/queue-tokens/me"),
    "dots": plain(target="/v1/./queue-tokens/me"),
    "with the host": plain(target="http://x" + TARGET),
    "no host": plain("X-Request-Id: ours\r\nQueue-Token: {far}\r\n"),
    "two hosts": plain("Host: y\r\n" + FIELDS),
    "a space before the colon": plain("Host : x\r\nQueue-Token: {far}\r\n"),
    "a folded field": plain("Host: x\r\nQueue-Token:\r\n {far}\r\n"),
    "two spaces": plain(line="GET  {} HTTP/1.1"),
    "no carriage returns": plain().replace("\r\n", "\n"),
    "a head that is too long": plain(FIELDS + "X: " + 20_000 * "y" + "\r\n"),
    "too many fields": plain(FIELDS + 120 * "X: y\r\n"),
}
# What the parser makes of these is its own affair.
EITHER = ("no host", "two hosts", "a folded field", "two spaces", "no carriage returns")


async def test_every_request_has_the_same_answer_on_both_paths(both: Both) -> None:
    for name, request in AT_ONCE.items():
        status, at_once = await both.same(request)
        assert at_once, name
        assert status in (200, 401, 404, 410), name
    for name, request in NOT_AT_ONCE.items():
        _, at_once = await both.same(request)
        assert not at_once or name in EITHER, name


async def test_a_request_in_pieces_has_the_same_answer(both: Both) -> None:
    raw = AT_ONCE["as a browser writes it"].format(**both.tokens).encode()
    (whole, _) = await both.answers(AT_ONCE["as a browser writes it"])
    for cut in range(1, len(raw), 7):
        random.seed(7)
        async with connected(both.ports[1]) as (reader, writer):
            writer.write(raw[:cut])
            await asyncio.sleep(0)
            writer.write(raw[cut:] + LAST)
            assert without_what_differs(await all_that_comes(reader)) == whole
    assert both.number > len(raw) / 7
