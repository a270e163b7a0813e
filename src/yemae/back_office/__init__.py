"""What the people who run a sale do: control and reports of queues, the audit of a draw."""
