"""The bot's own web server: health, metrics, ingress and the presenter wall."""
