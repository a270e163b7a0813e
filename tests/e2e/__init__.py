"""The fan's page in a real browser. A package, so that its tests in a row can share one."""
