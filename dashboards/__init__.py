"""What people see in the browser: a page is one file in this folder with a `PAGE`; nothing is computed here."""
