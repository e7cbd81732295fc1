// apk, apt, apt-get, yum, dnf, dpkg: package managers that say why they cannot help here.
import type { Main } from '../kernel/program.js';
import { command, complain } from '../programs/stdio.js';

function refusal(exitCode: number): Main {
  return command(function* (process) {
    yield* complain(process, "packages' programs are ELF files, which this machine does not run: use --backend oci or an image with what you need");
    return exitCode;
  });
}

export const apk: Main = refusal(1);
export const apt: Main = refusal(100);
export const dnf: Main = refusal(1);
export const dpkg: Main = refusal(1);
