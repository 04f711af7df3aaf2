"""What hardware this machine has, asked of the programs and files that know, in bounded time."""
