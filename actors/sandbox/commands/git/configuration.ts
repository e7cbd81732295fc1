// git's settings: the files they stand in, with what those include, the environment and -c (https://git-scm.com/docs/git-config).
import { posix } from 'node:path';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { compileGlob } from '../common/glob.js';

/** Includes in includes, at most. */
const DEPTH_MAX = 10;

export interface Setting {
  /** `section.Subsection.key`: section and key in small letters. */
  readonly name: string;
  /** `true` for a key without a value. */
  readonly value: string;
  /** The file it stands in; `command line` for -c and the environment. */
  readonly origin: string;
  readonly scope: Scope;
}

export type Scope = 'system' | 'global' | 'local' | 'command';

/** Whose settings: a process, and the repository it works on, if any. */
export interface SettingsOf {
  readonly process: Process;
  readonly gitdir?: string | undefined;
  readonly overrides: ReadonlyMap<string, string>;
}

/** Section and key without case, subsections with. */
export function canonical(name: string): string {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  return name.slice(0, first).toLowerCase() + name.slice(first, last) + name.slice(last).toLowerCase();
}

/** The files of a scope, the one that is written first. */
export function filesOfScope(process: Process, scope: Exclude<Scope, 'command'>, gitdir?: string): string[] {
  const { env } = process;
  if (scope === 'local') return gitdir === undefined ? [] : [posix.join(gitdir, 'config')];
  if (scope === 'system') return env.has('GIT_CONFIG_NOSYSTEM') ? [] : [env.get('GIT_CONFIG_SYSTEM') ?? '/etc/gitconfig'];
  const named = env.get('GIT_CONFIG_GLOBAL');
  if (named !== undefined) return [named];
  const home = env.get('HOME');
  const xdg = env.get('XDG_CONFIG_HOME') ?? (home === undefined ? undefined : `${home}/.config`);
  return [...(home === undefined ? [] : [`${home}/.gitconfig`]), ...(xdg === undefined ? [] : [`${xdg}/git/config`])];
}

/** All settings, the weakest first: the system's, the user's, the repository's, the command's. */
export function allSettings(of: SettingsOf): Setting[] {
  const { process, gitdir, overrides } = of;
  const read = (scope: Exclude<Scope, 'command'>): Setting[] => [...filesOfScope(process, scope, gitdir)].reverse().flatMap((path) => readSettings(of, path, scope));
  const own = (name: string, value: string): Setting => ({ name: canonical(name), value, origin: 'command line', scope: 'command' });
  return [...read('system'), ...read('global'), ...read('local'), ...environmentSettings(process).map(([name, value]) => own(name, value)), ...[...overrides].map(([name, value]) => own(name, value))];
}

/** GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n, GIT_CONFIG_VALUE_n. */
function environmentSettings({ env }: Process): [string, string][] {
  const count = Number(env.get('GIT_CONFIG_COUNT') ?? 0) || 0;
  return Array.from({ length: Math.min(count, 1000) }, (_, at): [string, string] => [env.get(`GIT_CONFIG_KEY_${at}`) ?? '', env.get(`GIT_CONFIG_VALUE_${at}`) ?? '']).filter(([name]) => name.includes('.'));
}

/** The last word on one setting; undefined where nothing says. */
export function setting(of: SettingsOf, name: string): string | undefined {
  const key = canonical(name);
  return allSettings(of).filter((one) => one.name === key).at(-1)?.value;
}

export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(true|yes|on|[1-9]\d*)$/i.test(value);
}

/** The settings of a file in order, those of included files where they are included; none where there is no file. */
export function readSettings(of: SettingsOf, path: string, scope: Scope, depth = 0): Setting[] {
  let text: string;
  try {
    text = Buffer.from(of.process.files.readFile(path)).toString();
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
  const found: Setting[] = [];
  for (const { name, value } of parseSettings(text)) {
    found.push({ name, value, origin: path, scope });
    const [, condition] = /^include(?:if\.(.*))?\.path$/s.exec(name) ?? [];
    if (!/^include(if\..*)?\.path$/s.test(name) || depth >= DEPTH_MAX || (condition !== undefined && !applies(of, condition, path))) continue;
    const expanded = value.startsWith('~/') ? `${of.process.env.get('HOME') ?? ''}${value.slice(1)}` : value;
    found.push(...readSettings(of, posix.resolve(posix.dirname(path), expanded), scope, depth + 1));
  }
  return found;
}

/** The condition of an includeIf. */
function applies({ process, gitdir }: SettingsOf, condition: string, file: string): boolean {
  const [, kind, given] = /^(gitdir|gitdir\/i|onbranch):(.*)$/s.exec(condition) ?? [];
  if (gitdir === undefined || kind === undefined) return false;
  if (kind === 'onbranch') {
    const head = Buffer.from(process.files.readFile(posix.join(gitdir, 'HEAD'))).toString();
    const pattern = given!.endsWith('/') ? `${given}**` : given!;
    return compileGlob(pattern.replaceAll('**', '*'))(/^ref: refs\/heads\/(.*)/.exec(head)?.[1] ?? '');
  }
  let pattern = given!.replace(/^~\//, `${process.env.get('HOME') ?? ''}/`).replace(/^\.\//, `${posix.dirname(file)}/`);
  if (!pattern.startsWith('/')) pattern = `**/${pattern}`;
  if (pattern.endsWith('/')) pattern += '**';
  const matches = compileGlob(pattern.replaceAll('**', '*'), kind === 'gitdir/i' ? { ignoreCase: true } : {});
  return matches(gitdir) || matches(`${gitdir}/`);
}

/** Sections, keys, quoted values, comments, lines that go on. */
export function parseSettings(text: string): { name: string; value: string }[] {
  const found: { name: string; value: string }[] = [];
  let section = '';
  for (const line of text.replaceAll(/\\\r?\n/g, '').split('\n')) {
    const [header = '', name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) section = name.toLowerCase() + (sub === undefined ? '' : `.${sub.replaceAll(/\\(.)/g, '$1')}`);
    const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/s.exec(line.slice(header.length).replace(/\r$/, '')) ?? [];
    if (key !== undefined && section !== '') found.push({ name: `${section}.${key.toLowerCase()}`, value: value === undefined ? 'true' : unquoted(value) });
  }
  return found;
}

function unquoted(text: string): string {
  let value = '';
  let kept = 0;
  let inQuotes = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') {
      const next = text[++at];
      value += next === 'n' ? '\n' : next === 't' ? '\t' : next === 'b' ? '\b' : (next ?? '');
      kept = value.length;
    } else if (character === '"') {
      inQuotes = !inQuotes;
      kept = value.length;
    } else if (!inQuotes && (character === '#' || character === ';')) break;
    else {
      value += character;
      if (inQuotes || !/\s/.test(character)) kept = value.length;
    }
  }
  return value.slice(0, kept);
}
