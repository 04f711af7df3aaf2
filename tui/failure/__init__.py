"""What happens when secondpass itself fails: nothing is lost, and the person decides how to go on."""
