// Lines of inputrc and of `bind`: variables, and what keys do (https://tiswww.case.edu/php/chet/readline/rluserman.html, "Readline Init File").
import { FUNCTIONS } from './keymap.js';
import { parseKeyName, parseSequence } from './key-sequences.js';
import type { EditorSettings } from './settings.js';

/** Where a quoted text that begins at `from` ends, at its quote; -1 where it does not. */
function endOfQuoted(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[from]) return at;
  }
  return -1;
}

/** Carries out one line; what is to be complained of otherwise. */
export function applyLine(settings: EditorSettings, written: string): string | undefined {
  const line = written.trim();
  if (line === '' || line.startsWith('#')) return undefined;
  const variable = /^set\s+(\S+)\s*(.*)$/is.exec(line);
  if (variable) return settings.setVariable(variable[1]!.toLowerCase(), variable[2]!.trim());
  const quoted = line.startsWith('"');
  const end = quoted ? endOfQuoted(line, 0) : line.search(/[:\s]/);
  if (quoted && end < 0) return `${line}: no closing \`"' in key binding`;
  if (end < 0) return `${line}: no key sequence terminator`;
  const rest = line.slice(quoted ? end + 1 : end).trimStart();
  const sequence = quoted ? parseSequence(line.slice(1, end)) : parseKeyName(line.slice(0, end));
  const target = rest.replace(/^:\s*/, '');
  if (sequence === '' || target === '') return undefined;
  if (/^["']/.test(target)) {
    const last = endOfQuoted(target, 0);
    if (last < 0) return `\`${target}': missing closing quote for macro`;
    settings.keymap.set(sequence, { type: 'macro', text: parseSequence(target.slice(1, last)) });
    return undefined;
  }
  const name = /^\S+/.exec(target)![0].toLowerCase();
  // As readline has it, a name that is none unbinds the keys.
  if (FUNCTIONS.includes(name)) settings.keymap.set(sequence, { type: 'function', name });
  else settings.keymap.delete(sequence);
  return undefined;
}

function holds(condition: string): boolean {
  return /^(?:mode\s*=+\s*emacs|bash)$/i.test(condition.trim());
}

/** Carries out a file's lines, those of `$if` where it holds; the complaints. */
export function applyFile(settings: EditorSettings, text: string): string[] {
  const complaints: string[] = [];
  const open: boolean[] = [];
  for (const line of text.split('\n')) {
    const [, directive, rest = ''] = /^\s*\$(if|else|endif|include)\b(.*)$/i.exec(line) ?? [];
    if (directive?.toLowerCase() === 'if') open.push(holds(rest));
    else if (directive?.toLowerCase() === 'else') open.push(!(open.pop() ?? true));
    else if (directive?.toLowerCase() === 'endif') open.pop();
    else if (directive === undefined && !open.includes(false)) complaints.push(...[applyLine(settings, line)].filter((each) => each !== undefined));
  }
  return complaints;
}
