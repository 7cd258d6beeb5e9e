"""The scan rules about work, one file each; the app adds them to the catalogue of journeys."""
