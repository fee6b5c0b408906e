"""Jobs and the relay: what a fact makes necessary is done here, behind the scenes, as often as it takes."""
