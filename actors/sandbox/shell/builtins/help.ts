// help: the usage of built-in commands.
import { BASH_VERSION } from '../environment.js';
import { compilePattern } from '../patterns.js';
import type { Builtin } from '../parts.js';
import { HELP_TOPICS, type HelpTopic } from './help-topics.js';
import { fail, print, readOptions } from './output.js';

const SYNOPSIS = 'help [-dms] [pattern ...]';
const COLUMNS = 80;

const HEAD = `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)
These shell commands are defined internally.  Type \`help' to see this list.
Type \`help name' to find out more about the function \`name'.
Use \`info bash' to find out more about the shell in general.
Use \`man -k' or \`info' to find out more about commands not in this list.

A star (*) next to a name means that the command is disabled.

`;

/** All usage lines in two columns, down before across, cut where they do not fit. */
function overview(disabled: ReadonlySet<string>): string {
  const width = COLUMNS / 2;
  const cell = ({ name, synopsis }: HelpTopic, room: number): string => {
    const text = `${disabled.has(name) ? '*' : ' '}${synopsis}`;
    return text.length < room ? text : `${text.slice(0, room - 2)}>`;
  };
  const rows = Math.ceil(HELP_TOPICS.length / 2);
  return Array.from({ length: rows }, (_, row) => {
    const [left, right] = [HELP_TOPICS[row]!, HELP_TOPICS[row + rows]];
    return right ? `${cell(left, width).padEnd(width)}${cell(right, width - 1)}\n` : `${cell(left, width)}\n`;
  }).join('');
}

/** The topics of a pattern: those that it fits, else those that begin so. */
function topicsOf(pattern: string): readonly HelpTopic[] {
  const compiled = compilePattern(pattern, { extglob: true });
  const fitting = HELP_TOPICS.filter(({ name, title }) => compiled.test(name) || compiled.test(title ?? name));
  return fitting.length > 0 ? fitting : HELP_TOPICS.filter(({ name }) => name.startsWith(pattern));
}

/** A topic as the last of the options asks for it. */
function shown({ name, title = name, synopsis, text }: HelpTopic, flags: string): string {
  switch (flags.at(-1)) {
    case 'd':
      return `${title} - ${text}\n`;
    case 's':
      return `${title}: ${synopsis}\n`;
    case 'm':
      return `NAME\n    ${title} - ${text}\n\nSYNOPSIS\n    ${synopsis}\n\nDESCRIPTION\n    ${text}\n`;
    default:
      return `${title}: ${synopsis}\n    ${text}\n`;
  }
}

/** What a built-in answers to `--help`; undefined where it has no help. */
export function helpOf(name: string): string | undefined {
  const topic = HELP_TOPICS.find((each) => each.name === name);
  return topic && shown(topic, '');
}

export const help: Builtin = (shell, argv) => {
  if (!shell.isBash) return print(shell, 'help', `Built-in commands:\n------------------\n\t${[...shell.builtins.keys()].sort().join(' ')}\n`);
  const options = readOptions(shell, argv, 'dms', SYNOPSIS);
  if (!options) return 2;
  const { flags, operands } = options;
  if (operands.length === 0) return print(shell, 'help', HEAD + overview(shell.disabledBuiltins));
  const found = operands.map((pattern) => ({ pattern, topics: topicsOf(pattern) }));
  if (found.every(({ topics }) => topics.length === 0)) {
    const last = operands.at(-1)!;
    return fail(shell, 'help', `no help topics match \`${last}'.  Try \`help help' or \`man -k ${last}' or \`info ${last}'.`);
  }
  const heads = (pattern: string): string => (/[*?[]/.test(pattern) ? `Shell commands matching keyword \`${pattern}'\n\n` : '');
  return print(shell, 'help', found.map(({ pattern, topics }) => heads(pattern) + topics.map((topic) => shown(topic, flags)).join('')).join(''));
};
