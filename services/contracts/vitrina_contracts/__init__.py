"""What two programs of Vitrina must agree on. A change here is a change of protocol."""
