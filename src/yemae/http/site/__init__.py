"""The built web page, served from memory."""
