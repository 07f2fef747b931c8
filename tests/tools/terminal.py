#!/usr/bin/env python3
"""Runs a command on a terminal of its own and prints what was sent to it.

    terminal.py COLUMNS COMMAND...       with escapes written as \\e and returns as \\r

Its standard output and error are the terminal, its input is empty. Exits as the command does.
"""
import fcntl
import os
import pty
import struct
import sys
import termios


def main():
    columns, command = int(sys.argv[1]), sys.argv[2:]
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    child = os.fork()
    if child == 0:
        os.close(master)
        empty = os.open("/dev/null", os.O_RDONLY)
        os.dup2(empty, 0)
        os.dup2(slave, 1)
        os.dup2(slave, 2)
        try:
            os.execvp(command[0], command)
        except OSError:
            os._exit(127)
    os.close(slave)
    said = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    text = said.decode("utf-8", "replace").replace("\r\n", "\n").replace("\033", "\\e").replace("\r", "\\r")
    sys.stdout.buffer.write(text.encode("utf-8"))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
