"""Wasl: a self-hosted team inbox for WhatsApp."""
