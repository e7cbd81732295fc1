// What a name means: type, command -v, hash, alias, unalias, enable.
import { Errno } from '../../kernel/errno.js';
import { MAY_EXECUTE } from '../../kernel/path.js';
import { functionText } from '../function-text.js';
import { searchPath, DEFAULT_PATH } from '../execute/external.js';
import { quoteDash, quoteSingle } from '../quote.js';
import type { Builtin, Outcome, Shell } from '../shell.js';
import { fail, print, readOptions, usage } from './output.js';

const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'case', 'esac', 'for', 'select', 'while', 'until', 'do', 'done', 'in', 'function', 'time', '{', '}', '!', '[[', ']]', 'coproc']);
const DASH_KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'case', 'esac', 'for', 'while', 'until', 'do', 'done', 'in', '{', '}', '!']);

type Kind = 'alias' | 'keyword' | 'function' | 'builtin' | 'file';

interface Meaning {
  kind: Kind;
  text: string;
}

/** bash wants a path to be executable, other shells only that something is there. */
function isProgram(shell: Shell, path: string): boolean {
  const { files } = shell.process;
  if (!shell.isBash) return files.exists(path);
  try {
    files.access(path, MAY_EXECUTE);
    return files.stat(path).type !== 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function meanings(shell: Shell, name: string, all: boolean, defaultPath: boolean, skipFunctions = false): Meaning[] {
  const found: Meaning[] = [];
  const alias = shell.aliases.get(name);
  if (alias !== undefined && (shell.options.expandAliases || !shell.isBash)) found.push({ kind: 'alias', text: alias });
  if ((shell.isBash ? KEYWORDS : DASH_KEYWORDS).has(name)) found.push({ kind: 'keyword', text: name });
  if (!skipFunctions && shell.functions.has(name)) found.push({ kind: 'function', text: name });
  if (shell.builtins.has(name) && !shell.disabledBuiltins.has(name)) found.push({ kind: 'builtin', text: name });
  const paths = name.includes('/') ? (isProgram(shell, name) ? [name] : []) : searchPath(shell, name, defaultPath ? DEFAULT_PATH : shell.variables.get('PATH') ?? '', all);
  for (const path of paths) found.push({ kind: 'file', text: path });
  return all ? found : found.slice(0, 1);
}

function sentence(shell: Shell, name: string, { kind, text }: Meaning): string {
  switch (kind) {
    case 'alias':
      return shell.isBash ? `${name} is aliased to \`${text}'` : `${name} is an alias for ${text}`;
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'function':
      return shell.isBash ? `${name} is a function\n${functionText(name, shell.functions.get(name)!.definition.body)}` : `${name} is a ${shell.dialect === 'ash' ? '' : 'shell '}function`;
    case 'builtin':
      return `${name} is a shell builtin`;
    default: {
      const hashed = shell.isBash && shell.hash.get(name)?.path === text;
      return hashed ? `${name} is hashed (${text})` : `${name} is ${text}`;
    }
  }
}

/** `command -v` (terse) and `command -V`. */
export function describe(shell: Shell, names: readonly string[], options: { terse: boolean; defaultPath: boolean }): Outcome {
  let text = '';
  let status = 0;
  for (const name of names) {
    const [meaning] = meanings(shell, name, false, options.defaultPath);
    if (!meaning) {
      status = shell.isBash ? 1 : 127;
      if (!options.terse && shell.dialect === 'ash') shell.warnRaw(`${name}: not found\n`);
      else if (!options.terse) shell.complain(shell.isBash ? `command: ${name}: not found` : `${name}: not found`);
    } else if (options.terse) {
      text += `${meaning.kind === 'alias' ? `alias ${name}=${quoteSingle(meaning.text)}` : meaning.text}\n`;
    } else {
      text += `${sentence(shell, name, meaning)}\n`;
    }
  }
  return print(shell, 'command', text, status);
}

export const type: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'afptP', 'type [-afptP] name [name ...]');
  if (!options) return 2;
  const { flags, operands } = options;
  let text = '';
  let status = 0;
  for (const name of operands) {
    let found = meanings(shell, name, flags.includes('a'), false, flags.includes('f'));
    if (flags.includes('P')) found = searchPath(shell, name, shell.variables.get('PATH') ?? '', flags.includes('a')).map((path) => ({ kind: 'file', text: path }));
    if (found.length === 0) {
      status = shell.isBash ? 1 : 127;
      if (!/[tpP]/.test(flags)) {
        if (shell.isBash) fail(shell, 'type', `${name}: not found`);
        else shell.warnRaw(`${name}: not found\n`);
      }
      continue;
    }
    for (const meaning of found) {
      if (flags.includes('t')) text += `${meaning.kind}\n`;
      else if (!/[pP]/.test(flags)) text += `${sentence(shell, name, meaning)}\n`;
      else if (meaning.kind === 'file') text += `${meaning.text}\n`;
    }
  }
  return print(shell, 'type', text, status);
};

