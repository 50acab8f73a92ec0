"""What other programs use: the JSON API with its tokens, exports, and webhooks that tell them what happened."""
