// Whose manners a built-in command has where tools differ: GNU's by its plain name, busybox's when busybox is what was executed.
import type { Process } from '../kernel/process.js';

/** Whether the file that runs is busybox: `busybox ls`, or an image's `ls` that is a link to its busybox. */
export function isBusybox(process: Process): boolean {
  return process.executable?.name.startsWith('busybox') === true;
}
