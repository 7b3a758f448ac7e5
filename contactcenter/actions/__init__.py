"""One async function, one transaction: what can happen here. Actions do not call each other."""
