// Reads a line from a terminal with readline's keys: those of emacs, or vi where the shell is asked for them.
import { TerminalFile } from '../../kernel/tty.js';
import type { Terminal, TerminalModes } from '../../kernel/tty.js';
import type { Task } from '../../kernel/wait.js';
import type { Shell } from '../shell.js';
import { type EditedLine, Editor } from './editor.js';
import { loadSettings } from './inputrc-file.js';

/** The terminal of standard input, where lines can be edited: not for TERM=dumb, `--noediting` or other inputs. */
export function editableTerminal(shell: Shell): Terminal | undefined {
  const file = shell.process.descriptors.find(0);
  return file instanceof TerminalFile && shell.variables.get('TERM') !== 'dumb' ? file.terminal : undefined;
}

/**
 * Reads one line after `prompt`, whose rows but the last are printed once, or never where it `isShown`. The terminal is raw only while the
 * user types.
 */
export function* editLine(shell: Shell, terminal: Terminal, prompt: string, isShown = false): Task<EditedLine> {
  const before = (isShown ? shell.process.resumed?.modes as TerminalModes | undefined : undefined) ?? terminal.modes;
  terminal.setModes({ ...before, icanon: false, echo: false, isig: false, icrnl: false });
  if (!shell.editor.isLoaded) loadSettings(shell);
  try {
    return yield* new Editor(shell, terminal, prompt, before).read(isShown);
  } finally {
    terminal.setModes(before);
  }
}
