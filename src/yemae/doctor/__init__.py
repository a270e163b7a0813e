"""`yemae doctor`: what stands in the way of a sale on this machine and its stores, and the cure.

`examine.py` runs every check. A check is a plain function that takes facts and returns findings; a
finding is a struct, and `words.py` has its state and its English sentences. Nothing here changes
anything. `before_start.py` is what `yemae serve` refuses of it.
"""
