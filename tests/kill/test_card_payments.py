"""Card payments while the bank and all processes fail, in miniature: `make faults-payments`."""

import pytest

from bench.faults import main


@pytest.mark.timeout(400)
def test_no_money_and_no_seat_is_lost_whatever_fails(capsys: pytest.CaptureFixture[str]) -> None:
    options = {
        "--orders": 60,
        "--under-way": 20,
        "--kill-every-s": 2,
        "--hold-ttl-s": 20,
        "--settle-s": 5,
        "--unreliable": 0.1,
        "--hangs": 0,
        "--minutes": 2,
    }
    main([str(word) for pair in options.items() for word in pair])
    said = capsys.readouterr().err
    assert "reconciled" in said
    assert "killed 0 times" not in said
