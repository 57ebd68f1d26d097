"""Payment gateways, one module or package a bank. `BANK` names it; it brings `Settings` and `create(settings)`."""
