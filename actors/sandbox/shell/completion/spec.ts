// A completion specification: what `complete` says of the arguments of a command, and how it is written.
import { quoteSingle } from '../quote.js';

export const OPTIONS = ['bashdefault', 'default', 'dirnames', 'filenames', 'noquote', 'nosort', 'nospace', 'plusdirs'] as const;
export type CompletionOption = (typeof OPTIONS)[number];

/** The actions that have a letter, in the order in which bash writes them, then those that have only a name. */
export const LETTERS: Readonly<Record<string, string>> = {
  alias: 'a', builtin: 'b', command: 'c', directory: 'd', export: 'e', file: 'f', group: 'g', job: 'j', keyword: 'k', service: 's', user: 'u', variable: 'v',
};
export const NAMED_ACTIONS = [
  'arrayvar', 'binding', 'disabled', 'enabled', 'function', 'helptopic', 'hostname', 'running', 'setopt', 'shopt', 'signal', 'stopped',
] as const;

/** The names under which those for an empty line, for the first word and for all other commands are kept. */
export const EMPTY_LINE = '_EmptycmD_';
export const DEFAULT_COMMAND = '_DefaultCmD_';
export const INITIAL_WORD = '_InitialWorD_';
const WRITTEN: Readonly<Record<string, string>> = { [EMPTY_LINE]: '-E', [DEFAULT_COMMAND]: '-D', [INITIAL_WORD]: '-I' };

export interface CompletionSpec {
  readonly actions: ReadonlySet<string>;
  readonly options: ReadonlySet<CompletionOption>;
  readonly glob?: string;
  readonly words?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly filter?: string;
  readonly command?: string;
  readonly function?: string;
}

/** The line that makes the specification again. */
export function specLine(spec: CompletionSpec, name: string): string {
  const parts = ['complete', ...OPTIONS.filter((option) => spec.options.has(option)).map((option) => `-o ${option}`)];
  for (const [action, letter] of Object.entries(LETTERS)) if (spec.actions.has(action)) parts.push(`-${letter}`);
  for (const action of NAMED_ACTIONS) if (spec.actions.has(action)) parts.push(`-A ${action}`);
  const valued: readonly (readonly [string, string | undefined])[] = [['G', spec.glob], ['W', spec.words], ['P', spec.prefix], ['S', spec.suffix], ['X', spec.filter], ['C', spec.command]];
  for (const [letter, value] of valued) if (value !== undefined) parts.push(`-${letter} ${quoteSingle(value)}`);
  if (spec.function !== undefined) parts.push(`-F ${spec.function}`);
  return `${[...parts, WRITTEN[name] ?? name].join(' ')}\n`;
}

/** The line that sets the options so again. */
export function optionsLine(spec: CompletionSpec, name: string): string {
  return `compopt ${OPTIONS.map((option) => `${spec.options.has(option) ? '-' : '+'}o ${option}`).join(' ')} ${WRITTEN[name] ?? name}\n`;
}
