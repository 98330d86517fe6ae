"""What depends on the backend: devices, threads, precision, compiled calls."""
