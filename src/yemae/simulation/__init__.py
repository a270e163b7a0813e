"""A simulation: what a sale will be like, computed from a concert's settings and its fans.

`line` has the fans in their order, `polling` when each asks, `admission` who comes in, `journey`
what fans do inside. `run` puts them together, without a server and without real time. `traffic` and
`needs` turn its result into requests, cores, memory and cost, and `forecast` is the report.

The settings become rules by the server's own code (`sale.policy`, `waiting_room.pace`, the rates of
`waiting_room.snapshot`). What admit.lua decides is in `admission` again, because Lua runs in Valkey
only; a test plays the same fans to both and compares who comes in.

The same inputs and the same seed give the same result. Time is in seconds from the opening.
"""
