"""대기열 · The waiting room: who waits for which concert, and who may come in. Valkey only."""
