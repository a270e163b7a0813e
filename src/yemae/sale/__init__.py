"""The flow of a sale: join → admitted → hold → pay; and leave, release, top up.

Every way in (HTTP, commands, jobs) meets the same rules here, in `policy` and in front of each
verb. `batches` gathers the callers of the same moment; a verb takes them as a list and answers each
with a value or a Refusal. A verb raises only as long as nothing was committed; what follows its
commit is a list of steps (`follow_ups`), which fail without a consequence for the answers.

Locks are taken in one order everywhere: buyers, wallets, orders, seats; each kind by key.
"""
