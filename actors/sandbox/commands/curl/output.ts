// Where curl puts what it gets: standard output, a named file, or one named by the URL or the server.
import { dirname } from 'node:path/posix';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import type { Process } from '../../kernel/process.js';
import { reason } from '../../programs/stdio.js';
import { CurlFailure } from './failure.js';
import type { CurlOptions } from './options.js';

/** '-' for standard output. */
export function sinkName(options: CurlOptions, url: URL, output: string | undefined, disposition: string | undefined): string {
  const folder = options.value('output-dir');
  const inFolder = (name: string): string => (folder === undefined ? name : `${folder}/${name}`);
  if (output === '-') return '-';
  if (output !== undefined) return inFolder(output);
  const offered = options.has('J', 'remote-header-name') ? /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] : undefined;
  const name = (offered ?? url.pathname).split('/').at(-1)!;
  if (name === '') throw new CurlFailure(23, 'Failed to extract a filename to use for storage');
  return inFolder(decodeURIComponent(name));
}

export function openOutput(process: Process, options: CurlOptions, name: string): number {
  if (name === '-') return 1;
  try {
    if (options.has('create-dirs')) makeFolders(process, dirname(name));
    return process.open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
  } catch (error) {
    throw new CurlFailure(23, `Failure writing output to destination: ${name}: ${reason(error)}`);
  }
}

function makeFolders(process: Process, path: string): void {
  if (process.files.exists(path)) return;
  makeFolders(process, dirname(path));
  process.files.mkdir(path, 0o750);
}

/** Standard output stays open; nothing is left to close in a process that was killed. */
export function closeFile(process: Process, fd: number | undefined): void {
  if (fd !== undefined && fd > 2 && process.status === undefined) process.close(fd);
}
