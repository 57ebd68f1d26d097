"""The staff chat in Telegram: updates in, cards and pings out. It decides nothing."""
