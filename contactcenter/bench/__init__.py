"""Measurements that users run themselves: `make bench`. References are measured in the same run."""
