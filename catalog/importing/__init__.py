"""Getting knowledge in: a source reads files into a plan, the plan is compared with what is there and applied whole."""
