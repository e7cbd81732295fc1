// What POSIX asks of every shell and scripts rely on: each script does as with the host's dash, and as with its bash in posix mode.
import { here, besideShell } from './beside-bash.js';
import { runHost, runOurs } from '../commands-text/differential.js';

const BOTH: Readonly<Record<string, string>> = {
  'exec keeps the redirections around it': 'echo text >in\nf() { exec "$@"; }\n(f cat <in; echo no)\n({ exec cat; } <in)\n(while read -r x; do exec cat; done <in) <in\n(if :; then exec cat <&4; fi 4<in)\nprintf "#!/bin/sh\\necho script; exec cat\\n" >run; chmod +x run\n(f ./run <in)\necho piped | (f ./run)\n(f ./run <in >out); cat out\n',
};

const POSIX_MODE: Readonly<Record<string, string>> = {
  'what the mode brings along': 'alias hi="echo hello"\nhi\necho "hi there" >x; . ./x\necho $POSIXLY_CORRECT\nshopt expand_aliases inherit_errexit shift_verbose\nset +o posix\nshopt expand_aliases inherit_errexit shift_verbose\necho ${POSIXLY_CORRECT-unset}\nPOSIXLY_CORRECT=\nset -o | grep posix\nunset POSIXLY_CORRECT\nset -o | grep posix\nPOSIXLY_CORRECT=1\nset -o | grep posix\n',
};

besideShell(['dash'], BOTH);
besideShell(['bash', '--posix'], { ...BOTH, ...POSIX_MODE });

here('negative control: the two modes differ', async (t) => {
  const stdin = 'alias hi=echo\nhi there\necho $?\n';
  t.not((await runOurs({ argv: ['bash'], stdin })).stdout, runHost({ argv: ['bash', '--posix'], stdin }).stdout);
});
