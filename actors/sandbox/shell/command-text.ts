// The text of a command as job lists show it.
import type { Command } from './syntax/ast.js';

/** A command on one line; what is compound is told by its first word. */
export function printCommand(command: Command): string {
  switch (command.type) {
    case 'simple':
      return [...command.assignments.map(({ source }) => source), ...command.words.map(({ source }) => source)].join(' ');
    case 'list':
      return command.items.map((item) => printCommand(item.command)).join('; ');
    case 'pipeline':
      return command.commands.map(printCommand).join(' | ');
    case 'and-or':
      return [printCommand(command.first), ...command.rest.flatMap(({ operator, command: next }) => [operator, printCommand(next)])].join(' ');
    case 'subshell':
      return `( ${printCommand(command.body)} )`;
    case 'group':
      return `{ ${printCommand(command.body)}; }`;
    default:
      return command.type;
  }
}
