// Python's module _machine: what is the machine's and not the interpreter's, and how a program begins.

export const STARTING = `
import errno, io, json, os, posix, signal, sys, time

_version = '.'.join(map(str, sys.version_info[:2]))
_prefix = '/usr/local'


def call(op, **fields):
    from _machine_calls import call
    answer = json.loads(call(json.dumps({'op': op, **fields})))
    if 'errno' in answer:
        number = getattr(errno, answer['errno'], errno.EIO)
        raise OSError(number, os.strerror(number))
    return answer['value']


# --- os and time: what this build of the C library has no system calls for --------------------------------------------------------

_facts = {}


def _fact(name):
    def of_process():
        return _facts[name]
    return of_process


def _wait_status(answer):
    pid, exit_code, signal_number = answer
    return pid, signal_number if signal_number else exit_code << 8


def _waitpid(pid, options, /):
    """Wait for completion of a given child process."""
    return _wait_status(call('waitChild', pid=pid, noHang=bool(options & os.WNOHANG)))


def _kill(pid, signal, /):
    """Kill a process with a signal."""
    call('kill', pid=pid, signal=int(signal))


def _system(command):
    """Execute the command in a subshell."""
    import subprocess
    status = subprocess.run(command, shell=True, close_fds=False).returncode
    return -status if status < 0 else status << 8


def _execve(path, argv, env):
    """Execute an executable path with arguments, replacing current process."""
    argv = [os.fsdecode(word) for word in argv]
    if not argv or not argv[0]:
        raise ValueError('execve() arg 2 first element cannot be empty')
    call('exec', path=os.fsdecode(path), argv=argv, env=[f'{os.fsdecode(name)}={os.fsdecode(value)}' for name, value in env.items()])


def _named(name, function):
    function.__name__ = function.__qualname__ = name
    function.__module__ = 'posix'
    setattr(posix, name, function)
    setattr(os, name, function)


def _path(value):
    return os.fsdecode(value)


def _replace_os():
    for name in ('getpid', 'getppid', 'getuid', 'geteuid', 'getgid', 'getegid', 'getgroups', 'uname'):
        _named(name, _fact(name))
    _named('waitpid', _waitpid)
    _named('wait', lambda: _waitpid(-1, 0))
    _named('kill', _kill)
    _named('killpg', lambda pgid, signal, /: _kill(-pgid, signal))
    _named('system', _system)
    _named('execv', lambda path, argv, /: _execve(path, argv, os.environ))
    _named('execve', _execve)
    _named('link', lambda src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True: call('link', path=_path(src), to=_path(dst)))
    _named('nice', lambda increment, /: call('niceness', pid=0, wanted=call('niceness', pid=0) + increment))
    _named('sched_getaffinity', lambda pid, /: set(range(call('usage')['processors'])))
    _named('cpu_count', lambda: call('usage')['processors'])
    os.process_cpu_count = os.cpu_count
    _named('getlogin', lambda: __import__('pwd').getpwuid(os.getuid()).pw_name)


def _sleep(seconds, /):
    """Delay execution for a given number of seconds."""
    if not hasattr(seconds, '__float__') and not hasattr(seconds, '__index__'):
        raise TypeError(f"'{type(seconds).__name__}' object cannot be interpreted as an integer")
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    until = time.monotonic() + float(seconds)
    while True:
        try:
            return call('sleep', durationMs=max(0.0, until - time.monotonic()) * 1000)
        except InterruptedError:
            pass


def _set_time_zone():
    """As the module does it when it is loaded, which was long ago."""
    year = time.localtime().tm_year
    winter, summer = sorted((time.localtime(time.mktime((year, month, 1, 12, 0, 0, 0, 0, -1))) for month in (1, 7)), key=lambda moment: moment.tm_gmtoff)
    time.timezone, time.altzone = -winter.tm_gmtoff, -summer.tm_gmtoff
    time.daylight = int(time.timezone != time.altzone)
    time.tzname = winter.tm_zone, summer.tm_zone


# --- signals ----------------------------------------------------------------------------------------------------------------------

_set_handler = signal.signal


def _signal(signalnum, handler):
    """Set the action for the given signal."""
    before = _set_handler(signalnum, handler)
    call('disposition', signal=int(signalnum), disposition='default' if handler == signal.SIG_DFL else 'ignore' if handler == signal.SIG_IGN else 'handle')
    return before


def _replace_signals():
    _signal.__name__ = _signal.__qualname__ = 'signal'
    _signal.__module__ = 'signal'
    signal.signal = _signal


# --- how a program begins ---------------------------------------------------------------------------------------------------------

_executable = None


def begin(executable):
    """The environment and the machine's facts, before the command line is read."""
    global _executable
    _executable = executable
    facts = call('pythonFacts')
    os.environ.clear()
    for pair in facts.pop('env'):
        name, _, value = pair.partition('=')
        os.environ[name] = value
    facts['uname'] = os.uname_result(facts['uname'])
    _facts.update(facts)


# What the command line and the environment say; all else stays as it was when the interpreter was made.
_taken = ('argv orig_argv run_command run_module run_filename skip_source_first_line inspect interactive optimization_level write_bytecode verbose quiet '
          'buffered_stdio isolated use_environment user_site_directory site_import warnoptions xoptions bytes_warning safe_path parser_debug dev_mode '
          'stdio_encoding stdio_errors int_max_str_digits pycache_prefix check_hash_pycs_mode warn_default_encoding configure_c_stdio pythonpath_env').split()


def configure():
    """Takes over what was read; sys._config is what the interpreter is given."""
    parsed, config = sys._parsed, sys._config
    config.update((name, parsed[name]) for name in _taken)
    config['program_name'] = config['orig_argv'][0]
    sys.argv = list(config['argv'])
    sys.orig_argv = list(config['orig_argv'])
    sys.warnoptions = list(config['warnoptions'])
    sys._xoptions = dict((name, value or True) for name, _, value in (option.partition('=') for option in config['xoptions']))
    sys.dont_write_bytecode = True
    before = sys.flags
    sys._flags = [
        int(config['parser_debug']), int(config['inspect']), int(config['interactive']), int(config['optimization_level']), int(not config['write_bytecode']),
        int(not config['user_site_directory']), int(not config['site_import']), int(not config['use_environment']), int(config['verbose']),
        int(config['bytes_warning']), int(config['quiet']), before.hash_randomization, int(config['isolated']), bool(config['dev_mode']), before.utf8_mode,
        int(config['warn_default_encoding']), bool(config['safe_path']), config['int_max_str_digits'],
        before.gil, before.thread_inherit_context, before.context_aware_warnings]


def _stream(fd, name, config):
    try:
        os.fstat(fd)
    except OSError:
        return None
    writes = fd != 0
    raw = io.FileIO(fd, 'w' if writes else 'r', closefd=False)
    raw.name = name
    unbuffered = not config['buffered_stdio']
    buffer = raw if writes and unbuffered else io.BufferedWriter(raw) if writes else io.BufferedReader(raw)
    errors = 'backslashreplace' if fd == 2 else config['stdio_errors']
    text = io.TextIOWrapper(buffer, config['stdio_encoding'], errors, '\\n', line_buffering=writes and (fd == 2 or raw.isatty()), write_through=writes and unbuffered)
    text.mode = 'w' if writes else 'r'
    return text


def _search_path(config):
    path = []
    if config['use_environment'] and not config['isolated']:
        path += [each for each in os.environ.get('PYTHONPATH', '').split(':') if each]
    return path + ['/lib/python%d%d.zip' % sys.version_info[:2]]


def _site(config):
    import site
    site.ENABLE_USER_SITE = bool(config['user_site_directory']) and not config['isolated']
    site.USER_SITE = site.USER_BASE = None
    folders = [f'{_prefix}/lib/python{_version}/site-packages']
    of_image = '.'.join(os.environ.get('PYTHON_VERSION', '').split('.')[:2])
    if of_image and of_image != _version:
        folders.append(f'{_prefix}/lib/python{of_image}/site-packages')
    if site.ENABLE_USER_SITE:
        site.USER_BASE = os.environ.get('PYTHONUSERBASE') or os.path.expanduser('~/.local')
        site.USER_SITE = f'{site.USER_BASE}/lib/python{_version}/site-packages'
        folders.insert(0, site.USER_SITE)
    for folder in folders:
        if os.path.isdir(folder):
            site.addsitedir(folder)


def _forget_pyodide():
    """A program sees CPython: its hooks, its import system, its messages."""
    sys.excepthook = sys.__excepthook__
    sys.displayhook = sys.__displayhook__
    sys.path_importer_cache.clear()
    import _asyncio
    _asyncio._set_running_loop(None)


def ready():
    """The last thing before the program's first line."""
    config = sys._config
    del sys._config, sys._parsed, sys._flags
    sys.executable = _executable
    sys.prefix = sys.base_prefix = sys.exec_prefix = sys.base_exec_prefix = _prefix
    _replace_os()
    _replace_signals()
    import socket
    socket.gethostname = socket._socket.gethostname = lambda: _facts['uname'].nodename
    _set_time_zone()
    time.sleep = _sleep
    _sleep.__name__ = _sleep.__qualname__ = 'sleep'
    _sleep.__module__ = 'time'
    sys.stdin = sys.__stdin__ = _stream(0, '<stdin>', config)
    sys.stdout = sys.__stdout__ = _stream(1, '<stdout>', config)
    sys.stderr = sys.__stderr__ = _stream(2, '<stderr>', config)
    call('disposition', signal=int(signal.SIGPIPE), disposition='ignore')
    call('disposition', signal=int(signal.SIGUSR1), disposition='default')
    call('disposition', signal=int(signal.SIGINT), disposition='handle')
    sys.path[:] = _search_path(config)
    _forget_pyodide()
    if config['site_import']:
        _site(config)
    if sys.warnoptions:
        import warnings
        warnings._processoptions(sys.warnoptions)
    if 'random' in sys.modules:
        sys.modules['random'].seed()
    if 'tempfile' in sys.modules:
        sys.modules['tempfile']._name_sequence = sys.modules['tempfile'].tempdir = None
    main = sys.modules['__main__'].__dict__
    for name in list(main):
        if name not in ('__name__', '__doc__', '__package__', '__loader__', '__spec__', '__builtins__'):
            del main[name]
`;
