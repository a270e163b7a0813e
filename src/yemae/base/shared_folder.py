"""The variable that names the folder that the server processes of one `yemae serve` share: with the
numbers of their metrics, and with the ends of passes."""

# The name is that of the metrics library.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
