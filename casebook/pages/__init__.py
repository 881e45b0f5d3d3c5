"""Pages: findings in, HTML out; one module a phase beside the shared base and templates."""
