// bind: the keys and variables of the line editor.
import { Errno } from '../../kernel/errno.js';
import { decode } from '../../kernel/text.js';
import { applyFile, applyLine } from '../line-editor/inputrc.js';
import { FUNCTIONS } from '../line-editor/keymap.js';
import { parseSequence, showSequence } from '../line-editor/key-sequences.js';
import type { EditorSettings } from '../line-editor/settings.js';
import type { Builtin } from '../parts.js';
import type { Shell } from '../shell.js';
import { fail, print, usage } from './output.js';

const SYNOPSIS = 'bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]';
/** Keymaps of vi's keys there are none. */
const KEYMAPS: ReadonlySet<string> = new Set(['emacs', 'emacs-standard']);
const SHOWN_MAX = 5;

function quoted({ keymap }: EditorSettings, name: string): string[] {
  return keymap.sequencesOf(name).map((sequence) => `"${showSequence(sequence)}"`);
}

function listed(settings: EditorSettings, name: string, verb: string): string {
  const sequences = quoted(settings, name);
  const shown = sequences.slice(0, SHOWN_MAX).join(', ');
  return `${name} ${verb} ${shown}${sequences.length > SHOWN_MAX ? ', ...' : '.'}\n`;
}

/** What the options print, by letter. */
const LISTS: Readonly<Record<string, (settings: EditorSettings) => string>> = {
  l: () => FUNCTIONS.map((name) => `${name}\n`).join(''),
  p: (settings) => FUNCTIONS.map((name) => quoted(settings, name).map((sequence) => `${sequence}: ${name}\n`).join('') || `# ${name} (not bound)\n`).join(''),
  P: (settings) => FUNCTIONS.map((name) => (settings.keymap.sequencesOf(name).length === 0 ? `${name} is not bound to any keys\n` : listed(settings, name, 'can be found on'))).join(''),
  v: ({ variables }) => variables.map(([name, value]) => `set ${name} ${value}\n`).join(''),
  V: ({ variables }) => variables.map(([name, value]) => `${name} is set to \`${value}'\n`).join(''),
  s: ({ keymap }) => keymap.all('macro').map(([sequence, binding]) => `"${showSequence(sequence)}": "${binding.type === 'macro' ? showSequence(binding.text) : ''}"\n`).join(''),
  S: ({ keymap }) => keymap.all('macro').map(([sequence, binding]) => `${showSequence(sequence)} outputs ${binding.type === 'macro' ? showSequence(binding.text) : ''}\n`).join(''),
  X: ({ keymap }) => keymap.all('command').map(([sequence, binding]) => `"${showSequence(sequence)}": "${binding.type === 'command' ? binding.text : ''}"\n`).join(''),
};

/** Reads a file of bindings; false after a complaint. */
function readFile(shell: Shell, path: string): boolean {
  try {
    for (const complaint of applyFile(shell.editor, decode(shell.process.files.readFile(path)))) shell.warnRaw(`readline: ${path}: ${complaint}\n`);
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    fail(shell, 'bind', `${path}: cannot read: ${error.message}`);
    return false;
  }
}

/** `-x '"keys": command'`; false after a complaint. */
function bindCommand(shell: Shell, text: string): boolean {
  const match = /^\s*"((?:\\[^]|[^"\\])*)"\s*:?\s*([^]*)$/.exec(text);
  if (!match) {
    fail(shell, 'bind', /^\s*"/.test(text) ? `no closing \`"' in ${text.trim()}` : `${text}: first non-whitespace character is not \`"'`);
    return false;
  }
  const command = /^(["'])([^]*)\1$/.exec(match[2]!)?.[2] ?? match[2]!;
  shell.editor.keymap.set(parseSequence(match[1]!), { type: 'command', text: command });
  return true;
}

/** The options with a value, by letter; what they print, or false after a complaint. */
const ACTIONS: Readonly<Record<string, (shell: Shell, value: string) => string | boolean>> = {
  m: (shell, name) => KEYMAPS.has(name) || fail(shell, 'bind', `\`${name}': invalid keymap name`) === 0,
  f: readFile,
  q: (shell, name) => {
    if (!FUNCTIONS.includes(name)) return fail(shell, 'bind', `\`${name}': unknown function name`) === 0;
    if (shell.editor.keymap.sequencesOf(name).length > 0) return listed(shell.editor, name, 'can be invoked via');
    return `${name} is not bound to any keys.\n`;
  },
  u: (shell, name) => {
    if (!FUNCTIONS.includes(name)) return fail(shell, 'bind', `\`${name}': unknown function name`) === 0;
    for (const sequence of shell.editor.keymap.sequencesOf(name)) shell.editor.keymap.delete(sequence);
    return true;
  },
  r: (shell, sequence) => {
    shell.editor.keymap.delete(parseSequence(sequence));
    return true;
  },
  x: bindCommand,
};

export const bind: Builtin = (shell, argv) => {
  if (!shell.isInteractive) fail(shell, 'bind', 'warning: line editing not enabled');
  let lists = '';
  const actions: [string, string][] = [];
  let at = 1;
  for (; at < argv.length && /^-./.test(argv[at]!) && argv[at] !== '--'; at++) {
    const word = argv[at]!;
    for (let place = 1; place < word.length; place++) {
      const letter = word[place]!;
      if (Object.hasOwn(LISTS, letter)) {
        lists += letter;
        continue;
      }
      if (!Object.hasOwn(ACTIONS, letter)) return usage(shell, 'bind', `-${letter}: invalid option`, SYNOPSIS);
      const value = place + 1 < word.length ? word.slice(place + 1) : argv[++at];
      if (value === undefined) return usage(shell, 'bind', `-${letter}: option requires an argument`, SYNOPSIS);
      actions.push([letter, value]);
      break;
    }
  }
  if (argv[at] === '--') at++;
  let text = '';
  let status = 0;
  for (const [letter, value] of actions) {
    const done = ACTIONS[letter]!(shell, value);
    if (typeof done === 'string') text += done;
    if (done === false || (typeof done === 'string' && done.includes(' is not bound '))) status = 1;
  }
  text += [...lists].map((letter) => LISTS[letter]!(shell.editor)).join('');
  for (const line of argv.slice(at)) {
    const complaint = applyLine(shell.editor, line);
    if (complaint !== undefined) shell.warnRaw(`readline: ${complaint}\n`);
  }
  return print(shell, 'bind', text, status);
};
