// Python's module _posixsubprocess, with which subprocess makes its children.

export const PROCESSES = `
import errno as _errno
import os as _os
from _machine import call as _call

_names = ('ENOENT', 'EACCES', 'ENOEXEC', 'ENOTDIR', 'EISDIR', 'ELOOP', 'E2BIG', 'ENAMETOOLONG', 'EPERM', 'EBADF', 'ENOMEM', 'EINVAL')
_errors = {name: f'{getattr(_errno, name):x}' for name in _names}


def _text(value):
    return _os.fsdecode(value)


def fork_exec(args, executables, close_fds, keep, cwd, env, stdin_read, stdin_write, stdout_read, stdout_write, stderr_read, stderr_write,
              failures_read, failures_write, restore_signals, new_session, process_group, gid, groups, uid, umask, preexec_fn):
    if preexec_fn is not None:
        raise NotImplementedError('preexec_fn: the embedded machine does not fork Python')
    return _call('forkExec', argv=[_text(arg) for arg in args], executables=[_text(path) for path in executables], closeFds=bool(close_fds), keep=list(keep),
                 cwd=None if cwd is None else _text(cwd),
                 env=[f'{name}={value}' for name, value in _os.environ.items()] if env is None else [_text(pair) for pair in env],
                 stdio=[stdin_read, stdout_write, stderr_write], failures=failures_write, errors=_errors, newSession=bool(new_session),
                 processGroup=process_group, uid=uid, gid=gid, groups=None if groups is None else list(groups), umask=umask)
`;
