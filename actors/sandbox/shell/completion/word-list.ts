// The words of `complete -W`: divided at IFS as the shell would, then expanded without globbing.
import type { Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';
import { ShellSyntaxError } from '../syntax/errors.js';

const UNIT = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|`[^`]*`|\$\([^)]*\)|\$\{[^}]*\}|[^]/y;

/** Quotes and substitutions hold words together. */
function divide(text: string, separators: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (UNIT.lastIndex = 0; UNIT.lastIndex < text.length; ) {
    const [unit] = UNIT.exec(text)!;
    if (separators.includes(unit)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + unit;
    }
  }
  return word === undefined ? words : [...words, word];
}

function* expand(shell: Shell, text: string): Task<readonly string[]> {
  if (!/[$`\\"'~]/.test(text)) return [text];
  try {
    const list = shell.execution.newParser(`: ${text}`, 1).next();
    const command = typeof list === 'object' && list.items.length === 1 ? list.items[0]!.command : undefined;
    if (command?.type !== 'simple' || command.words.length !== 2 || command.redirects.length > 0) return [text];
    const { noglob } = shell.options;
    shell.options.noglob = true;
    try {
      return yield* shell.expansion.fieldsTask(command.words.slice(1));
    } finally {
      shell.options.noglob = noglob;
    }
  } catch (error) {
    if (error instanceof ShellSyntaxError) return [text];
    throw error;
  }
}

export function* wordList(shell: Shell, text: string): Task<string[]> {
  const words: string[] = [];
  for (const word of divide(text, shell.separators)) words.push(...(yield* expand(shell, word)));
  return words;
}
