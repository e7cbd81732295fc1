// echo: bash's with options, dash's with escapes always on.
import type { Builtin } from '../parts.js';
import { type EscapeMode, escapes } from '../escapes.js';
import { print } from './output.js';

/** The text of an echo; `xpg`: escapes are read without -e (dash, `shopt -s xpg_echo`). */
function echoText(argv: readonly string[], { isDash, xpg, mode }: { isDash: boolean; xpg: boolean; mode: EscapeMode }): string {
  let at = 1;
  let newline = true;
  let escaped = xpg || isDash;
  const options = isDash ? /^-n$/ : /^-[neE]+$/;
  // dash takes one -n and no more.
  const last = isDash ? 2 : argv.length;
  for (; at < Math.min(last, argv.length) && options.test(argv[at]!); at++) {
    for (const letter of argv[at]!.slice(1)) {
      if (letter === 'n') newline = false;
      else escaped = letter === 'e';
    }
  }
  const text = argv.slice(at).join(' ');
  if (!escaped) return newline ? `${text}\n` : text;
  const { text: read, stop } = escapes(text, mode);
  return newline && !stop ? `${read}\n` : read;
}

export const echoBuiltin: Builtin = (shell, argv) => {
  const { isBash, dialect } = shell;
  const mode = dialect === 'dash' ? 'dash' : dialect === 'ash' ? 'busybox' : 'echo';
  return print(shell, 'echo', echoText(argv, { isDash: dialect === 'dash', xpg: isBash && shell.options.has('xpg_echo'), mode }));
};
