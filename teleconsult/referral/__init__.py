"""Cases: a patient who needs more than a report, and referrals up and down."""
