// git config: the repository's, the user's and the system's settings.
import { posix } from 'node:path';
import { type Command, type GitContext, need, options } from './command.js';
import { allSettings, canonical, filesOfScope, isTrue, readSettings, type Scope, type Setting } from './configuration.js';
import { split, withEntry, without, withoutEmpty, withoutSection, withSectionRenamed, writeSettings } from './config-text.js';
import { GitFailure, type Repository } from './repository.js';

const NOTHING_FOUND = 1, INVALID_KEY = 1, NO_SECTION = 2, NOTHING_TO_UNSET = 5, SEVERAL_VALUES = 5;
type Given = ReturnType<typeof options>;

/** As --type shows a value. Throws GitFailure for what is none of the type. */
function typed(given: Given, name: string, value: string): string {
  const type = given.value('type') ?? (['bool', 'int', 'path', 'bool-or-int'] as const).find((one) => given.has(one));
  if (type === 'bool' || (type === 'bool-or-int' && !/^-?\d+$/.test(value))) {
    if (!/^(true|yes|on|false|no|off|-?\d+|)$/i.test(value)) throw new GitFailure(`bad boolean config value '${value}' for '${name}'`);
    return String(isTrue(value));
  }
  if (type === 'int' || type === 'bool-or-int') {
    const [, digits, unit] = /^(-?\d+)([kmg]?)$/i.exec(value) ?? [];
    if (digits === undefined) throw new GitFailure(`bad numeric config value '${value}' for '${name}': invalid unit`);
    return String(Number(digits) * 1024 ** ' kmg'.indexOf(unit === '' ? ' ' : unit!.toLowerCase()));
  }
  return type === 'path' ? value.replace(/^~(?=\/|$)/, '') : value;
}

interface Target {
  /** What is read, the weakest first. */
  readonly entries: readonly Setting[];
  /** What is written. */
  readonly path: string;
}

function targetOf(context: GitContext, given: Given): Target {
  const { process, overrides } = context;
  const repository = ((): Repository | undefined => {
    try {
      return need(context);
    } catch (error) {
      if (error instanceof GitFailure && !given.has('local', 'worktree')) return undefined;
      throw error instanceof GitFailure ? new GitFailure('--local can only be used inside a git repository') : error;
    }
  })();
  const of = { process, gitdir: repository?.gitdir, overrides };
  const file = given.value('f', 'file') ?? (given.has('blob') ? undefined : process.env.get('GIT_CONFIG'));
  if (file !== undefined) {
    const path = posix.resolve(process.files.getcwd(), file);
    return { path, entries: readSettings(of, path, 'command') };
  }
  const scope: Exclude<Scope, 'command'> | undefined = given.has('global') ? 'global' : given.has('system') ? 'system' : given.has('local', 'worktree') ? 'local' : undefined;
  if (scope === undefined) return { path: filesOfScope(process, repository ? 'local' : 'global', repository?.gitdir)[0] ?? '', entries: allSettings(of) };
  const files = filesOfScope(process, scope, repository?.gitdir);
  if (files[0] === undefined) throw new GitFailure('$HOME not set');
  const path = scope === 'global' ? (files.find((one) => process.files.exists(one)) ?? files[0]) : files[0];
  return { path, entries: allSettings(of).filter((one) => one.scope === scope) };
}

