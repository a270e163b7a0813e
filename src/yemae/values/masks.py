"""Personal data as it is shown where it is not needed: enough to recognise, too little to use.

Pure.
"""

SHOWN_OF_ADDRESS = 1


def masked_name(name: str) -> str:
    """`김철수` as `김*수`, `Ann` as `A*n`, `김철` as `김*`."""
    if len(name) < 3:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def masked_address(email: str) -> str:
    """`ann@example.com` as `a**@example.com`."""
    local, at, domain = email.partition("@")
    return local[:SHOWN_OF_ADDRESS] + "**" + at + domain
