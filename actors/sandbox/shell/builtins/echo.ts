// echo: bash's with options, dash's with escapes always on.
import type { Builtin } from '../parts.js';
import { escapes } from '../printf.js';
import { print } from './output.js';

/** The text of an echo; `xpg`: escapes are read without -e (dash, `shopt -s xpg_echo`). */
export function echoText(argv: readonly string[], dialect: { isBash: boolean; xpg: boolean; ash?: boolean }): string {
  let at = 1;
  let newline = true;
  let escaped = dialect.xpg || !dialect.isBash;
  const options = dialect.isBash ? /^-[neE]+$/ : /^-n$/;
  // dash takes one -n and no more.
  const last = dialect.isBash ? argv.length : 2;
  for (; at < Math.min(last, argv.length) && options.test(argv[at]!); at++) {
    for (const letter of argv[at]!.slice(1)) {
      if (letter === 'n') newline = false;
      else escaped = letter === 'e';
    }
  }
  const text = argv.slice(at).join(' ');
  if (!escaped) return newline ? `${text}\n` : text;
  const { text: read, stop } = escapes(text, dialect.isBash ? 'echo' : 'dash');
  return newline && !stop ? `${read}\n` : read;
}

export const echoBuiltin: Builtin = (shell, argv) => print(shell, 'echo', echoText(argv, { isBash: shell.isBash || shell.dialect === 'ash', xpg: shell.options.has('xpg_echo') }));
