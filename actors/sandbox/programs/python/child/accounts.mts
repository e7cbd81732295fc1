// Python's modules pwd and grp, over the files that the C library would read.

/** One source for both: which it is, its name says. */
export const ACCOUNTS = `
import collections as _collections

_is_groups = __name__ == 'grp'
_fields = ('gr_name gr_passwd gr_gid gr_mem' if _is_groups else 'pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell').split()
_entry = _collections.namedtuple('struct_group' if _is_groups else 'struct_passwd', _fields)
_entry.__module__ = __name__


def _read():
    try:
        with open('/etc/group' if _is_groups else '/etc/passwd', encoding='utf-8', errors='surrogateescape') as lines:
            rows = [line.rstrip('\\n').split(':') for line in lines]
    except FileNotFoundError:
        return
    for row in rows:
        if len(row) != len(_fields) or row[0][:1] in ('', '#'):
            continue
        try:
            if _is_groups:
                yield _entry(row[0], row[1], int(row[2]), [name for name in row[3].split(',') if name])
            else:
                yield _entry(row[0], row[1], int(row[2]), int(row[3]), *row[4:])
        except ValueError:
            continue


def _find(field, value, what):
    for entry in _read():
        if entry[field] == value:
            return entry
    raise KeyError(f'get{"gr" if _is_groups else "pw"}{what}(): {"name" if what == "nam" else "uid" if not _is_groups else "gid"} not found: {value!r}')


if _is_groups:
    struct_group = _entry
    getgrnam = lambda name: _find(0, name, 'nam')
    getgrgid = lambda id: _find(2, id, 'gid')
    getgrall = lambda: list(_read())
else:
    struct_passwd = _entry
    getpwnam = lambda name: _find(0, name, 'nam')
    getpwuid = lambda uid: _find(2, uid, 'uid')
    getpwall = lambda: list(_read())
`;
