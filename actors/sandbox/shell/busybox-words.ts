// busybox ash's words for what dash, whose code it grew from, says in others.

/** Built-ins that are applets too: they speak in the program's name, and of no line. */
export const APPLET_BUILTINS: ReadonlySet<string> = new Set(['echo', 'printf', 'test', '[', 'kill']);

const WORDS: readonly (readonly [RegExp, string | ((...match: string[]) => string)])[] = [
  [/^((?:eval: )?)Syntax error: (.*) unexpected/, '$1syntax error: unexpected $2'],
  [/^((?:eval: )?)Syntax error: (.)/, (_all, place, first) => `${place}syntax error: ${first!.toLowerCase()}`],
  [/^Bad substitution$/, 'syntax error: bad substitution'],
  [/^cannot create ([^]*): Directory nonexistent$/, "can't create $1: nonexistent directory"],
  [/^cannot open ([^]*): No such file$/, "can't open $1: no such file"],
  [/^cannot (create|open) /, "can't $1 "],
  [/^Illegal option/, 'illegal option'],
  [/^No such job: (.*)$/, '$1: no such job'],
  [/^Usage: getopts optstring var \[arg\.\.\.\]$/, 'usage: getopts optstring var [arg]'],
  [/: readonly variable$/, ': is read only'],
  [/: bad trap$/, ': invalid signal specification'],
  [/^I\/O error: /, 'write error: '],
  [/^[^]*: division by 0 \(error token is "[^]*"\)$/, 'divide by zero'],
  [/^[^]*: `:' expected for conditional expression \(error token is "[^]*"\)$/, 'malformed ?: operator'],
  [/^[^]*: expression recursion level exceeded \(error token is "[^]*"\)$/, 'expression recursion loop detected'],
  [/^[^]*: exponent less than 0 \(error token is "[^]*"\)$/, 'exponent less than 0'],
  [/^[^]* \(error token is "[^]*"\)$/, 'arithmetic syntax error'],
];

export function busyboxWords(message: string): string {
  for (const [pattern, words] of WORDS) if (pattern.test(message)) return typeof words === 'string' ? message.replace(pattern, words) : message.replace(pattern, words);
  return message;
}
