// lsblk: the block devices, of which a container sees none (util-linux).
import type { Main } from '../kernel/program.js';
import { command, complain, parseOptions } from '../programs/stdio.js';

const NONE_OF_THEM = 32;

export const lsblk: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'aAbdDe:fhI:iJlLmMnNo:OpPrsStTvw:x:yz', {
    all: 'no', bytes: 'no', nodeps: 'no', discard: 'no', exclude: 'required', fs: 'no', include: 'required', ascii: 'no', json: 'no', list: 'no', perms: 'no', noheadings: 'no', output: 'required', 'output-all': 'no', paths: 'no', pairs: 'no', raw: 'no', inverse: 'no', scsi: 'no', topology: 'no', tree: 'optional', sort: 'required', zoned: 'no',
  });
  for (const name of options.operands) {
    // A block device that is there would have to be one of the host's, and none is handed in.
    yield* complain(process, `${name}: not a block device`);
  }
  if (options.operands.length > 0) return NONE_OF_THEM;
  if (options.has('J', 'json')) output.print('{\n   "blockdevices": [\n   ]\n}\n');
  return 0;
});
