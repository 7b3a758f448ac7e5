"""Steps that several actions share: functions over an open transaction."""
