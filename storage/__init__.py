"""What Prilavok remembers: tables and named queries, the same on SQLite and PostgreSQL.

It knows nothing of banks or chats.
"""
