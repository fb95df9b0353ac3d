"""Runs a command in a pseudo-terminal: terminal.py COLUMNS ROWS COMMAND…

Its screen's bytes go to standard output. Lines of standard input steer it: `keys TEXT`, `size COLUMNS ROWS`,
`close` (the terminal is gone: the command gets SIGHUP). The exit code is the command's.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios


def resize(screen, columns, rows):
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))


def main():
    child, screen = pty.fork()
    if child == 0:
        resize(0, sys.argv[1], sys.argv[2])
        # As a terminal would: tests that run in the background ignore the interrupt.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execvp(sys.argv[3], sys.argv[3:])
    steering, lines = True, b""
    while screen is not None:
        ready, _, _ = select.select([screen, 0] if steering else [screen], [], [])
        if screen in ready:
            try:
                text = os.read(screen, 65536)
            except OSError:
                break
            if not text:
                break
            os.write(1, text)
        if 0 in ready:
            more = os.read(0, 65536)
            steering = more != b""
            *whole, lines = (lines + more).split(b"\n")
            for line in whole:
                word, _, rest = line.partition(b" ")
                if word == b"keys":
                    os.write(screen, rest)
                elif word == b"size":
                    resize(screen, *rest.split())
                elif word == b"close":
                    os.close(screen)
                    screen = None
                    break
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)


main()
