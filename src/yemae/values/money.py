"""Money: the currencies of ISO 4217, how an amount is written, and how large one may be. Pure.

An amount is an integer in the currency's minor unit; `DIGITS` says how many of its digits stand
after the point, as ISO 4217 has it (which for HUF or IQD is not what every library shows). The
limits follow from one number, `PRICE_MAX`, so that a wallet can take in one top-up, and hold, what
the dearest order costs.
"""

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_TWO = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_THREE = "BHD IQD JOD KWD LYD OMR TND"
# Code → digits after the point, of every currency that money is paid in.
DIGITS: dict[str, int] = dict(
    sorted(
        (code, digits)
        for digits, codes in ((0, _NONE), (2, _TWO), (3, _THREE))
        for code in codes.split()
    )
)
DIGITS_MAX = 3

# In whole units of any currency: dear in the strongest, and enough for rupiah and rial.
PRICE_MAX = 100_000_000
# More seats than any order may have.
ORDER_SEATS_MAX = 100


def amount(minor: int, currency: str) -> str:
    """An amount as it is written: 66000 KRW is `66,000 KRW`, 12345 USD is `123.45 USD`."""
    digits = DIGITS[currency]
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**digits)
    fraction = f".{part:0{digits}}" if digits else ""
    return f"{sign}{whole:,}{fraction} {currency}"


def price_max(currency: str) -> int:
    """The largest price of a seat, in minor units."""
    return int(PRICE_MAX * 10 ** DIGITS[currency])


def order_max(currency: str) -> int:
    """What the dearest order can cost, and so the largest top-up and balance, in minor units."""
    return ORDER_SEATS_MAX * price_max(currency)
