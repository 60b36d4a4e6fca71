"""Who may do what: people, roles and teams, tokens, and the gate in front of everything that is served."""
