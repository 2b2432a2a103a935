//! Harness for the acceptance, fault and window tests.
