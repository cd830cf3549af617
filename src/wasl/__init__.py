"""Wasl: a self-hosted team inbox for WhatsApp."""

__version__ = "0.1.0"
