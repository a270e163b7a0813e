"""The flow of a sale: join → admitted → hold → pay; and leave, release, top up.

Every way in (HTTP, commands, jobs) meets the same rules here: in `policy`, at the `gate`, and in
the verbs. A verb of one fan is named with its object (`join_queue`, `poll_place`, `hold_seats`,
`pay_order`, `top_up_wallet`): it decides what is known without a lock and submits to a batch. The
verb of a batch has the bare name (`join`, `place`, `hold`, `pay`, `top_up`): it takes the requests
of the same moment as a list and answers each with a value or a Refusal. It raises only as long as
nothing was committed; what follows its commit is a list of steps (`follow_ups`), which fail without
a consequence for the answers.

Locks are taken in one order everywhere: buyers, wallets, the room of all wallets together, orders,
seats, checkouts; each kind by key. A payment provider is asked while no lock is held: meanwhile a
checkout has a lease on its order (`checkout`, `settle`, with the verbs `lease` and `record`).
"""
