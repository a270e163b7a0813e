"""The same hold and the same purchase on pretix, beside ours: `make bench-pretix`.

pretix lives in an environment of its own (`.make/pretix`, from `requirements.txt` in this folder).
`shop.py` runs there; everything else here runs in ours, and knows pretix by its HTTP API and by
its tables only.
"""
