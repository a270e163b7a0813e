"""What the setting of a provider's keys may have, and what is said when it has not."""

import subprocess
import sys
from pathlib import Path

import pytest

from helpers.stripe_double import KEYS, WEBHOOK_SECRET
from yemae.payments import providers
from yemae.payments.providers import provider_of, require_provider
from yemae.payments.providers.stripe import StripeProvider, keys_of
from yemae.payments.providers.stripe_shapes import from_stripe, takes_all_of, to_stripe
from yemae.settings import Settings, SettingsError, read_settings

STRIPE = Settings().replace(payment_provider="stripe", payment_keys=KEYS)


def test_the_keys_are_known_by_their_beginnings_in_any_order() -> None:
    assert isinstance(provider_of(STRIPE), StripeProvider)
    keys = keys_of(STRIPE.replace(payment_keys="whsec_new\n whsec_old rk_live_x\n"))
    assert keys == ({"sk_": "rk_live_x"}, ("whsec_new", "whsec_old"))


def test_the_keys_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(KEYS.replace(" ", "\n"), encoding="utf-8")
    environ = {"YEMAE_PAYMENT_PROVIDER": "stripe", "YEMAE_PAYMENT_KEYS_FILE": str(file)}
    assert keys_of(read_settings(environ)).webhook_secrets == (WEBHOOK_SECRET,)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ("", "needs sk_… or rk_…, whsec_… in YEMAE_PAYMENT_KEYS"),
        ("sk_live_secret", "needs whsec_… in"),
        ("whsec_secret", "needs sk_… or rk_… in"),
        ("pk_live_secret sk_live_secret whsec_secret", "not one of stripe, or two of a kind"),
        ("rk_live_secret sk_live_secret whsec_secret", "not one of stripe, or two of a kind"),
    ],
)
def test_wrong_keys_stop_the_start_and_stay_secret(keys: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as error:
        require_provider(STRIPE.replace(payment_keys=keys))
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("key", ["sk_test_x", "rk_test_x"])
def test_keys_of_the_test_mode_are_refused_in_production(key: str) -> None:
    settings = STRIPE.replace(payment_keys=f"{key} whsec_x")
    require_provider(settings)
    with pytest.raises(SettingsError, match="every test card pays"):
        require_provider(settings.replace(mode="production"))
    require_provider(STRIPE.replace(mode="production"))


@pytest.mark.parametrize("currency", ["KWD", "MGA"])
def test_a_currency_that_stripe_does_not_take_whole_stops_the_start(currency: str) -> None:
    with pytest.raises(SettingsError, match="does not take every amount of it"):
        require_provider(STRIPE.replace(currency=currency))


@pytest.mark.parametrize(
    ("currency", "stripes"), [("KRW", 66000), ("JPY", 66000), ("USD", 66000), ("ISK", 6600000)]
)
def test_amounts_are_in_stripes_unit(currency: str, stripes: int) -> None:
    assert takes_all_of(currency)
    assert to_stripe(66000, currency) == stripes
    assert from_stripe(stripes, currency) == 66000


def test_a_part_of_a_unit_is_no_amount_of_ours() -> None:
    assert from_stripe(150, "ISK") == -1


def test_an_sdk_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stripe", None)
    for name in ("stripe", "stripe_calls"):
        monkeypatch.delattr(providers, name, raising=False)
        monkeypatch.delitem(sys.modules, f"yemae.payments.providers.{name}", raising=False)
    with pytest.raises(SettingsError, match=r"pip install 'yemae\[stripe\]' brings it"):
        require_provider(STRIPE)


def test_no_sdk_is_imported_unless_it_is_chosen() -> None:
    program = (
        "import sys, yemae.http.server.app, yemae.cli.serve\n"
        "from yemae.payments.providers import provider_of\n"
        "from yemae.settings import Settings\n"
        "provider_of(Settings())\n"
        "sys.exit(', '.join({'stripe', 'portone_server_sdk', 'httpx'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
