// git config: the repository's, the user's and the system's settings.
import { posix } from 'node:path';
import { type Command, need, options } from './command.js';
import { canonical, GitFailure, readConfig, userFiles } from './repository.js';

const NOTHING_FOUND = 1, NOTHING_TO_UNSET = 5;

/** The file text without the entries that `matches` names. */
function without(text: string, name: string): string {
  const last = name.lastIndexOf('.');
  const [section, key] = [name.slice(0, last), name.slice(last + 1)];
  let at = '';
  return text.split('\n').filter((line) => {
    const [, header, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line) ?? [];
    if (header !== undefined) at = header.toLowerCase() + (sub === undefined ? '' : `.${sub.replaceAll(/\\(.)/g, '$1')}`);
    return !(at === section && new RegExp(`^\\s*${key}\\s*(=|$)`, 'i').test(line));
  }).join('\n');
}

function quoted(value: string): string {
  const escaped = value.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return /^\s|\s$|[#;]/.test(value) ? `"${escaped}"` : escaped;
}

/** Puts an entry under its section, which is made at the end where there is none. */
function withEntry(text: string, name: string, value: string): string {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  const sub = first === last ? undefined : name.slice(first + 1, last);
  const header = `[${name.slice(0, first)}${sub === undefined ? '' : ` "${sub.replaceAll(/[\\"]/g, '\\$&')}"`}]`;
  const line = `\t${name.slice(last + 1)} = ${quoted(value)}`;
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const at = lines.lastIndexOf(header);
  if (at < 0) return `${[...lines, header, line].join('\n')}\n`;
  let end = at + 1;
  while (end < lines.length && !/^\s*\[/.test(lines[end]!)) end++;
  lines.splice(end, 0, line);
  return `${lines.join('\n')}\n`;
}

export const config: Command = async (context) => {
  const given = options(context, 'lf:ez', {
    global: 'no', system: 'no', local: 'no', worktree: 'no', file: 'required', list: 'no', get: 'no', 'get-all': 'no', 'get-regexp': 'no', unset: 'no', 'unset-all': 'no', add: 'no', 'replace-all': 'no', bool: 'no', int: 'no', type: 'required', 'name-only': 'no',
    null: 'no', 'show-origin': 'no', 'remove-section': 'no', default: 'required', path: 'no',
  });
  const { process } = context;
  const files = ((): string[] => {
    const named = given.value('f', 'file');
    if (named !== undefined) return [posix.resolve(process.files.getcwd(), named)];
    if (given.has('global')) return userFiles(process).slice(0, 1);
    if (given.has('system')) return ['/etc/gitconfig'];
    try {
      return [posix.join(need(context).gitdir, 'config'), ...(given.has('local') ? [] : userFiles(process))];
    } catch (error) {
      if (!(error instanceof GitFailure) || given.has('local')) throw error;
      return userFiles(process);
    }
  })();
  const overrides = given.has('local', 'global', 'system', 'f', 'file') ? [] : [...context.overrides].map(([name, value]) => [canonical(name), value] as [string, string]);
  const entries = [...[...files].reverse().flatMap((path) => readConfig(process, path)), ...overrides];
  const words = given.operands[0] === 'set' || given.operands[0] === 'get' ? given.operands.slice(1) : given.operands;
  const [name, value] = words;
  const end = given.has('z', 'null') ? '\0' : '\n';
  if (given.has('l', 'list')) {
    for (const [key, one] of entries) context.print(given.has('name-only') ? `${key}${end}` : `${key}=${one}${end}`);
    return 0;
  }
  if (name === undefined) throw new GitFailure('no action specified', 129);
  if (given.has('get-regexp')) {
    const found = entries.filter(([key]) => new RegExp(name).test(key));
    for (const [key, one] of found) context.print(given.has('name-only') ? `${key}${end}` : `${key} ${one}${end}`);
    return found.length > 0 ? 0 : NOTHING_FOUND;
  }
  if (!given.has('remove-section') && !name.includes('.')) throw new GitFailure(`key does not contain a section: ${name}`, 1);
  const key = canonical(name);
  const [target] = files as [string];
  const text = (): string => (process.files.exists(target) ? Buffer.from(process.files.readFile(target)).toString() : '');
  const write = (changed: string): number => {
    process.files.writeFile(target, Buffer.from(changed));
    return 0;
  };
  if (given.has('unset', 'unset-all')) return readConfig(process, target).some(([one]) => one === key) ? write(without(text(), key)) : NOTHING_TO_UNSET;
  if (given.has('remove-section')) return context.unsupported('config --remove-section');
  if (value !== undefined && !given.has('get', 'get-all')) {
    if (files.length > 1 && !target.endsWith('config') && target === userFiles(process)[0]) throw new GitFailure('not in a git directory');
    return write(withEntry(given.has('add') ? text() : without(text(), key), name, value));
  }
  const found = entries.filter(([one]) => one === key).map(([, one]) => one);
  if (found.length === 0 && given.value('default') !== undefined) found.push(given.value('default')!);
  if (found.length === 0) return NOTHING_FOUND;
  const shown = (one: string): string => (given.has('bool') || given.value('type') === 'bool' ? String(/^(true|yes|on|1)$/i.test(one)) : one);
  for (const one of given.has('get-all') ? found : [found.at(-1)!]) context.print(`${shown(one)}${end}`);
  return 0;
};
