"""`python -m yemae` is the same as `yemae`."""

from yemae.cli import main

if __name__ == "__main__":
    main()
