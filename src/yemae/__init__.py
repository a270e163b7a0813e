"""Yemae (예매): a server for concert on-sales. Start reading at `sale/`."""

__version__ = "0.1.0"
