"""Files, screen, interrupts, optional packages, and what the machine is."""