export const config: Command = async (context) => {
  const given = options(context, 'lf:ez', {
    global: 'no', system: 'no', local: 'no', worktree: 'no', file: 'required', blob: 'required', list: 'no', get: 'no', 'get-all': 'no', 'get-regexp': 'no', 'get-urlmatch': 'no', unset: 'no', 'unset-all': 'no', add: 'no', 'replace-all': 'no', bool: 'no', int: 'no', 'bool-or-int': 'no', path: 'no', type: 'required', 'no-type': 'no', 'name-only': 'no',
    null: 'no', 'show-origin': 'no', 'show-scope': 'no', 'remove-section': 'no', 'rename-section': 'no', default: 'required', edit: 'no', includes: 'no', 'no-includes': 'no', 'fixed-value': 'no', all: 'no', value: 'required', regexp: 'no', url: 'required',
  });
  const { process } = context;
  // The verbs of newer versions: get, set, list, unset.
  const verb = ['get', 'set', 'list', 'unset', 'remove-section', 'rename-section', 'edit'].find((word) => context.argv.slice(1).find((one) => !one.startsWith('-')) === word && !given.has('get', 'get-all', 'unset', 'add'));
  const [name, value, pattern] = verb === undefined ? given.operands : given.operands.slice(1);
  const { entries, path } = targetOf(context, given);
  const end = given.has('z', 'null') ? '\0' : '\n';
  const origin = (one: Setting): string => `${given.has('show-scope') ? `${one.scope}\t` : ''}${given.has('show-origin') ? `${one.scope === 'command' ? 'command line:' : `file:${one.scope === 'local' ? posix.relative(process.files.getcwd(), one.origin) : one.origin}`}\t` : ''}`;
  if (given.has('l', 'list') || verb === 'list') {
    for (const one of entries) context.print(`${origin(one)}${one.name}${given.has('name-only') ? '' : `${end === '\0' ? '\n' : '='}${one.value}`}${end}`);
    return 0;
  }
  if (name === undefined) throw new GitFailure('no action specified', 129);
  const text = (): string => (process.files.exists(path) ? Buffer.from(process.files.readFile(path)).toString() : '');
  const write = (changed: string): number => {
    writeSettings(process, path, changed);
    return 0;
  };
  if (given.has('remove-section') || verb === 'remove-section') return write(withoutSection(text(), name));
  if (given.has('rename-section') || verb === 'rename-section') return write(withSectionRenamed(text(), name, value ?? ''));
  if (given.has('edit', 'get-urlmatch') || verb === 'edit') return context.unsupported('config with this option');
  if (given.has('get-regexp') || given.has('regexp')) return getRegexp(context, given, entries, name, value, end, origin);
  if (!name.includes('.') || name.endsWith('.')) throw new GitFailure(`key does not contain ${name.includes('.') ? 'variable name' : 'a section'}: ${name}`, value === undefined ? INVALID_KEY : NO_SECTION);
  const key = canonical(name);
  if (!/^[\w-]+\.(?:.*\.)?[a-z][\w-]*$/s.test(key)) throw new GitFailure(`invalid key: ${name}`, INVALID_KEY);
  const own = readSettings({ process, overrides: new Map() }, path, 'command').filter((one) => one.origin === path && one.name === key).map((one) => one.value);
  const test = (regex: string | undefined): ((one: string) => boolean) => (regex === undefined ? () => true : given.has('fixed-value') ? (one) => one === regex : regex.startsWith('!') ? (one) => !new RegExp(regex.slice(1)).test(one) : (one) => new RegExp(regex).test(one));
  if (given.has('unset', 'unset-all') || verb === 'unset') {
    const matches = test(given.value('value') ?? value);
    const count = own.filter(matches).length;
    if (count === 0) return NOTHING_TO_UNSET;
    if (count > 1 && !given.has('unset-all', 'all')) {
      context.complain(`warning: ${key} has multiple values\n`);
      return SEVERAL_VALUES;
    }
    return write(withoutEmpty(without(text(), key, (index) => matches(own[index]!)), split(key).section));
  }
  if (value !== undefined && !given.has('get', 'get-all') && verb !== 'get') {
    const checked = given.has('bool', 'int', 'bool-or-int', 'type') ? typed(given, name, value) : value;
    if (given.has('add')) return write(withEntry(text(), name, checked, false));
    const matches = test(given.value('value') ?? pattern);
    const count = own.filter(matches).length;
    if (count > 1 && !given.has('replace-all', 'all')) throw new GitFailure(`cannot overwrite multiple values with a single value\n       Use a regexp, --add or --replace-all to change ${name}.`, SEVERAL_VALUES);
    return write(count > 1 ? withEntry(without(text(), key, (index) => matches(own[index]!)), name, checked, false) : withEntry(text(), name, checked, count === 1));
  }
  const matches = test(value);
  const found = entries.filter((one) => one.name === key && matches(one.value));
  if (found.length === 0 && given.value('default') !== undefined) found.push({ name: key, value: given.value('default')!, origin: '', scope: 'command' });
  if (found.length === 0) return NOTHING_FOUND;
  for (const one of given.has('get-all', 'all') ? found : found.slice(-1)) {
    const shown = typed(given, name, one.value);
    context.print(`${origin(one)}${(given.value('type') === 'path' || given.has('path')) && one.value.startsWith('~') ? `${process.env.get('HOME') ?? ''}${shown}` : shown}${end}`);
  }
  return 0;
};

function getRegexp(context: GitContext, given: Given, entries: readonly Setting[], name: string, value: string | undefined, end: string, origin: (one: Setting) => string): number {
  const regex = ((): RegExp => {
    try {
      return new RegExp(name);
    } catch {
      throw new GitFailure(`invalid key pattern: ${name}`, 6);
    }
  })();
  const found = entries.filter((one) => regex.test(one.name) && (value === undefined || new RegExp(value).test(one.value)));
  for (const one of found) context.print(`${origin(one)}${one.name}${given.has('name-only') ? '' : `${end === '\0' ? '\n' : ' '}${typed(given, one.name, one.value)}`}${end}`);
  return found.length > 0 ? 0 : NOTHING_FOUND;
}
