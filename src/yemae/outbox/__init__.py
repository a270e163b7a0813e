"""The outbox: messages to fans after a commit, written in the transaction itself."""
