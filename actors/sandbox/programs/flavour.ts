// Whose manners a built-in command has where tools differ: GNU's by its plain name, busybox's when busybox is what was executed.
import type { Process } from '../kernel/process.js';

/** The first line of what busybox says of itself; 1.35 is the version whose own tests judge the applets. */
export const BUSYBOX_BANNER = 'BusyBox v1.35.0 (Sockerless built-in commands) multi-call binary.';

/** Whether the file that runs is busybox: `busybox ls`, or an image's `ls` that is a link to its busybox. */
export function isBusybox(process: Process): boolean {
  return process.executable?.name.startsWith('busybox') === true;
}
