// What a forked shell is told by the command that it is forked for.
import type { Command, SimpleCommand } from '../syntax/ast.js';

/** The one simple command that a command is, where a forked shell may become its program. */
export function onlyCommand(command: Command): SimpleCommand | undefined {
  if (command.type === 'simple') return command;
  if (command.type === 'list' && command.items.length === 1 && !command.items[0]!.background) return onlyCommand(command.items[0]!.command);
  return undefined;
}

/** Commands at whose end a shell that bash forked for them does not spring the EXIT trap that they set. */
export const WITHOUT_EXIT_TRAP: ReadonlySet<string> = new Set(['and-or', 'if', 'while', 'for', 'select', 'arithmetic-for', 'case']);