const HASH_SYNOPSIS = 'hash [-lr] [-p pathname] [-dt] [name ...]';

export const hash: Builtin = (shell, argv) => {
  // -p and its path go first: `readOptions` knows no values.
  if (argv[1] === '-p' && shell.isBash) {
    const [path, ...names] = argv.slice(2);
    if (path === undefined) return usage(shell, 'hash', '-p: option requires an argument', HASH_SYNOPSIS);
    for (const name of names) shell.hash.set(name, { path, hits: 0 });
    return 0;
  }
  const options = readOptions(shell, argv, 'rdlt', HASH_SYNOPSIS);
  if (!options) return 2;
  const { flags, operands } = options;
  if (flags.includes('r')) shell.hash.clear();
  let status = 0;
  let text = '';
  for (const name of operands) {
    const [path] = searchPath(shell, name, shell.variables.get('PATH') ?? '', false);
    if (flags.includes('t')) text += shell.hash.has(name) ? `${shell.hash.get(name)!.path}\n` : '';
    else if (flags.includes('d')) shell.hash.delete(name);
    else if (path !== undefined) shell.hash.set(name, { path, hits: 0 });
    if ((flags.includes('t') && !shell.hash.has(name)) || path === undefined) status = fail(shell, 'hash', `${name}: not found`);
  }
  if (operands.length === 0 && flags === '') {
    if (shell.hash.size === 0) return shell.isBash ? print(shell, 'hash', '') : 0;
    text = shell.isBash ? `hits\tcommand\n${[...shell.hash.values()].map(({ path, hits }) => `${String(hits).padStart(4)}\t${path}\n`).join('')}` : [...shell.hash.values()].map(({ path }) => `${path}\n`).join('');
  }
  return print(shell, 'hash', text, status);
};

export const alias: Builtin = (shell, argv) => {
  const words = argv.slice(1).filter((word, index) => !(index === 0 && (word === '-p' || word === '--')));
  const line = (name: string): string => `${shell.isBash ? 'alias ' : ''}${name}=${(shell.isBash ? quoteSingle : quoteDash)(shell.aliases.get(name)!)}\n`;
  if (words.length === 0) return print(shell, 'alias', [...shell.aliases.keys()].sort().map(line).join(''));
  let status = 0;
  let text = '';
  for (const word of words) {
    const at = word.indexOf('=', 1);
    if (at > 0) shell.aliases.set(word.slice(0, at), word.slice(at + 1));
    else if (shell.aliases.has(word)) text += line(word);
    else status = fail(shell, 'alias', shell.isBash ? `${word}: not found` : `${word} not found`);
  }
  return print(shell, 'alias', text, status);
};

export const unalias: Builtin = (shell, argv) => {
  if (argv[1] === '-a') shell.aliases.clear();
  let status = 0;
  for (const name of argv.slice(1)) if (!name.startsWith('-') && !shell.aliases.delete(name)) status = fail(shell, 'unalias', `${name}: not found`);
  return status;
};

export const enable: Builtin = (shell, argv) => {
  const options = readOptions(shell, argv, 'anps', 'enable [-a] [-dnps] [-f filename] [name ...]');
  if (!options) return 2;
  const off = options.flags.includes('n');
  if (options.operands.length === 0) return print(shell, 'enable', [...shell.builtins.keys()].sort().filter((name) => shell.disabledBuiltins.has(name) === off).map((name) => `enable ${off ? '-n ' : ''}${name}\n`).join(''));
  let status = 0;
  for (const name of options.operands) {
    if (!shell.builtins.has(name)) status = fail(shell, 'enable', `${name}: not a shell builtin`);
    else if (off) shell.disabledBuiltins.add(name);
    else shell.disabledBuiltins.delete(name);
  }
  return status;
};
