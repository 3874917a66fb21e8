"""`python -m cardfile`: the command line without a script on the path."""

from cardfile.cli import main

if __name__ == "__main__":
    main()
