//! Whole runs of the real `terraform` and `tofu` against the simulator.
