"""Mail: the server and the sender of the settings, letters, their templates, and sending."""
