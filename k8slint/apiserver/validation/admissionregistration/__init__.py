"""What other programs and expressions judge: webhooks and admission policies."""
