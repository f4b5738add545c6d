"""The figures that the project states of its models: a module for each field, a function for each study."""
