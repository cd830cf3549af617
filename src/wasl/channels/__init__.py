"""The customers' side: what each provider sends and accepts."""
