// Numbers as dash's built-ins read them: digits of an int, spaces around them allowed.
import type { Shell } from '../../shell.js';
import { giveUp } from '../output.js';

const INT_MAX = 0x7fff_ffffn;

/** The number that an operand is; what is none gives the command up. */
export function numberOperand(shell: Shell, name: string | undefined, text: string): number {
  if (!/^\s*\+?\d+\s*$/.test(text) || BigInt(text.trim().replace('+', '')) > INT_MAX) return giveUp(shell, name, `Illegal number: ${text}`);
  return Number(text);
}
