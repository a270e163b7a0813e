"""`yemae concerts ready` and `sign-off`, as the console has them."""

import json

from helpers.command import yemae
from yemae.settings import Settings

SIGN = ("concerts", "sign-off", "hall", "--expected-fans", "3000", "--name")


def test_a_sale_is_signed_off(hall: Settings) -> None:
    assert hall
    before = yemae("concerts", "ready", "hall")
    assert "! nothing is signed off at the plans and prices of this moment" in before.out
    assert "! there was no rehearsal on this machine: yemae rehearse" in before.out
    signed = yemae(*SIGN, "Ann Kim")
    assert (signed.code, signed.out) == (0, "hall is signed off by Ann Kim\n")
    after = yemae("concerts", "ready", "hall").out
    assert "nothing is signed off" not in after
    assert "for 3,000 fans" in after
    found = json.loads(yemae("concerts", "ready", "hall", "--json").out)
    assert found["holds"] == ["no_rehearsal"]
    assert [each["name"] for each in found["sign_offs"]] == ["Ann Kim"]


def test_a_name_that_is_none_is_refused(hall: Settings) -> None:
    assert hall
    for name in ("", "x" * 61, "Ann\nKim"):
        refused = yemae(*SIGN, name)
        assert refused.code == 2
        assert refused.err.startswith("yemae: --name cannot be ")
    refused = yemae(*SIGN, "Ann", "--note", "x" * 201)
    assert refused.err.startswith("yemae: --note cannot be ")
