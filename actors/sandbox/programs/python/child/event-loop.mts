// How asyncio's loop wakes itself without sockets: by a pipe.

export const EVENT_LOOP = `
import asyncio.selector_events, os


class _End:
    def __init__(self, fd):
        os.set_blocking(fd, False)
        self._fd = fd

    def fileno(self):
        return self._fd

    def recv(self, size):
        return os.read(self._fd, size)

    def send(self, data):
        return os.write(self._fd, data)

    def close(self):
        os.close(self._fd)


def _make_self_pipe(self):
    self._ssock, self._csock = map(_End, os.pipe())
    self._internal_fds += 1
    self._add_reader(self._ssock.fileno(), self._read_from_self)


asyncio.selector_events.BaseSelectorEventLoop._make_self_pipe = _make_self_pipe
`;
