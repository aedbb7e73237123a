"""Admission by other programs and by expressions: webhooks and admission policies."""
