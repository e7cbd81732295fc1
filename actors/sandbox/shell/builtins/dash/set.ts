// dash's set: its options have other letters than bash's, and its words end at no `--`, `-` or `+`.
import { DASH_LETTERS, DASH_OPTIONS, type SetOption } from '../../options.js';
import type { Outcome } from '../../parts.js';
import type { Shell } from '../../shell.js';
import type { Task } from '../../../kernel/wait.js';
import { applyOption, listAll, listOptions } from '../options.js';
import { giveUp } from '../output.js';
import { restartGetopts } from './getopts.js';

/** What `set -o name` means; undefined for those of a shell's start. */
function optionOf(shell: Shell, name: string): SetOption | undefined {
  const found = DASH_OPTIONS.find(([known]) => known === name);
  return found ? found[1] : giveUp(shell, 'set', `Illegal option -o ${name}`);
}

function optionOfLetter(shell: Shell, letter: string): SetOption | undefined {
  return DASH_LETTERS.has(letter) ? DASH_LETTERS.get(letter) : giveUp(shell, 'set', `Illegal option -${letter}`);
}

export function* set(shell: Shell, argv: readonly string[]): Task<number> {
  if (argv.length === 1) return yield* written(listAll(shell));
  let at = 1;
  for (; at < argv.length && /^[-+]/.test(argv[at]!); at++) {
    const word = argv[at]!;
    const on = word[0] === '-';
    if (word === '-' || word === '--') {
      if (word === '-') for (const option of ['xtrace', 'verbose'] as const) applyOption(shell, option, false);
      else if (at + 1 === argv.length) setParameters(shell, []);
      at++;
      break;
    }
    for (const letter of word.slice(1)) {
      const name = letter === 'o' ? argv[at + 1] : undefined;
      if (letter === 'o' && name === undefined) {
        yield* written(listOptions(shell, !on));
        continue;
      }
      if (name !== undefined) at++;
      const option = name === undefined ? optionOfLetter(shell, letter) : optionOf(shell, name);
      if (option !== undefined) applyOption(shell, option, on);
    }
  }
  if (at < argv.length) setParameters(shell, argv.slice(at));
  return 0;
}

function* written(outcome: Outcome): Task<number> {
  return typeof outcome === 'number' ? outcome : yield* outcome;
}

function setParameters(shell: Shell, words: readonly string[]): void {
  shell.positional = [...words];
  shell.positionalSets++;
  restartGetopts(shell);
}
