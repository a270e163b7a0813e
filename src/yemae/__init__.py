"""Yemae (예매): a server for concert on-sales. Start reading at `journey.py`."""

__version__ = "0.1.0"
