"""The closing report of a concert: one sealed file that says what happened and if it adds up.

`facts` gathers it from the stores, `page` and `sheets` write it for people, and `seal` packs it
with a signed manifest. Always holds: the same data makes the same bytes, so a report is known by
its digest.
"""
