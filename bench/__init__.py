"""Speed, measured: `make bench`. Correctness has its own tests and is never asserted on time."""
