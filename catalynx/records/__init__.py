"""What people make: profiles, tracked opportunities, decisions, runs, and the audit of who did what."""
